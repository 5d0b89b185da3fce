"""A pattern's dates as a repetition rule, where one gives exactly them."""

from collections.abc import Sequence
from datetime import datetime

from dateutil.rrule import rrulestr

from calendar_sync.ics.parts import DAYS
from scheduler.model.answer import Rule


def rrule(rule: Rule, walls: Sequence[datetime]) -> str | None:
    """Write the RRULE (RFC 5545 3.3.10) of these readings of the group's clock, ascending.

    None when no rule gives them: a spread, a single date, ordinals that may name one day
    twice (counted once or twice, programs disagree), or an hour that the clocks skip on one of
    the dates, which a rule never gives.
    """
    repeated = _repeated(rule)
    if repeated is None or len(walls) < 2:
        return None
    # COUNT needs no zone to be understood; EXDATE takes nothing from it (3.8.5.1).
    text = f"{repeated};COUNT={len(walls)}"
    plain = [wall.replace(tzinfo=None, fold=0) for wall in walls]
    return text if list(rrulestr(text, dtstart=plain[0])) == plain else None


def _repeated(rule: Rule) -> str | None:
    if rule.weekday is None:
        return None
    weekday = DAYS[rule.weekday]
    if rule.kind == "weekly":
        interval = f";INTERVAL={rule.every}" if rule.every and rule.every > 1 else ""
        return f"FREQ=WEEKLY{interval};BYDAY={weekday}"
    if rule.kind == "monthly" and rule.ordinals and not {4, -1} <= {*rule.ordinals}:
        return "FREQ=MONTHLY;BYDAY=" + ",".join(f"{each}{weekday}" for each in rule.ordinals)
    return None
