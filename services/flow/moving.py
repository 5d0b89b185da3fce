"""Giving a calendar that has moved its new address: what is known of it stays until it is read."""

from dataclasses import replace
from math import ceil

from calendar_sync.errors import Unreadable, Wait
from calendar_sync.ics.fetch import Network
from calendar_sync.ics.source import Reading
from calendar_sync.ics.source import Source as Place
from services.flow import readings, rests
from services.flow.addresses import address_of, let_be_new
from services.flow.calendars import EMPTY, window
from services.flow.errors import Conflict, TooMany
from services.flow.readings import Due
from services.flow.rights import missing
from services.keys import Keys
from services.storage import calendars as stored
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.work import Work


def due_at(work: Work, row: CalendarRow, typed: str) -> Due:
    """Look up how to read a calendar at another address. Raises Unreadable or Conflict."""
    if row.source is not Source.ADDRESS:
        raise Conflict(
            "This calendar is not read from an address", remedy="add it anew where it has changed"
        )
    first, last = (int(each.timestamp()) for each in window(work.now))
    tz = stored.zone_of(work, row)
    place = Place(address_of(typed), (first, last), tz)
    return Due(row.id, place, tz, work.now, None, None, None)


def read(due: Due, network: Network) -> Reading:
    """Read it there, as when one is added. Raises Unreadable, or TooMany."""
    try:
        outcome = readings.read(due, network)
    except Wait as error:  # somebody waits for the answer: nothing goes on later by itself
        seconds = ceil(error.seconds)
        raise TooMany(error.what, remedy="try again in a moment", seconds=seconds) from None
    if isinstance(outcome, Unreadable):
        raise outcome
    if not outcome.intervals:
        raise Unreadable(EMPTY[0], remedy=EMPTY[1])
    return outcome


def move(work: Work, keys: Keys, due: Due, outcome: Reading, refresh: float) -> CalendarRow:
    """Keep the new address, and what was read there: whoever gives it has said that it is right.

    So only its owner may, or a coordinator as long as the owner has not joined; the caller has
    looked that up. Return the calendar, with what there is to say against what was read.

    refresh  as for `readings.keep`. Raises Missing, or Conflict where it is read there already.
    """
    assert isinstance(due.place, Place)
    row = stored.locked(work, due.calendar_id)
    if row is None:
        raise missing("calendar")
    let_be_new(work, keys, row, due.place.place, row.id)
    row.address, row.seen = keys.sealed(due.place.place, row.id), None
    row.believed_at, row.doubted_left = due.began, None
    row.tried_at = None  # what was read since at the old address is not later than this
    rests.end(work, row.id)
    work.session.flush()
    readings.keep(work, keys, replace(due, address=row.address), outcome, refresh)
    work.note("calendar.moved", row.id)
    return row
