"""Calendars that change as they are read: no fault of anybody's, so they are soon read again."""

from datetime import timedelta

from calendar_sync.errors import Unreadable
from services.storage.rows.calendars import CalendarRow

_CHANGES = ("It changes as it is read", "it is read again soon")


def restless() -> Unreadable:
    """Return what comes of reading such a calendar: its host asked nobody to wait."""
    return Unreadable(_CHANGES[0], remedy=_CHANGES[1])


def is_restless(outcome: object) -> bool:
    """Whether this is what came of reading one."""
    return isinstance(outcome, Unreadable) and outcome.what == _CHANGES[0]


def is_changing(row: CalendarRow) -> bool:
    """Whether it changed at the last reading, and not for so long that its owner was told."""
    return row.failed_what == _CHANGES[0] and row.lost_at is None


def soon(row: CalendarRow, once: float, failed: timedelta) -> timedelta:
    """When to read it again: twice as late each time, and no sooner than others once it is lost.

    row     as it is after it was read so
    once    seconds until then at first
    failed  when others are read again that failed as often: it is no later than these
    """
    if row.lost_at is not None:
        return failed
    again: timedelta = timedelta(seconds=once) * 2 ** min(row.failures - 1, 16)
    return min(again, failed)
