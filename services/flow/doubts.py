"""Calendars that suddenly show much less: a question to their owner, not free time.

A calendar is emptied by a wrong click, a moved mailbox, a permission that went, more often than by
a person who has nothing to do for two years. Until the owner says that it is right, what was
known before stays; when that is too old, the time is unknown.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from calendar_sync.errors import Unreadable
from scheduler.errors import Explained, TryLater
from scheduler.model.busy import BusyInterval
from scheduler.model.events import Events
from services.facts import AccountDue, CalendarDue
from services.flow import rights
from services.flow.calendars import EMPTY
from services.flow.errors import Conflict
from services.flow.rights import missing
from services.storage import calendars
from services.storage.calendars import Known
from services.storage.rows.calendars import BusyRow, CalendarRow
from services.storage.work import Work

_LESS = (
    "It shows less than half of the time that it showed before",
    "say on your page whether that is right; until then what was known before counts for a while",
)
_MANY = 40 * 3600  # seconds that must be gone before anybody is asked
_EVER = 1 << 40  # UTC seconds
_BELIEVED = timedelta(days=1)  # for which a word of the owner counts


@dataclass(frozen=True, slots=True)
class Told:
    """What a reading told.

    intervals   None: nothing has changed since what is `remembered` was said
    remembered  what to say the next time, to ask for news only; kept sealed
    """

    intervals: list[BusyInterval] | None
    remembered: str = field(repr=False)


def unread(error: Explained) -> Unreadable:
    """Say of one calendar what went wrong, and when its host may be asked again."""
    told = Unreadable(error.what, remedy=error.remedy)
    told.seconds = error.seconds if isinstance(error, TryLater) else None
    return told


def doubted(
    row: CalendarRow, busy: BusyRow | None, told: Told, began: datetime
) -> Told | Unreadable:
    """Return what was told, or the doubt whether it can be right."""
    if told.intervals is None:
        return told
    after = Events.of(told.intervals)
    has = _seconds(after, (int(began.timestamp()), _EVER))
    if _is_believed(row, began, has):
        return told
    if not told.intervals:
        what, remedy = EMPTY
    elif busy is not None and _is_less(busy, after, began):
        what, remedy = _LESS
    else:
        return told
    row.doubted_at, row.doubted_left = row.doubted_at or began, has
    row.believed_at = None  # a word was about something else, or too long ago
    return Unreadable(what, remedy=remedy)


def stands(row: CalendarRow) -> bool:
    """Whether the last reading was doubted; another failure since comes first."""
    return row.doubted_at is not None and row.failed_what in (_LESS[0], EMPTY[0])


def question(row: CalendarRow) -> str | None:
    """What the owner of a calendar is asked; None: nothing, or it was answered."""
    asked = stands(row) and row.believed_at is None
    return f"{row.failed_what}. Is that right?" if asked else None


def believe(work: Work, calendar_id: UUID) -> Known:
    """Take the owner's word that what a calendar shows is right, and have it read again.

    Raises Missing, or Conflict where nobody has asked.
    """
    person_id = rights.actor(work)
    row = calendars.locked(work, calendar_id)
    if row is None or row.person_id != person_id:
        raise missing("calendar")
    if row.doubted_at is None:
        raise Conflict("There is no question about this calendar", remedy="nothing has to be done")
    row.believed_at = work.now
    work.note("calendar.believed", row.id)
    due = CalendarDue(row.id) if row.account_id is None else AccountDue(row.account_id)
    work.session.flush()
    work.record(due)
    return calendars.known(work, row)


def _is_believed(row: CalendarRow, began: datetime, has: int) -> bool:
    """Whether its owner has said that this is right: this, and not still less."""
    said, left = row.believed_at, row.doubted_left or 0
    if said is None or not timedelta() <= began - said < _BELIEVED:
        return False
    return has * 10 >= left * 9


def _is_less(busy: BusyRow, after: Events, began: datetime) -> bool:
    """Whether most of the time ahead is gone that both readings can tell of."""
    span = int(began.timestamp()), int(busy.last.timestamp())
    had, has = _seconds(busy.events, span), _seconds(after, span)
    return had - has >= _MANY and has * 2 < had


def _seconds(events: Events, span: tuple[int, int]) -> int:
    """How much of a span is taken; what overlaps counts once."""
    rows = np.clip(events.within(span).rows[:, :2], *span)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    reached = np.maximum.accumulate(np.concatenate(([span[0]], rows[:, 1])))[:-1]
    return int(np.clip(rows[:, 1] - np.maximum(rows[:, 0], reached), 0, None).sum())
