"""What calendars take of time, as the planner's events."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from scheduler.model.busy import Kind
from scheduler.model.events import KINDS, Events
from scheduler.model.own import Span
from scheduler.model.week import Week
from scheduler.wallclock import wall_clock
from services.flow.own import Own
from services.planning.problem import hours
from services.planning.rules import read_weekly
from services.storage.rows.calendars import BusyRow, CalendarKind, CalendarRow, Source

Calendars = Sequence[tuple[CalendarRow, BusyRow | None]]


def taken(rows: Calendars, tz: str, span: Span, own: Own) -> Events | None:
    """What somebody's calendars take of a span together, besides our own meetings.

    None: there are none
    """
    if not rows:
        return None
    return Events.joined([_of_calendar(row, busy, tz, span, own) for row, busy in rows])


def _of_calendar(row: CalendarRow, busy: BusyRow | None, tz: str, span: Span, own: Own) -> Events:
    if row.source is Source.WEEKLY:
        return weekly(row.weekly or [], tz, span, clinical=row.kind is CalendarKind.CLINICAL)
    if busy is None:
        return Events.of([])
    events = own.without(row, busy.events.within(span))
    return events.clinical() if row.kind is CalendarKind.CLINICAL else events


def weekly(ranges: list[Any], tz: str, span: Span, *, clinical: bool) -> Events:
    """The hours of every week that are taken, on the wall clock of `tz`, as events."""
    first, last = (datetime.fromtimestamp(each, UTC).date() for each in span)
    taken = wall_clock(tz, first, last).spans(Week.of(hours(read_weekly(ranges))), *span)
    kind = KINDS.index(Kind.PROTECTABLE if clinical else Kind.BUSY)
    kinds = np.full(len(taken.starts), kind, np.int64)
    return Events(np.column_stack((taken.starts, taken.ends, kinds)).reshape(-1, 3))
