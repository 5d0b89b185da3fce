"""Notifications on their way: each channel's in order, several channels at once."""

import secrets
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from threading import Condition, Event

import httpx

from services.sandbox.faults import Faults
from services.sandbox.store import Document
from services.sandbox.world import World

AGAIN = (500, 502, 503, 504)
"""Answers after which a notification is sent again. Any other that is no success: it is lost."""

WAITS = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds before each further attempt."""


MOST_WAITING = 3
"""Notifications that wait on one channel. Further changes are told by the last of them."""

TURN = 0.3
"""Seconds for which a notification waits to be overtaken, where the order is disturbed."""


@dataclass(frozen=True, slots=True)
class Message:
    """A notification: `sync` first, `exists` for a change. Numbers grow, and leave gaps."""

    state: str
    number: int


@dataclass(slots=True)
class Line:
    """What waits to be sent on one channel."""

    waiting: deque[Message] = field(default_factory=deque)
    sending: bool = False
    overtaken: bool = False


class Deliveries:
    """Sends notifications from threads of its own, until it is stopped.

    Of many changes, some share a notification, as Google's do. Receivers are local and
    their certificates nobody's, so these are not verified.
    """

    def __init__(self, world: World, faults: Faults) -> None:
        self._world, self._faults = world, faults
        self._lines: dict[str, Line] = {}
        self._changed = Condition()
        self._stopped = Event()
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="notifications")
        self._http = httpx.Client(verify=False, timeout=5.0, trust_env=False)  # noqa: S501 -- above

    def send(self, channel_id: str, state: str) -> None:
        """Send a notification soon: `sync`, or `exists` for a change."""
        with self._changed:
            line = self._lines.setdefault(channel_id, Line())
            if len(line.waiting) < MOST_WAITING:
                line.waiting.append(Message(state, self._next_number(channel_id, state)))
            self._changed.notify_all()
            if not line.sending and not self._stopped.is_set():
                line.sending = True
                self._threads.submit(self._send_all, channel_id, line)

    def stop(self) -> None:
        """Stop; what waits is lost."""
        with self._changed:
            self._stopped.set()
            self._changed.notify_all()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._http.close()

    def _send_all(self, channel_id: str, line: Line) -> None:
        while (message := self._next(line)) is not None:
            channel = self._world.store.get("channel", channel_id)
            if channel is not None:
                self._deliver(channel, message)

    def _next(self, line: Line) -> Message | None:
        with self._changed:
            self._let_overtake(line)
            line.sending = bool(line.waiting) and not self._stopped.is_set()
            if not line.sending:
                return None
            line.waiting = deque(self._faults.order(line.waiting))
            return line.waiting.popleft()

    def _let_overtake(self, line: Line) -> None:
        """Where the order is disturbed, the first of those that wait has another overtake it."""
        if self._faults.notifications.reorder and line.waiting and not line.overtaken:
            self._changed.wait_for(lambda: len(line.waiting) > 1 or self._stopped.is_set(), TURN)
        line.overtaken = len(line.waiting) > 1

    def _next_number(self, channel_id: str, state: str) -> int:
        """Return a number above the last one."""
        store = self._world.store
        last = (store.get("message", channel_id) or {"number": 1})["number"]
        number = 1 if state == "sync" else int(last) + 1 + secrets.randbelow(3)
        store.put("message", channel_id, {"number": max(last, number)})
        return number

    def _deliver(self, channel: Document, message: Message) -> None:
        headers = told(channel, message)
        for kind, sent in _fortunes(self._faults, headers, message.state):
            status = self._post(channel["address"], sent) if sent else None
            self._world.history.note(
                "notification",
                channel=channel["id"],
                calendar=channel["calendar"],
                state=message.state,
                number=message.number,
                fortune=kind,
                status=status,
            )

    def _post(self, address: str, headers: dict[str, str]) -> int | None:
        """Return the last status, or None if nobody answered."""
        status = None
        for wait in (*WAITS, None):
            try:
                status = self._http.post(address, headers=headers).status_code
            except httpx.HTTPError:
                status = None
            if (status is not None and status not in AGAIN) or wait is None:
                break
            if self._stopped.wait(wait):
                break
        return status


def told(channel: Document, message: Message) -> dict[str, str]:
    """Return a notification's headers; there is nothing else in it."""
    until = datetime.fromtimestamp(int(channel["expiration"]) / 1000, UTC)
    token = {"X-Goog-Channel-Token": channel["token"]} if channel.get("token") else {}
    return token | {
        "Content-Length": "0",
        "X-Goog-Channel-ID": channel["id"],
        "X-Goog-Channel-Expiration": format_datetime(until.replace(microsecond=0), usegmt=True),
        "X-Goog-Resource-ID": channel["resourceId"],
        "X-Goog-Resource-URI": channel["resourceUri"],
        "X-Goog-Resource-State": message.state,
        "X-Goog-Message-Number": str(message.number),
    }


def _fortunes(
    faults: Faults, headers: dict[str, str], state: str
) -> Iterator[tuple[str, dict[str, str] | None]]:
    # The first message tells that the address works: nothing befalls it.
    fortune = faults.notification() if state != "sync" else None
    if fortune is None:
        yield "sent", headers
        return
    if fortune.forged:
        yield "forged", {**headers, "X-Goog-Channel-Token": secrets.token_urlsafe(12)}
    yield ("lost", None) if fortune.lost else ("sent", headers)
    if fortune.twice:
        yield "again", headers
