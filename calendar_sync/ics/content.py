"""From the bytes of a calendar to busy time. Pure, and without bounds on time or memory.

Only the parser's child runs this on calendars from outside.
"""

import re
from collections.abc import Iterable, Iterator

from calendar_sync.ics import event, freebusy, series, vtimezone
from calendar_sync.ics.budget import Budget
from calendar_sync.ics.event import Event
from calendar_sync.ics.outline import Component, outline
from calendar_sync.ics.reasons import Reason, Refused
from calendar_sync.ics.sieve import sieve
from calendar_sync.ics.zones import DAY, Known, Zone, Zones, reading
from scheduler.model.busy import BusyInterval
from scheduler.model.zone import zone

_FORESIGHT = 3 * 366 * DAY  # how long after the span a calendar's own zone still holds
_ESCAPED = re.compile(r"\\(.)")


def busy_in(
    data: bytes, *, span: tuple[int, int], local: str, instances: int
) -> list[BusyInterval]:
    """Return what the calendar takes of the span, instance by instance, each whole, sorted.

    span       UTC seconds, [from, to)
    local      the IANA zone of floating times and whole days
    instances  how many there may be in the span

    Raises Refused if the data is not a calendar, or any of its times cannot be read.
    """
    budget = Budget(instances)
    calendars = outline(sieve(data))
    if not calendars:
        raise Refused(_what_else(data))
    try:
        return sorted(_counted(_intervals(calendars, span, local, budget), budget))
    except OverflowError:  # a date before the year 1, or after 9999
        raise Refused(Reason.BAD_DATE) from None


def _counted(found: Iterable[BusyInterval], budget: Budget) -> Iterator[BusyInterval]:
    for each in found:
        budget.found()
        yield each


def _what_else(data: bytes) -> Reason:
    start = data[:1000].strip(b"\xef\xbb\xbf \t\r\n\0")
    if not start:
        return Reason.EMPTY
    return Reason.WEB_PAGE if start.startswith(b"<") else Reason.NOT_A_CALENDAR


def _intervals(
    calendars: list[Component], span: tuple[int, int], local: str, budget: Budget
) -> Iterator[BusyInterval]:
    here = Known(zone(local))
    by_uid = dict[tuple[str, int], list[Event]]()
    for calendar in calendars:
        zones = Zones(here, _Written(calendars, calendar, span, budget).zone)
        for part in calendar.parts:
            if part.kind == "VFREEBUSY":
                yield from freebusy.periods(part, span, zones)
            elif part.kind == "VEVENT":
                by_uid.setdefault(_uid(part), []).append(event.read(part, zones))
    for events in by_uid.values():
        yield from series.intervals(events, span, budget)


def _uid(part: Component) -> tuple[str, int]:
    """Return what tells the series apart; an event without a UID is its own."""
    uid = next((found.value for found in part.every("UID") if found.value), None)
    return (uid, 0) if uid is not None else ("", part.line)


class _Written:
    """The zones that a source writes down; of one name, its own calendar's comes first."""

    def __init__(
        self,
        calendars: list[Component],
        own: Component,
        span: tuple[int, int],
        budget: Budget,
    ) -> None:
        self._parts = [part for each in (*calendars, own) for part in each.parts]
        self._until = reading(span[1] + _FORESIGHT)
        self._budget = budget

    def zone(self, name: str) -> Zone | None:
        """Return the zone of that TZID, or None."""
        for part in reversed(self._parts):
            if part.kind == "VTIMEZONE" and _tzid(part) == name:
                return vtimezone.observed(part, self._until, self._budget)
        return None


def _tzid(part: Component) -> str | None:
    found = next(part.every("TZID"), None)
    return _ESCAPED.sub(r"\1", found.value) if found else None
