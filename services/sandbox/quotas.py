"""How much may be asked in a minute, and how much was asked at the same time."""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from scheduler.errors import Explained
from services.sandbox.clock import Clock
from services.sandbox.outlook.throttling import Throttling

_MINUTE = 60.0  # seconds


class BadQuota(Explained):
    """A limit that nothing could keep."""


@dataclass(slots=True)
class _Together:
    """How many there are at the same time, and how many there have been at most."""

    now: int = 0
    most: int = 0

    def more(self) -> None:
        self.now += 1
        self.most = max(self.most, self.now)


@dataclass(slots=True)
class _Window:
    """When the requests of the last minute came."""

    at: deque[float] = field(default_factory=deque)

    def count(self, now: float) -> int:
        while self.at and not now - _MINUTE < self.at[0] <= now:
            self.at.popleft()  # the clock may also have been set back
        return len(self.at)


class Quotas:
    """Google's limits for a client and for each of its users, in any sixty seconds.

    A request that is refused is not counted against the limit.

    graph  Microsoft's limits, which are of another kind
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, Lock()
        self.graph = Throttling(clock)
        self.per_project, self.per_person = 10_000, 600
        self.forget()

    def forget(self) -> None:
        """Count afresh."""
        self.graph.forget()
        with self._lock:
            self._windows: dict[tuple[str, str], _Window] = {}
            self._together: dict[str, _Together] = {}
            self._all = _Together()
            self.admitted, self.refused = Counter[str](), Counter[str]()

    def limit(
        self,
        *,
        per_project: object = None,
        per_person: object = None,
        per_mailbox: object = None,
        mailbox_at_once: object = None,
        letters: object = None,
    ) -> None:
        """Set limits; None leaves one as it is. Raises BadQuota.

        per_project, per_person       requests a minute, at Google
        per_mailbox, mailbox_at_once  requests in ten minutes and at the same time, at Microsoft
        letters                       letters of one mailbox in a minute, at Microsoft
        """
        for each in (per_project, per_person, per_mailbox, mailbox_at_once, letters):
            if each is not None and (not isinstance(each, int) or each is True or each < 0):
                raise BadQuota(f"{each!r} is no limit", remedy="write how many requests")
        with self._lock:
            if isinstance(per_project, int):
                self.per_project = per_project
            if isinstance(per_person, int):
                self.per_person = per_person
            if isinstance(per_mailbox, int):
                self.graph.per_mailbox = per_mailbox
            if isinstance(mailbox_at_once, int):
                self.graph.mailbox_at_once = mailbox_at_once
            if isinstance(letters, int):
                self.graph.letters = letters

    def admit(self, client_id: str, person: str) -> bool:
        """Whether a request may be answered. It is counted either way."""
        now = self._clock.now().timestamp()
        with self._lock:
            project = self._windows.setdefault((client_id, ""), _Window())
            own = self._windows.setdefault((client_id, person), _Window())
            if project.count(now) >= self.per_project or own.count(now) >= self.per_person:
                self.refused[person] += 1
                return False
            project.at.append(now)
            own.at.append(now)
            self.admitted[person] += 1
            return True

    @contextmanager
    def together(self, person: str) -> Iterator[None]:
        """Count a request as one that is being answered."""
        with self._lock:
            each = (self._all, self._together.setdefault(person, _Together()))
            for one in each:
                one.more()
        try:
            yield
        finally:
            with self._lock:
                for one in each:
                    one.now -= 1

    def told(self) -> dict[str, Any]:
        """The limits and what was counted, as whoever looks sees them."""
        with self._lock:
            return {
                "per_project": self.per_project,
                "per_person": self.per_person,
                "admitted": dict(self.admitted),
                "refused": dict(self.refused),
                "at_once": {
                    "most": self._all.most,
                    "people": {key: each.most for key, each in self._together.items()},
                },
                "graph": self.graph.told(),
            }
