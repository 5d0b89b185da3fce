"""Reading calendars again: what came of it, what has changed by it, and when to read next."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from calendar_sync.errors import Unreadable
from calendar_sync.ics.fetch import Network
from calendar_sync.ics.seen import Seen
from calendar_sync.ics.source import Reading, read_again
from calendar_sync.ics.source import Source as Place
from scheduler.model.events import Events
from services.facts import BusyChanged, CalendarLost
from services.flow import live
from services.flow.calendars import EMPTY, sooner, window
from services.flow.question import TRUSTED
from services.keys import Keys, Unsealable
from services.storage import calendars as stored
from services.storage import tries
from services.storage.rows.calendars import BusyRow, CalendarRow, Source
from services.storage.work import Work

_AFTER_FAILURE = timedelta(minutes=5)  # each further failure doubles it
LOST = timedelta(hours=6)  # without a good reading, until somebody is told
_LOST_AFTER = 6  # failures, which take some hours: a host that was away at one reading is not lost
_ANEW = timedelta(days=7)  # a host may be wrong about "not changed", but not for longer


@dataclass(frozen=True, slots=True)
class Due:
    """A calendar as it is to be read.

    place   Unreadable: its address cannot even be looked up
    zone    of its floating times
    began   when; a reading that began earlier never replaces one that began later
    seen    what its host said the last time; None: read all of it
    sealed  the same as it is kept
    """

    calendar_id: UUID
    place: Place | Unreadable
    zone: str
    began: datetime
    seen: Seen | None = field(repr=False)
    sealed: bytes | None = field(repr=False)


def place_of(work: Work, keys: Keys, calendar_id: UUID) -> Due | None:
    """Look up how to read a calendar.

    None: it is gone, nothing is read of it, or its host asked us to leave it alone for now.
    """
    row = stored.one(work, calendar_id)
    if row is None or row.source is not Source.ADDRESS or rests_until(work, row.id) is not None:
        return None
    tz = stored.zone_of(work, row)
    _, busy = stored.known(work, row)
    seen = _seen(keys, row, busy, tz, work.now)
    return Due(row.id, _place(keys, row, tz, work.now), tz, work.now, seen, row.seen)


def read(due: Due, network: Network) -> Reading | Unreadable:
    """Read it; what is wrong with it is an outcome like others."""
    if isinstance(due.place, Unreadable):
        return due.place
    try:
        found = read_again(due.place, due.seen, network=network)
    except Unreadable as error:
        return error
    # Nobody is free for two years: it is the wrong calendar, or one that was emptied.
    return Unreadable(EMPTY[0], remedy=EMPTY[1]) if found.intervals == [] else found


def keep(work: Work, keys: Keys, due: Due, outcome: Reading | Unreadable, refresh: float) -> None:
    """Keep what a reading gave; when it failed, what was known before stays, with the reason.

    BusyChanged is recorded if by this reading other time is known to be taken in what is left of
    a term, or the calendar's time becomes unknown there, or known again.

    refresh  seconds until the next reading, if all is well
    """
    row = stored.locked(work, due.calendar_id)
    if row is None or _is_overtaken(row, due, outcome):
        return  # deleted while it was read, or read again by somebody since
    _, busy = stored.known(work, row)
    if isinstance(outcome, Unreadable):
        # As of that try, and not of now: so its time becomes unknown once, not at each failure.
        before = _believed(row, busy, row.tried_at or due.began)
        _failed(work, row, outcome, timedelta(seconds=refresh))
        after = _believed(row, busy, due.began)
    else:
        before = _believed(row, busy, due.began)
        after = _succeeded(work, row, busy, due, outcome)
        row.seen = keys.sealed(json.dumps([due.zone, outcome.seen.as_text()]), row.id)
        row.due_at = work.now + sooner(timedelta(seconds=refresh))
    row.tried_at = due.began
    if live.differs(before, after, live.spans_of(work, row)):
        row.revision += 1
        work.session.flush()
        work.record(BusyChanged(row.id, row.revision))


def rests_until(work: Work, calendar_id: UUID) -> datetime | None:
    """Until when the calendar's host asked us to leave it alone; None: it did not."""
    until = tries.until(work, _rest(calendar_id))
    return until if until is not None and until > work.now else None


def _place(keys: Keys, row: CalendarRow, tz: str, now: datetime) -> Place | Unreadable:
    try:
        address = keys.opened(row.address or b"", row.id)
    except Unsealable as error:
        return Unreadable(error.what, remedy=error.remedy)
    first, last = (int(each.timestamp()) for each in window(now))
    return Place(address, (first, last), tz)


def _seen(
    keys: Keys, row: CalendarRow, busy: BusyRow | None, tz: str, now: datetime
) -> Seen | None:
    """What its host said, if a calendar that has not changed since tells all we want to know.

    Not if it was read by another wall clock, or read in full more than a week ago: then also
    what we know of it ends a week too early.
    """
    _, last = window(now)
    if row.seen is None or busy is None or not last - _ANEW <= busy.last <= last:
        return None
    try:
        said_zone, text = json.loads(keys.opened(row.seen, row.id))
    except Unsealable:
        return None
    return Seen.of_text(text) if said_zone == tz else None


def _is_overtaken(row: CalendarRow, due: Due, outcome: Reading | Unreadable) -> bool:
    """Whether a reading that began later is kept, or "not changed" is said of what is replaced."""
    if row.tried_at is not None and due.began < row.tried_at:
        return True
    same = isinstance(outcome, Reading) and outcome.intervals is None
    return same and row.seen != due.sealed


def _believed(row: CalendarRow, busy: BusyRow | None, at: datetime) -> Events | None:
    """What plans take a calendar's time for; None: for unknown, as `question` does."""
    if busy is None or row.read_at is None:
        return None
    return busy.events if row.failed_what is None or row.read_at >= at - TRUSTED else None


def _succeeded(
    work: Work, row: CalendarRow, busy: BusyRow | None, due: Due, outcome: Reading
) -> Events | None:
    row.read_at, row.failed_what, row.failed_remedy = due.began, None, None
    row.failures, row.lost_at = 0, None
    if outcome.intervals is None:
        return None if busy is None else busy.events
    found, (first, last) = Events.of(outcome.intervals), window(due.began)
    stored.keep(work, row.id, found, first, last)
    return found


def _failed(work: Work, row: CalendarRow, error: Unreadable, refresh: timedelta) -> None:
    row.failures += 1
    row.failed_what, row.failed_remedy = error.what, error.remedy
    wait = min(_AFTER_FAILURE * 2 ** min(row.failures - 1, 16), refresh)
    if error.seconds is not None:
        asked = timedelta(seconds=error.seconds)
        wait = max(wait, asked)
        tries.count(work, _rest(row.id), 1, work.now + asked)
    row.due_at = work.now + wait + (wait - sooner(wait))  # later, where somebody asked for it
    well = row.read_at or row.created_at
    if row.lost_at is None and row.failures >= _LOST_AFTER and work.now - well >= LOST:
        row.lost_at = work.now
        work.session.flush()
        work.record(CalendarLost(row.id, row.revision))


def _rest(calendar_id: UUID) -> bytes:
    """The key under which it is counted that a host asked for rest."""
    return sha256(b"rest" + calendar_id.bytes).digest()
