"""From a repetition rule to the readings of the clock that it gives.

The rule is followed on the wall clock by dateutil; zones come in only where UNTIL is an
instant. What RFC 5545 has and dateutil has not is made up for here.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from dateutil import rrule

from calendar_sync.ics.ahead import ahead, eras
from calendar_sync.ics.budget import Budget
from calendar_sync.ics.parts import Parts, complete
from calendar_sync.ics.reasons import Reason, Refused
from calendar_sync.ics.stamps import Stamp, Written
from calendar_sync.ics.zones import Zone, seconds

_FREQ = {
    "YEARLY": rrule.YEARLY,
    "MONTHLY": rrule.MONTHLY,
    "WEEKLY": rrule.WEEKLY,
    "DAILY": rrule.DAILY,
    "HOURLY": rrule.HOURLY,
    "MINUTELY": rrule.MINUTELY,
    "SECONDLY": rrule.SECONDLY,
}


def repeats(
    rule: Parts, start: Stamp, lower: datetime, upper: datetime, budget: Budget
) -> Iterator[datetime]:
    """Yield the readings, besides that of `start`, that the rule gives in [lower, upper].

    The start is an instance whether or not the rule would give it, and the first that COUNT
    counts (3.8.5.3). Raises Refused when the budget is spent or the rule cannot be followed.
    """
    left = None if rule.count is None else rule.count - 1
    for wall in _readings(
        complete(rule, start.wall, whole_day=start.whole_day), start, lower, upper
    ):
        budget.step()
        if wall > upper or _past(rule.until, wall, start.zone):
            return
        if wall == start.wall:
            continue
        if left is not None:
            if left == 0:
                return
            left -= 1
        if wall >= lower:
            yield wall


def _readings(rule: Parts, start: Stamp, lower: datetime, upper: datetime) -> Iterator[datetime]:
    begin = start.wall if rule.count is not None else ahead(rule, start.wall, lower)
    moved = eras(begin, upper)
    try:
        for wall in rrule.rrule(dtstart=begin + moved, **_words(_counted(rule))):
            yield wall - moved
    except (ValueError, IndexError, OverflowError):  # dateutil's word for a rule without sense
        raise Refused(Reason.BAD_RULE, rule.line) from None


def _past(until: Written | None, wall: datetime, zone: Zone) -> bool:
    """Say whether the rule has ended; a date lets the whole of its day in."""
    if until is None:
        return False
    if until.whole_day:
        return wall.date() > until.wall.date()
    if until.universal:
        return zone.utc(wall) > seconds(until.wall)
    return wall > until.wall


def _counted(rule: Parts) -> Parts:
    """Give every weekday of a mixed BYDAY=MO,2TU a number: dateutil would ask for both at once."""
    if not (any(nth for _, nth in rule.days) and rule.freq in ("YEARLY", "MONTHLY")):
        return rule
    each = range(1, 54 if rule.freq == "YEARLY" and "BYMONTH" not in rule.numbers else 6)
    days = tuple((day, number) for day, nth in rule.days for number in ((nth,) if nth else each))
    return replace(rule, days=days)


def _words(rule: Parts) -> dict[str, Any]:
    """Return the rule in dateutil's words."""
    words: dict[str, Any] = {name.lower(): given for name, given in rule.numbers.items()}
    if rule.days:
        words["byweekday"] = [rrule.weekday(day, nth or None) for day, nth in rule.days]
    return words | {
        "freq": _FREQ[rule.freq],
        "interval": rule.interval,
        "wkst": rule.week_start,
    }
