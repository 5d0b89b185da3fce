"""Moments and amounts as the pages write them."""

from datetime import datetime, timedelta

from markupsafe import Markup

from scheduler.model.zone import zone
from services.planning.page import words as plan
from services.planning.page.words import counted, full_day

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def moment(at: datetime, place: str) -> str:
    """Write "Wed 14 Apr 2027, 09:30" on the wall clock of a zone."""
    there = at.astimezone(zone(place))
    return f"{full_day(there.date())}, {there:%H:%M}"


def ago(at: datetime, now: datetime) -> str:
    """Write "5 minutes ago"."""
    passed = now - at
    if passed < _MINUTE:
        return "just now"
    if passed < _HOUR:
        return f"{counted(passed // _MINUTE, 'minute')} ago"
    if passed < 2 * _DAY:
        return f"{counted(passed // _HOUR, 'hour')} ago"
    return f"{counted(passed // _DAY, 'day')} ago"


def fit(value: object) -> object:
    """Keep characters out of a page that HTML does not allow in text; lines stay lines."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "\n".join(str(plan.fit(line)) for line in value.replace("\r\n", "\n").split("\n"))
