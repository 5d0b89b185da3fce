"""Takes the answers of the people here to a service that has no mail server: to its own door."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import socket
from threading import Event, Thread

import httpx

from services.sandbox.mail.postbox import Postbox

_PATIENCE = 10.0  # seconds for an answer
_PAUSES = (0.2, 1.0, 5.0)  # seconds after failures; the last one from then on
_NEVER = (400, 413, 415, 422)
"""What says that this mail will not be taken another time, either."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where a service takes mails by http, and the secret that opens it."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mails:
    """How mail comes and goes.

    listener  where it is taken
    door      where answers are handed on; None: they are kept
    """

    listener: socket
    door: Door | None = None


@contextmanager
def carrying(post: Postbox, door: Door | None) -> Iterator[None]:
    """Hand on what waits, in its order, in a thread of its own; without a door it stays."""
    if door is None:
        yield
        return
    carrier = _Carrier(post, door)
    post.ready = carrier.news.set
    thread = Thread(target=carrier.run)
    thread.start()
    try:
        yield
    finally:
        carrier.ended.set()
        carrier.news.set()
        thread.join()


class _Carrier:
    """`news` wakes it, `ended` ends it."""

    def __init__(self, post: Postbox, door: Door) -> None:
        self.news, self.ended = Event(), Event()
        self._post, self._door = post, door

    def run(self) -> None:
        """Carry until the end."""
        failures = 0
        with httpx.Client(timeout=_PATIENCE, trust_env=False) as client:
            while True:
                self.news.clear()
                if self.ended.is_set():  # after that: who ends it sets it before there is news
                    return
                done = all(self._carried(client, number) for number in self._post.waiting())
                failures = 0 if done else failures + 1
                pause = None if done else _PAUSES[min(failures, len(_PAUSES)) - 1]
                self.news.wait(pause)

    def _carried(self, client: httpx.Client, number: int) -> bool:
        """Hand over one mail; False: later."""
        told = {
            "Content-Type": "message/rfc822",
            "Authorization": f"Bearer {self._door.secret}",
        }
        try:
            got = client.post(self._door.url, content=self._post.raw(number), headers=told)
        except httpx.HTTPError:
            return False
        if not got.is_success and got.status_code not in _NEVER:
            return False
        self._post.sent(number)
        return True
