"""Graph's limits for each client at each mailbox: so many at once, and in ten minutes.

And Exchange's, for each mailbox: so many letters in a minute, whoever has them written.
"""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from services.sandbox.clock import Clock
from services.sandbox.outlook.errors import Refusal

_TEN_MINUTES, _MINUTE = 600.0, 60.0  # seconds
_SOON = 10  # seconds after which somebody who was too many may ask again
Whose = tuple[str, str]
"""A client and the address of a mailbox."""


class Throttling:
    """Counts requests as they begin and end. One that is refused is not counted as asked.

    mailbox_at_once  how many may be answered at the same time
    per_mailbox      how many in any ten minutes
    letters          how many letters to guests a mailbox sends in any minute; with those sent, no
                     event is written there until they are a minute old
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, Lock()
        self.mailbox_at_once, self.per_mailbox, self.letters = 4, 10_000, 30
        self.forget()

    def forget(self) -> None:
        """Count afresh."""
        with self._lock:
            self._now, self._most = Counter[Whose](), Counter[str]()
            self._came: dict[Whose, deque[float]] = {}
            self._sent: dict[str, deque[float]] = {}
            self._most_sent = Counter[str]()
            self.admitted, self.refused = Counter[str](), Counter[str]()

    @contextmanager
    def asking(
        self, client_id: str, mailbox: str, *, writes: bool = False
    ) -> Iterator[Refusal | None]:
        """Count a request while it is answered; the refusal with which it has to be, if any.

        writes  whether it writes an event, of which guests may be told
        """
        whose = client_id, mailbox
        refusal = (self._no_letter(mailbox) if writes else None) or self._begin(whose)
        try:
            yield refusal
        finally:
            if refusal is None:
                with self._lock:
                    self._now[whose] -= 1

    def sent(self, mailbox: str, letters: int) -> None:
        """Count letters that a mailbox has sent."""
        now = self._clock.now().timestamp()
        with self._lock:
            sent = self._sent.setdefault(mailbox, deque())
            sent.extend([now] * letters)
            self._most_sent[mailbox] = max(self._most_sent[mailbox], _within(sent, now, _MINUTE))

    def told(self) -> dict[str, Any]:
        """The limits, how many there were at once at most, and how many in all."""
        with self._lock:
            return {
                "mailbox_at_once": self.mailbox_at_once,
                "per_mailbox": self.per_mailbox,
                "letters": self.letters,
                "letters_in_a_minute": dict(self._most_sent),
                "at_once": dict(self._most),
                "admitted": dict(self.admitted),
                "refused": dict(self.refused),
            }

    def _begin(self, whose: Whose) -> Refusal | None:
        now = self._clock.now().timestamp()
        with self._lock:
            came = self._came.setdefault(whose, deque())
            if self._now[whose] >= self.mailbox_at_once:
                self.refused[whose[1]] += 1
                return _refusal("MailboxConcurrency", _SOON)
            if _within(came, now, _TEN_MINUTES) >= self.per_mailbox:
                self.refused[whose[1]] += 1
                first = came[0] if came else now
                return _refusal("RequestCount", int(first + _TEN_MINUTES - now) + 1)
            came.append(now)
            self.admitted[whose[1]] += 1
            self._now[whose] += 1
            self._most[whose[1]] = max(self._most[whose[1]], self._now[whose])
        return None

    def _no_letter(self, mailbox: str) -> Refusal | None:
        now = self._clock.now().timestamp()
        with self._lock:
            sent = self._sent.setdefault(mailbox, deque())
            if _within(sent, now, _MINUTE) < self.letters:
                return None
            self.refused[mailbox] += 1
            return _refusal("MessageRate", int(sent[0] + _MINUTE - now) + 1 if sent else _SOON)


def _within(times: deque[float], now: float, seconds: float) -> int:
    """How many of some moments are that young. Those before are dropped."""
    while times and not now - seconds < times[0] <= now:
        times.popleft()  # the clock may also have been set back
    return len(times)


def _refusal(limit: str, seconds: int) -> Refusal:
    return Refusal(
        429,
        "ApplicationThrottled",
        f"Application is over its {limit} limit.",
        headers={"Retry-After": str(seconds)},
    )
