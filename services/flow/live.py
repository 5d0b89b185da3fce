"""What of a calendar's time can still matter to a plan, and whether that has changed."""

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from scheduler.model.events import Events
from scheduler.model.own import Span
from scheduler.model.zone import zone
from services.flow import own
from services.storage import calendars as stored
from services.storage.rows.calendars import CalendarRow
from services.storage.work import Work

_DAY = timedelta(days=1)


def differs(work: Work, row: CalendarRow, before: Events | None, after: Events | None) -> bool:
    """Whether other time is known to be taken within what is left of a term.

    before, after  None: nothing is known of it
    Meetings of the group that the term is of do not count, as they do not when it is planned.
    """
    if before is after:
        return False
    spans = spans_of(work, row)
    if before is None or after is None:
        return bool(spans)
    ours = own.of_groups(work, {group for group, _ in spans}, [row])
    return any(
        not np.array_equal(
            _taken(ours[group].without(row, before), span),
            _taken(ours[group].without(row, after), span),
        )
        for group, span in spans
    )


def spans_of(work: Work, row: CalendarRow) -> list[tuple[UUID, Span]]:
    """What is left of the terms for which a calendar counts, [from, to), UTC seconds, by group."""
    spans = []
    for start, end, tz, group in stored.terms_of(work, row, (work.now - _DAY).date()):
        midnight = datetime.min.time()
        first = datetime.combine(start, midnight, zone(tz))
        last = datetime.combine(end + _DAY, midnight, zone(tz))
        span = int(max(first, work.now).timestamp()), int(last.timestamp())
        if span[0] < span[1]:
            spans.append((group, span))
    return spans


def _taken(events: Events, span: Span) -> NDArray[np.int64]:
    """Times and kinds within a span; the same interval twice is the same time.

    Two alike count before our own are left out, and no longer after that.
    """
    rows = events.within(span).rows
    ends = np.clip(rows[:, :2], *span)
    return np.unique(np.column_stack((ends, rows[:, 2])), axis=0)
