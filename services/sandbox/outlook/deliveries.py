"""Notifications on their way: to each address in order, to several addresses at once."""

import secrets
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Condition, Event
from typing import Any
from uuid import uuid4

import httpx

from services.sandbox.faults import Faults
from services.sandbox.outlook.errors import Refusal
from services.sandbox.world import World

JSON = dict[str, Any]

WAITS = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds before each further attempt. Outlook tries for four hours; whoever waits here, less."""

TOGETHER = 20
"""Notifications in one request, of whatever subscriptions have the same address."""

TURN = 0.3
"""Seconds for which a notification waits to be overtaken, where the order is disturbed."""

ANSWER, HANDSHAKE = 3.0, 10.0
"""Seconds in which a notification, and the first question to an address, is answered."""

_QUESTION = "Validation: Testing client application reachability for subscription Request-Id: "


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification: what it says, and of which subscription.

    state   created, updated, deleted, or the name of an event in the subscription's own life
    always  whether it is sent although the subscription is over
    """

    subscription: str
    state: str
    says: JSON
    always: bool = False


@dataclass(slots=True)
class Line:
    """What waits to be sent to one address."""

    waiting: deque[Notice] = field(default_factory=deque)
    sending: bool = False
    overtaken: bool = False


class Deliveries:
    """Sends notifications from threads of its own, until it is stopped.

    Every change is told, none for another. Receivers are local and their certificates nobody's,
    so these are not verified.
    """

    def __init__(self, world: World, faults: Faults) -> None:
        self._world, self._faults = world, faults
        self._lines: dict[str, Line] = {}
        self._changed = Condition()
        self._stopped = Event()
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="graph-notifications")
        self._http = httpx.Client(verify=False, timeout=ANSWER, trust_env=False)  # noqa: S501 -- above

    def handshake(self, address: str) -> None:
        """Ask an address whether it wants this. Raises Refusal (400) unless it repeats a word."""
        token = f"{_QUESTION}{uuid4()}"
        try:
            answer = self._http.post(
                httpx.URL(address).copy_merge_params({"validationToken": token}),
                headers={"Content-Type": "text/plain; charset=utf-8"},
                timeout=HANDSHAKE,
            )
        except httpx.TimeoutException:
            raise Refusal(
                400, "InvalidRequest", "Subscription validation request timed out."
            ) from None
        except httpx.HTTPError:
            answer = httpx.Response(502)
        plain = answer.headers.get("Content-Type", "").partition(";")[0].strip() == "text/plain"
        if answer.status_code != 200 or not plain or answer.text != token:
            raise Refusal(
                400,
                "ValidationError",
                f"Subscription validation request failed. HTTP status code is "
                f"'{answer.status_code}'. Notification endpoint must respond with 200 OK to "
                "validation request.",
            )

    def send(self, address: str, notice: Notice) -> None:
        """Send a notification soon."""
        with self._changed:
            line = self._lines.setdefault(address, Line())
            line.waiting.append(notice)
            self._changed.notify_all()
            if not line.sending and not self._stopped.is_set():
                line.sending = True
                self._threads.submit(self._send_all, address, line)

    def stop(self) -> None:
        """Stop; what waits is lost."""
        with self._changed:
            self._stopped.set()
            self._changed.notify_all()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._http.close()

    def _send_all(self, address: str, line: Line) -> None:
        while notices := self._next(line):
            open_ones = [each for each in notices if each.always or self._is_open(each)]
            self._deliver(address, open_ones)

    def _next(self, line: Line) -> list[Notice]:
        with self._changed:
            self._let_overtake(line)
            line.sending = bool(line.waiting) and not self._stopped.is_set()
            if not line.sending:
                return []
            ordered = self._faults.order(line.waiting)
            line.waiting = deque(ordered[TOGETHER:])
            return ordered[:TOGETHER]

    def _let_overtake(self, line: Line) -> None:
        """Where the order is disturbed, the first of those that wait has another overtake it."""
        if self._faults.notifications.reorder and line.waiting and not line.overtaken:
            self._changed.wait_for(lambda: len(line.waiting) > 1 or self._stopped.is_set(), TURN)
        line.overtaken = len(line.waiting) > 1

    def _is_open(self, notice: Notice) -> bool:
        return self._world.store.get("subscription", notice.subscription) is not None

    def _deliver(self, address: str, notices: list[Notice]) -> None:
        rounds: tuple[list[tuple[Notice, str, JSON]], ...] = ([], [])
        for notice in notices:
            for turn, fortune, says in _fortunes(self._faults, notice):
                if says is None:
                    self._note(notice, fortune, None)
                else:
                    rounds[turn].append((notice, fortune, says))
        for told in filter(None, rounds):
            status = self._post(address, {"value": [says for _, _, says in told]})
            for notice, fortune, _ in told:
                self._note(notice, fortune, status)

    def _note(self, notice: Notice, fortune: str, status: int | None) -> None:
        self._world.history.note(
            "notification",
            subscription=notice.subscription,
            state=notice.state,
            fortune=fortune,
            status=status,
        )

    def _post(self, address: str, body: JSON) -> int | None:
        """Return the last status, or None if nobody answered. Any but 2xx is tried again."""
        status = None
        for wait in (*WAITS, None):
            try:
                status = self._http.post(address, json=body).status_code
            except httpx.HTTPError:
                status = None
            if (status is not None and 200 <= status < 300) or wait is None:
                break
            if self._stopped.wait(wait):
                break
        return status


def _fortunes(faults: Faults, notice: Notice) -> Iterator[tuple[int, str, JSON | None]]:
    """Yield in which request it is sent, what befell it, and what it says; None: it is lost."""
    fortune = faults.notification()
    if fortune.forged:
        yield 0, "forged", {**notice.says, "clientState": secrets.token_urlsafe(12)}
    yield (0, "lost", None) if fortune.lost else (0, "sent", notice.says)
    if fortune.twice:
        yield 1, "again", notice.says
