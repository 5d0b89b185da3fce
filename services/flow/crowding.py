"""How many calendars at addresses of one host a process reads at the same time.

A job reads eight at once. No host is asked for more than four of them, so that one with many
calendars of ours is not asked in bursts. Whoever finds no place waits for one while the host is
quick, so that many calendars of one host follow each other within a job. A host at which nobody
has come or gone for some seconds is slow: then whoever finds no place comes back a while later,
and leaves the other half of the job to the other hosts.

A host that asks us to wait with one calendar is left alone with that one: it says so of an
address, and what else we may ask it is known by asking.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic

from calendar_sync.errors import Wait
from calendar_sync.ics.link import shown

MOST = 4
PATIENCE = 2.0  # seconds in which nobody comes or goes, until a host is slow
_AGAIN = 2.0, 15.0  # seconds: what is put off together does not come back together
_moved = Condition()
_there = Counter[str]()
_last: dict[str, float] = {}  # when somebody came or went, where anybody is (`monotonic`)


@contextmanager
def place_at(address: str) -> Iterator[None]:
    """Have a place at the host of an address. Raises Wait where there is none."""
    host = shown(address)
    with _moved:
        _await_place(host)
        _there[host] += 1
        _last[host] = monotonic()
    try:
        yield
    finally:
        with _moved:
            _there[host] -= 1
            _last[host] = monotonic()
            if not _there[host]:
                del _there[host], _last[host]
            _moved.notify_all()


def _await_place(host: str) -> None:
    while _there[host] >= MOST:
        left = _last[host] + PATIENCE - monotonic()
        if left <= 0:
            raise Wait(
                "Other calendars of this host are being read",
                remedy="it goes on by itself",
                seconds=random.uniform(*_AGAIN),  # noqa: S311 -- spreads
            )
        _moved.wait(left)
