"""Reading the calendars of a connected account: what is asked, and what came of it.

Before it is asked we look up what may be read, and afterwards keep what came of it; how a host
is asked, `host_reading` knows.
"""

import json
import random
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from calendar_sync.errors import Unreadable, Wait
from calendar_sync.provider import (
    CalendarId,
    Cursor,
    Provider,
)
from scheduler.errors import Explained
from services.flow import access, channels, colleagues, dropping, polling, readings, rests
from services.flow.calendars import window
from services.flow.colleague_readings import Allowed
from services.flow.doubts import Told, unread
from services.flow.host_reading import Due, One, Outcome, Reading
from services.flow.question import TRUSTED
from services.flow.restless import is_restless, soon
from services.keys import Keys, Unsealable
from services.storage import accounts, replies
from services.storage import calendars as stored
from services.storage.rows.calendars import BusyRow, CalendarRow, Source
from services.storage.work import Work
from services.times import Times

_NEVER = datetime.min.replace(tzinfo=UTC)
_LOOK_AGAIN = timedelta(days=1)
_ANEW = timedelta(days=7)  # what is known must not end long before what we want to know


def place_of(work: Work, keys: Keys, account_id: UUID) -> Due | None:
    """Look up how to read an account, and about whom it may be asked in this moment.

    None: it is gone, or waits for consent. Raises Wait while it has to be left alone.
    """
    row = accounts.one(work, account_id)
    if row is None or row.lost_at is not None:
        return None
    let_rest(work, row.id)
    own = sorted(accounts.calendars_of(work, row.id), key=_turn)
    zone = stored.zone_of(work, own[0]) if own else "UTC"
    ones = [_one(work, keys, each, zone) for each in own]
    others = [_one(work, keys, each, zone) for each in colleagues.allowed(work, row.id)]
    return Due(row.id, row.host, frozenset(row.scopes), work.now, ones, others, zone)


def grow_old(work: Work, keys: Keys, account_id: UUID) -> None:
    """Let what is known of an account that waits for consent be unknown, once it is too old."""
    account = accounts.locked(work, account_id)
    if account is None or account.lost_at is None or work.now < account.lost_at + TRUSTED:
        return
    dropping.give_way_through(work, account_id)
    rows = accounts.read_through(work, account_id)
    others = any(each.source is Source.COLLEAGUE for each in rows)
    account.due_at = work.now + _LOOK_AGAIN if others else None  # they may show a calendar by then
    over = Unreadable(access.OVER[0], remedy=access.OVER[1])
    for each in rows:
        readings.note(work, keys, each, work.now, over, refresh=timedelta())


def read(due: Due, provider: Provider, allowed: Allowed) -> Mapping[UUID, Outcome]:
    """Read what has changed, and say what came of each calendar.

    allowed  looks up what may be read of colleagues, each time that some are asked about

    Raises TryLater when the host asks us to wait with all of them, and ReconnectNeeded when it
    no longer lets us in.
    """
    return Reading(due, provider, allowed).outcomes()


def keep(work: Work, keys: Keys, due: Due, outcomes: Mapping[UUID, Outcome], times: Times) -> None:
    """Keep what came of each calendar, and when the account is to be read next.

    times  seconds until then: usually, if all is well and nobody needs them soon; and for those
           that change as they are read

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
    _ask_guests(work, account.id, outcomes)
    rows = accounts.read_through(work, account.id)
    usual = polling.usual(work, [each.id for each in rows], timedelta(seconds=times.refresh))
    well = polling.between(usual, readings.since(rows, due.began))
    for each in (*due.ones, *due.colleagues):
        row = stored.locked(work, each.id)
        if row is None or each.id not in outcomes:
            continue  # deleted while it was read
        if readings.is_later(work, row, due.began):
            continue  # read again by somebody since
        outcome = outcomes[each.id]
        failed = readings.note(work, keys, row, due.began, outcome, refresh=usual)
        if failed is not None and is_restless(outcome):
            failed = soon(row, times.once, failed)
        if row.source is Source.ACCOUNT or not _is_hidden(outcome):
            nexts.append(well if failed is None else failed)
    if is_open:
        account.due_at = work.now + min(nexts, default=well)
        if (look := channels.next_look(work, account.id)) is not None:  # its host spoke meanwhile
            account.due_at = min(account.due_at, look)


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


def _ask_guests(work: Work, account_id: UUID, outcomes: Mapping[UUID, Outcome]) -> None:
    """Where anything changed in an account, guests of its series may have answered."""
    if any(isinstance(each, Told) and each.intervals is not None for each in outcomes.values()):
        replies.ask_soon(work, account_id, work.now)


def _turn(row: CalendarRow) -> tuple[datetime, float]:
    """When a calendar is read: the longest unread first, and of those that fail any."""
    spread = random.random() if row.failures else 0.0  # noqa: S311 -- no secret
    return row.read_at or _NEVER, spread


def _one(work: Work, keys: Keys, row: CalendarRow, zone: str) -> One:
    _, busy = stored.known(work, row)
    try:
        calendar: CalendarId | Unreadable = CalendarId(keys.opened(row.address or b"", row.id))
    except Unsealable as error:
        calendar = Unreadable(error.what, remedy=error.remedy)
    return One(row.id, calendar, _cursor(keys, row, busy, zone, work.now))


def _is_hidden(outcome: Outcome) -> bool:
    """Whether somebody cannot be seen: nobody is asked about more often for that."""
    return isinstance(outcome, Unreadable) and outcome.seconds is None


def _cursor(
    keys: Keys, row: CalendarRow, busy: BusyRow | None, zone: str, now: datetime
) -> Cursor | None:
    _, last = window(now)
    if row.seen is None or busy is None or not last - _ANEW <= busy.last <= last:
        return None
    if row.believed_at is not None:
        return None  # its owner waits for it to be read
    try:
        kept = json.loads(keys.opened(row.seen, row.id))
    except Unsealable:
        return None
    if kept["cursor"] is None or kept.get("zone", zone) != zone:
        return None
    return Cursor(kept["cursor"])
