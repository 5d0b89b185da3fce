"""How often something may be tried.

What must hold for everybody together is counted in the database, in transactions of their own:
they stand even when the request fails, and need no Redis. Call these before a writing transaction
is open; SQLite has only one at a time. Ordinary traffic is counted in the process alone (Window).
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from threading import Lock
from typing import TypeVar

from services.flow.errors import TooMany
from services.flow.memory import Memory
from services.storage import tries

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries of something within so many seconds, by one somebody.

    told  what is said when there were more
    """

    what: str
    most: int
    seconds: int
    told: str = "That was tried too often"


GUESSES = Limit(  # of secrets, by where they come from
    "guess", 10, 15 * 60,
    "More than 10 wrong links or tokens came from your network within 15 minutes",
)  # fmt: skip
MAILS_TO = Limit("mail to", 5, 60 * 60)  # by the address of mail
MAILS_FROM = Limit(  # by where they are asked for
    "mail from", 20, 60 * 60, "More than 20 mails were asked for from your network within an hour"
)


def allow(memory: Memory, limit: Limit, who: str) -> None:
    """Count a try. Raises TooMany, and then nothing was counted."""
    key = sha256(f"{limit.what}\0{who}".encode(errors="backslashreplace")).digest()
    with memory.work() as work:
        if tries.count(work, key, limit.most, work.now + timedelta(seconds=limit.seconds)):
            return
        over = tries.until(work, key) or work.now
        left = max(1, math.ceil((over - work.now).total_seconds()))
    raise _too_many(left, limit.told)


def guessed(memory: Memory, remote: str, look: Callable[[], T | None]) -> T | None:
    """Look a secret up that might be a guess. Raises TooMany where none is found, too often.

    Only what is wrong counts: a secret of 256 bits that is right was no guess, and whoever has it
    is let in though their neighbours guess. Of many wrong ones at once ten are told so.

    look  one look-up by an index, and none for what cannot be a secret
    """
    found = look()
    if found is None:
        allow(memory, GUESSES, network_of(remote))
    return found


def network_of(remote: str) -> str:
    """Who is counted together: one IPv4 address, or the /64 that one household of IPv6 has."""
    try:
        address = ipaddress.ip_address(remote.partition("%")[0])
    except ValueError:
        return remote
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class Window:
    """Counts ordinary traffic in this process: at most so many per stretch, for each somebody.

    Threads may share it. It remembers a bounded number of them, those who came last.
    """

    def __init__(
        self,
        most: int,
        seconds: float = 60,
        *,
        remembered: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._remembered = remembered
        self._clock = clock
        self._lock = Lock()
        self._stretches: OrderedDict[str, tuple[float, int]] = OrderedDict()  # by their begin

    def take(self, who: str) -> None:
        """Count one more. Raises TooMany."""
        now = self._clock()
        with self._lock:
            begin, count = self._stretches.get(who, (now, 0))
            if now - begin >= self._seconds:
                begin, count = now, 0
            if count >= self._most:
                left = max(1, math.ceil(begin + self._seconds - now))
                raise _too_many(left, "That was tried too often")
            self._stretches[who] = begin, count + 1
            if count == 0:
                self._stretches.move_to_end(who)
            while len(self._stretches) > self._remembered:
                self._stretches.popitem(last=False)


def _too_many(seconds: int, told: str) -> TooMany:
    minutes = math.ceil(seconds / 60)
    wait = f"{seconds} seconds" if seconds < 120 else f"{minutes} minutes"
    return TooMany(told, remedy=f"wait {wait}", seconds=seconds)
