"""Shares of what hosts of calendars take: buckets that fill again as time goes by."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from random import random

from services.storage import gates
from services.storage.work import Work

MINUTE = timedelta(minutes=1)
SHARE = 0.8  # of what a host takes
_AT_ONCE = 0.1  # of the share
_FEW = 0.08  # of a minute's letters may leave at once: the others leave evenly
_CROWD = 1_000  # who wait to send a letter, and are counted


@dataclass(frozen=True, slots=True)
class Bucket:
    """A share: a hash of what and whose, and how it fills again."""

    key: bytes
    every: timedelta
    burst: int

    @classmethod
    def of(cls, name: str, limit: int, stretch: timedelta, at_once: float = _AT_ONCE) -> "Bucket":
        share = limit * SHARE
        burst = max(1, int(share * at_once))
        return cls(sha256(name.encode()).digest(), stretch / (share - burst), burst)

    def missed(self, work: Work, count: int) -> datetime | None:
        """Take so many; or say when that many will be there."""
        fits = min(count, self.burst)
        if gates.take(work, self.key, fits, every=self.every, burst=self.burst):
            return None
        return gates.free_at(work, self.key, fits, every=self.every, burst=self.burst)

    def give_back(self, work: Work, count: int) -> None:
        """Put back what was taken and is not used."""
        gates.give_back(work, self.key, count, every=self.every)

    def fullness(self, work: Work) -> float:
        """How full it is, from 0 to 1."""
        return gates.requests_in(work, self.key, every=self.every) / self.burst


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of one mailbox, one after the other.

    waiting  how many wait for one: they come back at different times, and the more there are, the
             later, so that few of them come in vain
    """

    share: Bucket
    waiting: Bucket

    @classmethod
    def of(cls, name: str, rate: int) -> "Letters":
        burst = max(1, int(rate * _FEW))
        every = MINUTE / (rate - burst + 1)  # the first of a minute need not wait for its room
        share = Bucket(sha256(f"{name} letters".encode()).digest(), every, burst)
        waiting = sha256(f"{name} letters wait".encode()).digest()
        return cls(share, Bucket(waiting, every / 8, _CROWD))

    def missed(self, work: Work) -> float | None:
        """Take one; or say in how many seconds to come again."""
        at = self.share.missed(work, 1)
        if at is None:
            return None
        self.waiting.missed(work, 1)
        crowd = self.waiting.fullness(work) * _CROWD * self.waiting.every.total_seconds()
        return (at - work.now).total_seconds() + random() * crowd  # noqa: S311 -- spreads
