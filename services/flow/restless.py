"""Calendars that change as they are read: no fault of anybody's, so they are soon read again."""

from calendar_sync.errors import Unreadable
from services.storage.rows.calendars import CalendarRow

_CHANGES = ("It changes as it is read", "it is read again within a minute")


def restless() -> Unreadable:
    """Return what comes of reading such a calendar: its host asked nobody to wait."""
    return Unreadable(_CHANGES[0], remedy=_CHANGES[1])


def is_restless(outcome: object) -> bool:
    """Whether this is what came of reading one."""
    return isinstance(outcome, Unreadable) and outcome.what == _CHANGES[0]


def is_changing(row: CalendarRow) -> bool:
    """Whether it changed at the last reading, and not for so long that its owner was told."""
    return row.failed_what == _CHANGES[0] and row.lost_at is None
