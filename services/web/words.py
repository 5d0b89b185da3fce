"""Moments and amounts as the pages write them."""

import re
from datetime import datetime, timedelta

from markupsafe import Markup

from scheduler.model.zone import zone
from services.planning.page import words as plan
from services.planning.page.words import counted, full_day

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
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


def ahead(at: datetime, now: datetime) -> str:
    """Write "in 5 minutes", rounded; "in a moment" for what is due."""
    left = at - now
    return "in a moment" if left < _MINUTE else f"in {lasting(left)}"


def lasting(time: timedelta) -> str:
    """Write "5 minutes", rounded, and never less than one."""
    minutes, hours = (round(time / each) for each in (_MINUTE, _HOUR))
    if minutes < 60:
        return counted(max(minutes, 1), "minute")
    if hours < 48:
        return counted(hours, "hour")
    return counted(round(time / _DAY), "day")


def since(at: datetime, now: datetime, place: str) -> str:
    """Write "09:30", "Monday" or "Mon 5 Apr 2027" on the wall clock of a zone, as it is needed."""
    there, here = (each.astimezone(zone(place)) for each in (at, now))
    days = (here.date() - there.date()).days
    if days == 0:
        return f"{there:%H:%M}"
    return _WEEKDAYS[there.weekday()] if days < 7 else full_day(there.date())


def is_address(text: str) -> bool:
    """Whether a text is an address of the web, and nothing besides."""
    return _ADDRESS.fullmatch(text) is not None


def fit(value: object) -> object:
    """Keep characters out of a page that HTML does not allow in text; lines stay lines."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "\n".join(str(plan.fit(line)) for line in value.replace("\r\n", "\n").split("\n"))
