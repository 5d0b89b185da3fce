"""Our share of what a host of calendars takes: four fifths of it, whoever of us asks.

Where a host answers only so many requests of one account at the same time, four fifths of those
are places: whoever asks for an account has one, and makes one request after the other.

The host counts in every minute, wherever it begins. Of a bucket of a tenth of the share that
fills again in the time of the rest, no minute can be given more than the share.
"""

from collections.abc import Sequence
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
_SPARING = 0.8  # of a day's share: what is left is for those who cannot wait
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_AHEAD = 20  # requests that a process takes of everybody's share at a time, and may leave unused
_KEPT = 5.0  # seconds for which it may use them
_LEASE = timedelta(minutes=2)  # longer than a request takes; whoever dies leaves a place no longer
_OLD = 30.0  # seconds after which it is kept on before the next request
_BUSY = 1.0  # seconds until a place may have become free


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

    def fullness(self, work: Work) -> float:
        """How full it is, from 0 to 1."""
        return gates.requests_in(work, self.key, every=self.every) / self.burst


class Gates:
    """What the threads of a process share of a host's limits."""

    def __init__(self, memory: Memory, host: Host, limits: Limits) -> None:
        self._memory, self._name, self._limits = memory, host.value, limits
        self._day = _Bucket.of(f"{host.value} day", limits.all_in_a_day, _DAY, at_once=0.5)
        self._all = (
            _Bucket.of(f"{host.value} minute", limits.all_in_a_minute, _MINUTE),
            self._day,
        )
        self._lock, self._left, self._until = Lock(), 0, 0.0

    def of(self, account_id: UUID, at_a_time: int = 4) -> "AccountGate":
        """The gate of one account, for one who asks. They say when they are `done`.

        at_a_time  how many requests are taken at once, and may be left unused
        """
        name = f"{self._name} account {account_id}"
        # Half at once: a reading of many calendars needs that, and is not begun twice.
        share = _Bucket.of(name, self._limits.each_in_a_minute, _MINUTE, at_once=0.5)
        return AccountGate(self, share, self._place(name), at_a_time)

    def _place(self, name: str) -> "_Place | None":
        at_once = self._limits.each_at_once
        if at_once is None:
            return None
        keys = [f"{name} place {each}" for each in range(max(1, int(at_once * _SHARE)))]
        return _Place([sha256(each.encode()).digest() for each in keys])

    def is_nearly_spent(self, work: Work) -> bool:
        """Whether little is left of the day's share: then whoever can wait is put off."""
        return self._day.fullness(work) >= _SPARING

    def give_back(self, count: int) -> None:
        """Let others of this process have requests that were taken and not made."""
        if count:
            self._put(count)

    def leave(self, place: "_Place") -> None:
        """Let others ask for an account."""
        with self._memory.work() as work:
            place.leave(work)

    def keep_on(self, place: "_Place") -> None:
        """Have a place for longer. Raises Wait if it was lost, and there is no other one."""
        with self._memory.work() as work:
            if not place.take(work):
                raise _wait(_BUSY, whole=False)
        place.taken()

    def take(self, own: _Bucket, count: int, place: "_Place | None" = None) -> None:
        """Take of one account's share and of everybody's. Raises Wait, and takes nothing.

        place  where one has to be to ask, too
        """
        with self._lock:
            there = self._left >= count and monotonic() < self._until
            if there:
                self._left -= count
        more = 0 if there else max(count, _AHEAD)
        try:
            self._taken(own, count, more, place)
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

    def _taken(self, own: _Bucket, count: int, more: int, place: "_Place | None") -> None:
        buckets = [(own, count), *((each, more) for each in self._all if more)]
        with self._memory.work() as work:
            taken = place is None or place.take(work)
            if not taken:
                work.session.rollback()
                raise _wait(_BUSY, whole=False)
            for bucket, number in buckets:
                at = bucket.missed(work, number)
                if at is not None:
                    work.session.rollback()
                    raise _wait((at - work.now).total_seconds(), whole=bucket is not own)
        if place is not None:
            place.taken()


@dataclass(slots=True)
class _Place:
    """A place at a host, for one who asks: one of these keys, for as long as it is used.

    What a transaction has taken is ours only once that transaction is kept.
    """

    keys: Sequence[bytes]
    held: tuple[bytes, int] | None = None
    since: float = 0.0
    _next: tuple[bytes, int] | None = None

    def take(self, work: Work) -> bool:
        """Take a place, or have ours for longer; False: others have them all."""
        self._next = self._kept(work) or self._new(work)
        return self._next is not None

    def taken(self) -> None:
        """Know that what was taken is kept."""
        self.held, self.since = self._next, monotonic()

    def is_old(self) -> bool:
        """Whether ours is to be kept on before anything else is asked."""
        return self.held is not None and monotonic() > self.since + _OLD

    def leave(self, work: Work) -> None:
        """Give ours up."""
        if self.held is not None:
            gates.leave(work, *self.held)
            self.held = None

    def _kept(self, work: Work) -> tuple[bytes, int] | None:
        if self.held is None:
            return None
        proof = gates.keep_on(work, *self.held, _LEASE)
        return None if proof is None else (self.held[0], proof)

    def _new(self, work: Work) -> tuple[bytes, int] | None:
        for key in self.keys:
            proof = gates.occupy(work, key, _LEASE)
            if proof is not None:
                return key, proof
        return None


@dataclass(slots=True)
class AccountGate:
    """The gate of one account, for one reading of it: takes a few requests at a time."""

    gates: Gates
    own: _Bucket
    place: _Place | None = None
    at_a_time: int = 4
    left: int = 0

    def take(self, requests: int = 1) -> None:
        if self.left < requests:
            some = max(requests, self.at_a_time)
            self.gates.take(self.own, some, self.place)
            self.left += some
        elif self.place is not None and self.place.is_old():
            self.gates.keep_on(self.place)
        self.left -= requests

    def done(self) -> None:
        """Let others ask for this account, and have what is left of everybody's share."""
        self.gates.give_back(self.left)
        self.left = 0
        if self.place is not None and self.place.held is not None:
            self.gates.leave(self.place)


def _wait(seconds: float, *, whole: bool) -> Wait:
    return Wait(
        "So many requests were made that the host would refuse more",
        remedy="it goes on by itself in a moment",
        seconds=max(0.1, seconds),
        whole=whole,
    )
