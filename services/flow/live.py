"""What of a calendar's time can still matter to a plan, and whether that has changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from scheduler.model.events import Events
from scheduler.model.zone import zone
from services.storage import calendars as stored
from services.storage.rows.calendars import CalendarRow
from services.storage.work import Work

_DAY = timedelta(days=1)
Span = tuple[int, int]


def spans_of(work: Work, row: CalendarRow) -> list[Span]:
    """What is left of the terms for which a calendar counts: [from, to), UTC seconds."""
    spans = []
    for start, end, tz in stored.terms_of(work, row, (work.now - _DAY).date()):
        midnight = datetime.min.time()
        first = datetime.combine(start, midnight, zone(tz))
        last = datetime.combine(end + _DAY, midnight, zone(tz))
        span = int(max(first, work.now).timestamp()), int(last.timestamp())
        if span[0] < span[1]:
            spans.append(span)
    return spans


def differs(before: Events | None, after: Events | None, spans: Sequence[Span]) -> bool:
    """Whether other time is known to be taken within one of the spans.

    before, after  None: nothing is known of it
    """
    if before is after:
        return False
    if before is None or after is None:
        return bool(spans)
    return any(not np.array_equal(_taken(before, each), _taken(after, each)) for each in spans)


def _taken(events: Events, span: Span) -> NDArray[np.int64]:
    """Times and kinds within a span; the same interval twice is the same time."""
    rows = events.within(span).rows
    ends = np.clip(rows[:, :2], *span)
    return np.unique(np.column_stack((ends, rows[:, 2])), axis=0)
