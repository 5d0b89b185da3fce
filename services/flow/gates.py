"""Our share of what a host of calendars takes: four fifths of it, whoever of us asks.

The host counts in every minute, wherever it begins. Of a bucket of a tenth of the share that
fills again in the time of the rest, no minute can be given more than the share.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from time import monotonic
from uuid import UUID

from calendar_sync.errors import Wait
from calendar_sync.host import Limits
from services.flow.memory import Memory
from services.storage import gates
from services.storage.rows.accounts import Host
from services.storage.work import Work

_SHARE = 0.8
_AT_ONCE = 0.1  # of the share
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_AHEAD = 20  # requests that a process takes of everybody's share at a time, and may leave unused
_KEPT = 5.0  # seconds for which it may use them


@dataclass(frozen=True, slots=True)
class _Bucket:
    """A share: a hash of what and whose, and how it fills again."""

    key: bytes
    every: timedelta
    burst: int

    @classmethod
    def of(cls, name: str, limit: int, stretch: timedelta, at_once: float = _AT_ONCE) -> "_Bucket":
        share = limit * _SHARE
        burst = max(1, int(share * at_once))
        return cls(sha256(name.encode()).digest(), stretch / (share - burst), burst)

    def missed(self, work: Work, count: int) -> datetime | None:
        """Take so many; or say when that many will be there."""
        fits = min(count, self.burst)
        if gates.take(work, self.key, fits, every=self.every, burst=self.burst):
            return None
        return gates.free_at(work, self.key, fits, every=self.every, burst=self.burst)


class Gates:
    """What the threads of a process share of a host's limits."""

    def __init__(self, memory: Memory, host: Host, limits: Limits) -> None:
        self._memory, self._name, self._limits = memory, host.value, limits
        self._all = (
            _Bucket.of(f"{host.value} minute", limits.all_in_a_minute, _MINUTE),
            _Bucket.of(f"{host.value} day", limits.all_in_a_day, _DAY, at_once=0.5),
        )
        self._lock, self._left, self._until = Lock(), 0, 0.0

    def of(self, account_id: UUID) -> "AccountGate":
        """The gate of one account."""
        name = f"{self._name} account {account_id}"
        # Half at once: a reading of many calendars needs that, and is not begun twice.
        share = _Bucket.of(name, self._limits.each_in_a_minute, _MINUTE, at_once=0.5)
        return AccountGate(self, share)

    def take(self, own: _Bucket, count: int) -> None:
        """Take of one account's share and of everybody's. Raises Wait, and takes nothing."""
        with self._lock:
            there = self._left >= count and monotonic() < self._until
            if there:
                self._left -= count
        more = 0 if there else max(count, _AHEAD)
        try:
            self._taken(own, count, more)
        except BaseException:
            self._put(count if there else 0)
            raise
        if more:  # only now: others must not use what the database may refuse
            self._put(more - count, until=monotonic() + _KEPT)

    def _put(self, count: int, until: float | None = None) -> None:
        """Leave requests to whoever comes next; those that were left too long ago are gone."""
        with self._lock:
            self._left = count + (self._left if monotonic() < self._until else 0)
            self._until = until or self._until

    def _taken(self, own: _Bucket, count: int, more: int) -> None:
        buckets = [(own, count), *((each, more) for each in self._all if more)]
        with self._memory.work() as work:
            for bucket, number in buckets:
                at = bucket.missed(work, number)
                if at is not None:
                    work.session.rollback()
                    raise _wait((at - work.now).total_seconds(), whole=bucket is not own)


@dataclass(slots=True)
class AccountGate:
    """The gate of one account, for one reading of it: takes a few requests at a time."""

    gates: Gates
    own: _Bucket
    left: int = 0

    def take(self, requests: int = 1) -> None:
        if self.left < requests:
            some = max(requests, 4)
            self.gates.take(self.own, some)
            self.left += some
        self.left -= requests


def _wait(seconds: float, *, whole: bool) -> Wait:
    return Wait(
        "So many requests were made that the host would refuse more",
        remedy="it goes on by itself in a moment",
        seconds=max(0.1, seconds),
        whole=whole,
    )
