"""Reading calendars again: what came of it, what has changed by it, and when to read next."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from calendar_sync.errors import Unreadable
from calendar_sync.ics.fetch import Network
from calendar_sync.ics.seen import Seen
from calendar_sync.ics.source import Reading, read_again
from calendar_sync.ics.source import Source as Place
from scheduler.model.events import Events
from services.facts import BusyChanged, CalendarLost
from services.flow import crowding, doubts, live, polling, rests
from services.flow.calendars import window
from services.flow.doubts import Told
from services.flow.question import is_trusted
from services.keys import Keys, Unsealable
from services.storage import calendars as stored
from services.storage.rows.calendars import BusyRow, CalendarRow, Source
from services.storage.work import Work

_AFTER_FAILURE = timedelta(minutes=5)  # each further failure doubles it
LOST = timedelta(hours=6)  # without a good reading, until somebody is told
_LOST_AFTER = 6  # failures, which take some hours: a host that was away at one reading is not lost
_WRONG = timedelta(minutes=5)  # that clocks of ours may differ
_ANEW = timedelta(days=7)  # a host may be wrong about "not changed", but not for longer


@dataclass(frozen=True, slots=True)
class Due:
    """A calendar as it is to be read.

    place   Unreadable: its address cannot even be looked up
    zone    of its floating times
    began   when; a reading that began earlier never replaces one that began later
    seen    what its host said the last time; None: read all of it
    sealed  the same as it is kept
    address  as it is kept; what was read at another than is kept now says nothing any more
    """

    calendar_id: UUID
    place: Place | Unreadable
    zone: str
    began: datetime
    seen: Seen | None = field(repr=False)
    sealed: bytes | None = field(repr=False)
    address: bytes | None = field(repr=False)


def place_of(work: Work, keys: Keys, calendar_id: UUID) -> Due | None:
    """Look up how to read a calendar.

    None: it is gone, nothing is read of it, or its host asked us to leave it alone for now.
    """
    row = stored.one(work, calendar_id)
    if row is None or row.source is not Source.ADDRESS or rests.until(work, row.id) is not None:
        return None
    tz = stored.zone_of(work, row)
    _, busy = stored.known(work, row)
    seen = _seen(keys, row, busy, tz, work.now)
    place = _place(keys, row, tz, work.now)
    return Due(row.id, place, tz, work.now, seen, row.seen, row.address)


def read(due: Due, network: Network) -> Reading | Unreadable:
    """Read it; what is wrong with it is an outcome like others.

    Raises Wait while as many others of its host are being read as we ask for at once.
    """
    if isinstance(due.place, Unreadable):
        return due.place
    try:
        with crowding.place_at(due.place.place):
            return read_again(due.place, due.seen, network=network)
    except Unreadable as error:
        return error


def keep(work: Work, keys: Keys, due: Due, outcome: Reading | Unreadable, refresh: float) -> None:
    """Keep what a reading of an address gave, as `note` does.

    refresh  seconds until the next reading, if all is well and nobody needs it soon
    """
    row = stored.locked(work, due.calendar_id)
    if row is None or _is_overtaken(work, row, due, outcome):
        return  # deleted while it was read, or moved, or read again by somebody since
    told: Told | Unreadable
    if isinstance(outcome, Unreadable):
        told = outcome
    else:
        told = Told(outcome.intervals, json.dumps([due.zone, outcome.seen.as_text()]))
    usual = polling.usual(work, [row.id], timedelta(seconds=refresh))
    well = polling.between(usual, since([row], due.began))
    failed = note(work, keys, row, due.began, told, refresh=usual)
    row.due_at = work.now + (well if failed is None else failed)


def since(rows: Sequence[CalendarRow], began: datetime) -> timedelta | None:
    """How long the last reading of any of these is ago; None: there was none."""
    tried = [row.tried_at for row in rows if row.tried_at is not None]
    return began - max(tried) if tried else None


def note(  # noqa: PLR0913 -- what was read, and when
    work: Work,
    keys: Keys,
    row: CalendarRow,
    began: datetime,
    outcome: Told | Unreadable,
    *,
    refresh: timedelta,
) -> timedelta | None:
    """Note what came of reading a calendar, and return when to try again where it failed.

    refresh  when to read it next, if all were well: no later than that it is tried again

    When it failed, what was known before stays, with the reason; so it does where the calendar
    shows so much less than before that its owner is asked first. BusyChanged is recorded if by
    this reading other time is known to be taken in what is left of a term, or the calendar's time
    becomes unknown there, or known again.
    """
    _, busy = stored.known(work, row)
    if isinstance(outcome, Told):
        outcome = doubts.doubted(row, busy, outcome, began)
    if isinstance(outcome, Unreadable):
        # As of that try, and not of now: so its time becomes unknown once, not at each failure.
        before = _believed(row, busy, row.tried_at or began)
        again: timedelta | None = _failed(work, row, outcome, refresh)
        after = _believed(row, busy, began)
    else:
        before = _believed(row, busy, began)
        after = _succeeded(work, row, busy, began, outcome)
        row.seen = keys.sealed(outcome.remembered, row.id)
        again = None
    row.tried_at = began
    if live.differs(work, row, before, after):
        row.revision += 1
        work.session.flush()
        work.record(BusyChanged(row.id, row.revision))
    return again


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


def _is_overtaken(work: Work, row: CalendarRow, due: Due, outcome: Reading | Unreadable) -> bool:
    """Whether a reading that began later is kept, or "not changed" is said of what is replaced.

    So it is where the calendar has moved meanwhile, whichever of the two readings began later.
    """
    if row.address != due.address or is_later(work, row, due.began):
        return True
    same = isinstance(outcome, Reading) and outcome.intervals is None
    return same and row.seen != due.sealed


def is_later(work: Work, row: CalendarRow, began: datetime) -> bool:
    """Whether what is kept was read later; but a reading of the future had a wrong clock."""
    return row.tried_at is not None and began < row.tried_at <= work.now + _WRONG


def _believed(row: CalendarRow, busy: BusyRow | None, at: datetime) -> Events | None:
    """What plans take a calendar's time for; None: for unknown, as `question` does."""
    return busy.events if busy is not None and is_trusted(row, at) else None


def _succeeded(
    work: Work, row: CalendarRow, busy: BusyRow | None, began: datetime, told: Told
) -> Events | None:
    row.read_at, row.failed_what, row.failed_remedy = began, None, None
    row.failures, row.lost_at, row.doubted_at, row.believed_at = 0, None, None, None
    if told.intervals is None:
        return None if busy is None else busy.events
    found, (first, last) = Events.of(told.intervals), window(began)
    stored.keep(work, row.id, found, first, last)
    return found


def _failed(work: Work, row: CalendarRow, error: Unreadable, refresh: timedelta) -> timedelta:
    row.failures += 1
    row.failed_what, row.failed_remedy = error.what, error.remedy
    wait: timedelta = min(_AFTER_FAILURE * 2 ** min(row.failures - 1, 16), refresh)
    if error.seconds is not None:
        asked = timedelta(seconds=error.seconds)
        wait = max(wait, asked)
        rests.begin(work, row.id, asked)
    well = row.read_at or row.created_at
    if row.lost_at is None and row.failures >= _LOST_AFTER and work.now - well >= LOST:
        row.lost_at = work.now
        work.session.flush()
        work.record(CalendarLost(row.id, row.revision))
    # What fails together is not tried together again; where somebody asked for it, not before.
    return wait * (1 + random.random() / 10)  # noqa: S311 -- spreads
