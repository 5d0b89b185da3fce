"""Where to start a repetition rule, so that a long past and an endless future cost nothing.

dateutil walks through every period from DTSTART on, and gives up only after the year 9999.
A rule without COUNT does not remember how it began, so it can begin anew at a later period
of the same phase; and dates repeat every 400 years, weekdays included, so the search can be
moved to where the year 9999 is near.
"""

from datetime import datetime, timedelta

from calendar_sync.ics.parts import Parts
from calendar_sync.ics.stamps import midnight

_STEP = {
    "WEEKLY": timedelta(weeks=1),
    "DAILY": timedelta(days=1),
    "HOURLY": timedelta(hours=1),
    "MINUTELY": timedelta(minutes=1),
    "SECONDLY": timedelta(seconds=1),
}
_ERA = timedelta(days=146_097)  # 400 years, a whole number of weeks
_LAST_YEAR = 9999


def ahead(parts: Parts, start: datetime, lower: datetime) -> datetime:
    """Return a later start of the same phase, at least a period before `lower` (or `start`).

    The rule must be complete: a later start has another month, day and weekday to imply.
    """
    if parts.freq == "YEARLY":
        years = _skipped(lower.year - start.year, parts.interval)
        return _first(start, start.year * 12 + 12 * years) if years else start
    if parts.freq == "MONTHLY":
        span = 12 * (lower.year - start.year) + lower.month - start.month
        months = _skipped(span, parts.interval)
        return _first(start, start.year * 12 + start.month - 1 + months) if months else start
    step = _STEP[parts.freq]
    return start + _skipped((lower - start) // step, parts.interval) * step


def eras(start: datetime, upper: datetime) -> timedelta:
    """Return how far to move the search: whole eras, with `upper` still before the last year."""
    return max(0, (_LAST_YEAR - 1 - max(start.year, upper.year)) // 400) * _ERA


def _skipped(periods: int, interval: int) -> int:
    """Return the multiple of the interval that leaves a whole interval in hand."""
    return max(0, periods // interval - 1) * interval


def _first(start: datetime, month: int) -> datetime:
    """Return the hour of `start` on the first day of a month, counted from the year 0."""
    year, index = divmod(month, 12)
    return midnight(start).replace(year=year, month=index + 1, day=1) + (start - midnight(start))
