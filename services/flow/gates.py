"""Our share of what a host of calendars takes: four fifths of it, whoever of us asks.

Where a host answers only so many requests of one account at the same time, four fifths of those
are places: whoever asks for an account has one, and makes one request after the other.

The host counts in every minute, wherever it begins. Of a bucket of a tenth of the share that
fills again in the time of the rest, no minute can be given more than the share.

Where guests are told by letters of the account's own mailbox, those have a share of their own.
"""

from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from time import monotonic
from uuid import UUID

from calendar_sync.errors import Wait
from calendar_sync.host import Limits
from services.flow.memory import Memory
from services.flow.places import Place
from services.flow.shares import MINUTE, SHARE, Bucket, Letters
from services.storage.rows.accounts import Host
from services.storage.work import Work

_SPARING = 0.8  # of a day's share: what is left is for those who cannot wait
_DAY = timedelta(days=1)
_AHEAD = 20  # requests that a process takes of everybody's share at a time, and may leave unused
_KEPT = 5.0  # seconds for which it may use them
_BUSY = 1.0  # seconds until a place may have become free


class Gates:
    """What the threads of a process share of a host's limits."""

    def __init__(self, memory: Memory, host: Host, limits: Limits, letters: int = 25) -> None:
        """Share them; `letters` are sent by one mailbox in a minute at most."""
        self._memory, self._name, self._limits = memory, host.value, limits
        self._letters = letters
        self._day = Bucket.of(f"{host.value} day", limits.all_in_a_day, _DAY, at_once=0.5)
        self._all = (
            Bucket.of(f"{host.value} minute", limits.all_in_a_minute, MINUTE),
            self._day,
        )
        self._lock, self._left, self._until = Lock(), 0, 0.0

    def of(self, account_id: UUID, at_a_time: int = 4) -> "AccountGate":
        """The gate of one account, for one who asks. They say when they are `done`.

        at_a_time  how many requests are taken at once, and may be left unused
        """
        name = f"{self._name} account {account_id}"
        # Half at once: a reading of many calendars needs that, and is not begun twice.
        share = Bucket.of(name, self._limits.each_in_a_minute, MINUTE, at_once=0.5)
        letters = Letters.of(name, self._letters) if self._limits.sends else None
        return AccountGate(self, share, self._place(name), letters, at_a_time)

    def _place(self, name: str) -> Place | None:
        at_once = self._limits.each_at_once
        if at_once is None:
            return None
        return Place.among(name, max(1, int(at_once * SHARE)))

    def is_nearly_spent(self, work: Work) -> bool:
        """Whether little is left of the day's share: then whoever can wait is put off."""
        return self._day.fullness(work) >= _SPARING

    def give_back(self, count: int) -> None:
        """Let others of this process have requests that were taken and not made."""
        if count:
            self._put(count)

    def leave(self, place: Place) -> None:
        """Let others ask for an account."""
        with self._memory.work() as work:
            place.leave(work)

    def keep_on(self, place: Place) -> None:
        """Have a place for longer. Raises Wait if it was lost, and there is no other one."""
        with self._memory.work() as work:
            if not place.take(work):
                raise _wait(_BUSY, whole=False)
        place.taken()

    def take_letter(self, letters: Letters) -> None:
        """Take a letter of one account's share. Raises Wait, and takes nothing."""
        with self._memory.work() as work:
            seconds = letters.missed(work)
        if seconds is not None:
            raise _wait(seconds, whole=False, what="The mailbox sends no more letters just now")

    def keep_letter(self, letters: Letters) -> None:
        """Let others have a letter that was taken and not sent."""
        with self._memory.work() as work:
            letters.share.give_back(work, 1)

    def take(self, own: Bucket, count: int, place: Place | None = None) -> None:
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

    def _taken(self, own: Bucket, count: int, more: int, place: Place | None) -> None:
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
class AccountGate:
    """The gate of one account, for one reading of it: takes a few requests at a time."""

    gates: Gates
    own: Bucket
    place: Place | None = None
    letters: Letters | None = None
    at_a_time: int = 4
    left: int = 0
    letter: bool = False

    def take(self, requests: int = 1) -> None:
        if self.left < requests:
            some = max(requests, self.at_a_time)
            self.gates.take(self.own, some, self.place)
            self.left += some
        elif self.place is not None and self.place.is_old():
            self.gates.keep_on(self.place)
        self.left -= requests

    def have_letter(self) -> None:
        if self.letters is not None and not self.letter:
            self.gates.take_letter(self.letters)
            self.letter = True

    def send_letter(self) -> None:
        self.have_letter()
        self.letter = False

    def done(self) -> None:
        """Let others ask for this account, and have what was taken and is left."""
        self.gates.give_back(self.left)
        self.left = 0
        if self.letters is not None and self.letter:
            self.letter = False
            self.gates.keep_letter(self.letters)
        if self.place is not None and self.place.held is not None:
            self.gates.leave(self.place)


_ENOUGH = "So many requests were made that the host would refuse more"


def _wait(seconds: float, *, whole: bool, what: str = _ENOUGH) -> Wait:
    return Wait(
        what,
        remedy="it goes on by itself in a moment",
        seconds=max(0.1, seconds),
        whole=whole,
    )
