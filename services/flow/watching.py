"""Having hosts tell of changes: channels are opened, replaced at half of their time, and closed.

What is wanted is compared with what there is, whatever happened before: each run goes on where
another one ended. No transaction is open while a host thinks. A channel that cannot be opened
hinders no reading; it is tried again, later each time.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from calendar_sync.errors import ReconnectNeeded, Wait
from calendar_sync.provider import Channel, Provider
from scheduler.errors import Explained, TryLater
from services.flow import account_readings, channels, closing, proof
from services.flow.access import Opening
from services.flow.memory import Task
from services.flow.watchlist import Due, Here, Wanted, place_of
from services.keys import Keys
from services.storage import accounts
from services.storage import channels as stored
from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow
from services.storage.rows.channels import ChannelRow
from services.storage.work import Work

_LIFE = timedelta(days=7)  # of a channel, unless its host says less
_SOONEST, _LATEST = timedelta(minutes=5), timedelta(days=1)  # until we look again, if all is well
_FIRST = timedelta(minutes=1)  # until we try again, and twice as long each time, up to:
_TROUBLE, _REFUSAL = timedelta(minutes=50), timedelta(hours=6)
_SILENT = timedelta(hours=2)  # after which nobody tells any more what a channel is called


def tend(
    task: Task, keys: Keys, opening: Opening, account_id: UUID, here: Here
) -> Explained | None:
    """See that the host of an account tells of changes in its calendars, each by one channel.

    Return what could not be done; it is tried again by itself.
    """
    trouble: Explained | None = None
    due: Due | None = None
    try:
        with task.reading() as work:
            due = place_of(work, keys, opening, account_id, here)
        if due is not None:
            trouble = _talk(task, keys, opening, due)
    except ReconnectNeeded as error:
        trouble = error
        with task.work() as work:
            account_readings.lose(work, account_id, due.began if due else work.now)
    except TryLater as error:
        trouble = error
    with task.work(last=True) as work:
        row = accounts.locked(work, account_id)
        if row is not None:
            _settle(work, row, trouble)
    return trouble


def _talk(task: Task, keys: Keys, opening: Opening, due: Due) -> Explained | None:
    tending = _Tending(task, keys, due)
    if not tending.has_work():
        return None
    with opening.provider(due.host, due.account_id, due.scopes) as provider:
        return tending.done(provider)


@contextmanager
def _stubborn() -> Iterator[None]:
    """Go on where a channel cannot be closed, unless that is going to be better soon."""
    try:
        yield
    except (ReconnectNeeded, TryLater):
        raise
    except Explained:
        pass  # it ends by itself


def _settle(work: Work, row: AccountRow, trouble: Explained | None) -> None:
    """Say when we look again: at once where that was asked for meanwhile."""
    if row.watch_at is None:
        return
    if trouble is None:
        rows = stored.of_account(work, row.id)
        times = [each.renew_at for each in rows if each.renew_at is not None]
        first = min(times, default=work.now + _LATEST)
        row.watch_failures = 0
        row.watch_at = max(work.now + _SOONEST, min(first, work.now + _LATEST))
        return
    most = _TROUBLE if isinstance(trouble, TryLater) else _REFUSAL
    asked = timedelta(seconds=trouble.seconds if isinstance(trouble, TryLater) else 0)
    row.watch_at = work.now + max(asked, min(_FIRST * 2 ** min(row.watch_failures, 10), most))
    row.watch_failures += 1


@dataclass(slots=True)
class _Tending:
    """One look at what one account's host tells us."""

    task: Task
    keys: Keys
    due: Due
    trouble: Explained | None = None

    def has_work(self) -> bool:
        """Whether anything is to be asked of the host, or forgotten."""
        return bool(self._unwatched() or self._needless())

    def done(self, provider: Provider) -> Explained | None:
        """Open and close what has to be; return what could not be done. Raises TryLater."""
        for each in self._unwatched():
            try:
                self._open(provider, each)
            except (ReconnectNeeded, TryLater):
                raise
            except Explained as error:  # it concerns this calendar alone
                self.trouble = error
        for row in self._needless():
            if row.until_at > self.due.began:
                with _stubborn():
                    closing.close(provider, self.keys, row)
            with self.task.work() as work:
                stored.drop(work, row.id)
        return self.trouble

    def _open(self, provider: Provider, wanted: Wanted) -> None:
        """Open a channel that is known to us before the host knows it."""
        secret = proof.minted()
        with self.task.work() as work:
            row = ChannelRow(
                id=new_id(),
                account_id=self.due.account_id,
                calendar_id=wanted.id,
                address=self.due.address,
                secret_hash=proof.hashed(secret),
                opened_at=work.now,
                until_at=work.now + _LIFE,
            )
            work.add(row)
        until = int(row.until_at.timestamp())
        try:
            said = provider.watch(
                wanted.calendar, Channel(str(row.id), secret, self.due.address, until)
            )
        except Wait:
            raise  # it may be open nevertheless: then it will speak
        except Explained:
            with self.task.work() as work:
                stored.drop(work, row.id)
            raise
        with self.task.work() as work:
            accounts.locked(work, self.due.account_id)  # first, as everybody does
            kept = stored.locked(work, row.id)
            if kept is not None:
                end = datetime.fromtimestamp(said.until, UTC)
                once = self.due.here.once
                channels.opened(work, self.keys, kept, said.resource, until=end, once=once)
        if kept is None:  # the account was let go meanwhile
            with suppress(Explained):
                provider.stop(said)

    def _rows(self) -> Sequence[ChannelRow]:
        with self.task.reading() as work:
            return stored.of_account(work, self.due.account_id)

    def _unwatched(self) -> list[Wanted]:
        watched = {row.calendar_id for row in self._rows() if self._is_good(row)}
        return [each for each in self.due.wanted if each.id not in watched]

    def _needless(self) -> list[ChannelRow]:
        """What is over, watches what is not to be watched, or has been replaced by a newer one."""
        wanted, watched = {each.id for each in self.due.wanted}, set[UUID | None]()
        found = []
        for row in self._rows():
            if row.remote is None:
                over = row.opened_at < self.due.began - _SILENT
            else:
                replaced = row.calendar_id in watched or row.calendar_id not in wanted
                over = replaced or row.until_at <= self.due.began
            if over:
                found.append(row)
            if self._is_good(row):
                watched.add(row.calendar_id)
        return found

    def _is_good(self, row: ChannelRow) -> bool:
        """Whether a channel is open, and for long enough."""
        return (
            row.remote is not None
            and row.address == self.due.address
            and row.renew_at is not None
            and min(row.renew_at, row.until_at) > self.due.began
        )
