"""Reading the calendars of a connected account: what is asked, and what came of it.

First each calendar is asked whether anything has changed. Only those in which something has are
read anew: what they take of the time, and nothing else. Where we stand in a calendar's changes is
asked before its time is read, so that what changes in between is found the next time.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from calendar_sync.errors import CursorExpired, ReconnectNeeded, Unreadable, Unsupported, Wait
from calendar_sync.provider import (
    CalendarId,
    Capability,
    Changes,
    Cursor,
    Found,
    Provider,
    Span,
)
from scheduler.errors import Explained, TryLater
from services.flow import access, colleague_readings, colleagues, readings, rests
from services.flow.calendars import sooner, window
from services.flow.doubts import Told, unread
from services.flow.question import TRUSTED
from services.keys import Keys, Unsealable
from services.storage import accounts
from services.storage import calendars as stored
from services.storage.rows.accounts import Host
from services.storage.rows.calendars import BusyRow, CalendarRow, Source
from services.storage.work import Work

_ANEW = timedelta(days=7)  # what is known must not end long before what we want to know


@dataclass(frozen=True, slots=True)
class One:
    """A calendar of an account as it is to be read.

    calendar  as the host calls it; Unreadable: that cannot even be looked up
    cursor    where we stand in its changes, if what is known reaches far enough
    """

    id: UUID
    calendar: CalendarId | Unreadable = field(repr=False)
    cursor: Cursor | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Due:
    """An account as it is to be read, from this moment on.

    ones        its own calendars that count
    colleagues  whom it is asked about besides: each by their address of mail
    """

    account_id: UUID
    host: Host
    scopes: frozenset[str]
    began: datetime
    ones: Sequence[One]
    colleagues: Sequence[One] = ()


Outcome = Told | Unreadable


def place_of(work: Work, keys: Keys, account_id: UUID) -> Due | None:
    """Look up how to read an account, and about whom it may be asked in this moment.

    None: it is gone, or waits for consent. Raises Wait while it has to be left alone.
    """
    row = accounts.one(work, account_id)
    if row is None or row.lost_at is not None:
        return None
    let_rest(work, row.id)
    ones, others = (
        [_one(work, keys, each) for each in found]
        for found in (accounts.calendars_of(work, row.id), colleagues.allowed(work, row.id))
    )
    return Due(row.id, row.host, frozenset(row.scopes), work.now, ones, others)


def grow_old(work: Work, keys: Keys, account_id: UUID) -> None:
    """Let what is known of an account that waits for consent be unknown, once it is too old."""
    account = accounts.locked(work, account_id)
    if account is None or account.lost_at is None or work.now < account.lost_at + TRUSTED:
        return
    account.due_at = None
    over = Unreadable(access.OVER[0], remedy=access.OVER[1])
    for each in accounts.read_through(work, account_id):
        readings.note(work, keys, each, work.now, over, refresh=timedelta())


def read(due: Due, provider: Provider) -> Mapping[UUID, Outcome]:
    """Read what has changed, and say what came of each calendar.

    Raises TryLater when the host asks us to wait with all of them, and ReconnectNeeded when it
    no longer lets us in.
    """
    return _Reading(due, provider).outcomes()


def keep(
    work: Work, keys: Keys, due: Due, outcomes: Mapping[UUID, Outcome], refresh: float
) -> None:
    """Keep what came of each calendar, and when the account is to be read next.

    refresh  seconds until then, if all is well

    Of colleagues nothing is kept who may not be read any more; whom else may be is read at once.
    """
    account = accounts.locked(work, due.account_id)
    if account is None:
        return  # disconnected while it was read
    is_open = account.lost_at is None
    nexts = [timedelta()] if is_open and colleagues.settle(work, keys, account) else []
    waits = [each.seconds for each in outcomes.values() if isinstance(each, Unreadable)]
    if asked := [each for each in waits if each is not None]:
        rest(work, due.account_id, max(asked))
    for each in (*due.ones, *due.colleagues):
        row = stored.locked(work, each.id)
        if row is None or each.id not in outcomes:
            continue  # deleted while it was read
        if readings.is_later(work, row, due.began):
            continue  # read again by somebody since
        outcome, usual = outcomes[each.id], timedelta(seconds=refresh)
        again = readings.note(work, keys, row, due.began, outcome, refresh=usual)
        if row.source is Source.ACCOUNT or not _is_hidden(outcome):
            nexts.append(again)
    if is_open:
        account.due_at = work.now + min(nexts, default=sooner(timedelta(seconds=refresh)))


def failed(due: Due, error: Explained) -> Mapping[UUID, Outcome]:
    """Say of each calendar why its host did not tell, and when it may be asked again."""
    return {each.id: unread(error) for each in (*due.ones, *due.colleagues)}


def behind(work: Work, calendar_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The accounts behind some calendars, each with those of them that it holds."""
    found: dict[UUID, list[UUID]] = {}
    for each in calendar_ids:
        row = stored.one(work, each)
        if row is not None and row.account_id is not None:
            found.setdefault(row.account_id, []).append(row.id)
    return found


def rest(work: Work, account_id: UUID, seconds: float) -> None:
    """Note that the host asked us to leave an account alone for so long."""
    rests.begin(work, account_id, timedelta(seconds=seconds))


def let_rest(work: Work, account_id: UUID) -> None:
    """Raise Wait while the host wants an account left alone, whoever of us would ask it."""
    until = rests.until(work, account_id)
    if until is not None:
        raise Wait(
            "The host of this account has asked us to wait",
            remedy="it goes on by itself",
            seconds=(until - work.now).total_seconds(),
        )


def lose(work: Work, account_id: UUID, began: datetime) -> None:
    """Note that an account needs consent once more, unless it was given since we began."""
    row = accounts.locked(work, account_id)
    if row is not None and row.consented_at <= began:
        access.lost(work, row)


def _one(work: Work, keys: Keys, row: CalendarRow) -> One:
    _, busy = stored.known(work, row)
    try:
        calendar: CalendarId | Unreadable = CalendarId(keys.opened(row.address or b"", row.id))
    except Unsealable as error:
        calendar = Unreadable(error.what, remedy=error.remedy)
    return One(row.id, calendar, _cursor(keys, row, busy, work.now))


def _is_hidden(outcome: Outcome) -> bool:
    """Whether somebody cannot be seen: nobody is asked about more often for that."""
    return isinstance(outcome, Unreadable) and outcome.seconds is None


def _cursor(keys: Keys, row: CalendarRow, busy: BusyRow | None, now: datetime) -> Cursor | None:
    _, last = window(now)
    if row.seen is None or busy is None or not last - _ANEW <= busy.last <= last:
        return None
    if row.believed_at is not None:
        return None  # its owner waits for it to be read
    try:
        kept = json.loads(keys.opened(row.seen, row.id))
    except Unsealable:
        return None
    return None if kept["cursor"] is None else Cursor(kept["cursor"])


class _Reading:
    """One reading of one account."""

    def __init__(self, due: Due, provider: Provider) -> None:
        self._due, self._provider = due, provider
        self._follows = Capability.CURSORS in provider.capabilities
        self._outcomes: dict[UUID, Outcome] = {}

    def outcomes(self) -> Mapping[UUID, Outcome]:
        first, last = (int(each.timestamp()) for each in window(self._due.began))
        self._read_own((first, last))
        self._read_colleagues((first, last))
        return self._outcomes

    def _read_own(self, span: Span) -> None:
        asked = [one for each in self._due.ones if (one := self._asked(each)) is not None]
        if not asked:
            return
        try:
            found = self._provider.busy([_name(each) for each in asked], span)
        except (ReconnectNeeded, TryLater):
            raise
        except Explained as error:  # it does not let us ask at all
            self._outcomes |= {each.id: unread(error) for each in asked}
            return
        self._outcomes |= {each.id: _told(each, found[_name(each)]) for each in asked}

    def _read_colleagues(self, span: Span) -> None:
        ones = [one for each in self._due.colleagues if (one := self._opened(each)) is not None]
        if not ones:
            return
        try:
            asked = {each.id: (_name(each), each.cursor) for each in ones}
            self._outcomes |= colleague_readings.read(self._provider, asked, span)
        except TryLater as error:
            if not self._outcomes:
                raise
            self._outcomes |= {each.id: unread(error) for each in ones}

    def _opened(self, one: One) -> One | None:
        if isinstance(one.calendar, Unreadable):
            self._outcomes[one.id] = one.calendar
            return None
        return one

    def _asked(self, one: One) -> One | None:
        """Return a calendar that has to be read, with the cursor from which to go on then."""
        if self._opened(one) is None:
            return None
        if not self._follows:
            return replace(one, cursor=None)
        try:
            changes = self._changes(_name(one), one.cursor)
        except (ReconnectNeeded, TryLater):
            raise  # it concerns them all
        except Unsupported:
            self._follows = False
            return replace(one, cursor=None)
        except Explained as error:
            self._outcomes[one.id] = unread(error)
            return None
        if one.cursor is not None and not changes.anything:
            self._outcomes[one.id] = Told(None, _remembered(changes.cursor))
            return None
        return replace(one, cursor=changes.cursor)

    def _changes(self, calendar: CalendarId, cursor: Cursor | None) -> Changes:
        try:
            return self._provider.changes(calendar, cursor)
        except CursorExpired:
            return self._provider.changes(calendar, None)


def _told(one: One, found: Found) -> Outcome:
    if isinstance(found, list):
        return Told(found, _remembered(one.cursor))
    return unread(found)


def _remembered(cursor: Cursor | None) -> str:
    return json.dumps({"cursor": cursor})


def _name(one: One) -> CalendarId:
    assert not isinstance(one.calendar, Unreadable)
    return one.calendar
