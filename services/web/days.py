"""Days and times of day as people type them into forms."""

import re
from datetime import date, time
from typing import Any

from scheduler.errors import BadProblem
from services.flow.errors import Unfit
from services.planning.rules import checked_planning_date
from services.web.forms import clock

_SPAN = re.compile(r"([^\s,;]+)(?:\s+(?:to|until|-)\s+([^\s,;]+))?(?:[\s,;:]+(.*))?")


def read_day(text: str) -> date:
    """Read a day. Raises Unfit."""
    try:
        day = checked_planning_date(text or None)
    except BadProblem as error:
        _, _, why = error.what.rpartition("planning_date: ")
        raise Unfit(f"The date cannot be taken: {why}", remedy=error.remedy) from None
    if day is None:
        raise Unfit("The date is missing", remedy="choose a day")
    return day


def read_time(text: str) -> time:
    """Read a time of day. Raises Unfit."""
    typed = clock(text)
    try:
        found = time.fromisoformat(typed)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        what = f"{typed[:40]!r} is no time of day" if typed else "The time is missing"
        raise Unfit(what, remedy="write one such as 12:30")
    return found


def read_blackouts(text: str) -> list[dict[str, Any]]:
    """Read days without meetings, one or a span a line: "2027-03-15 to 2027-03-19 spring break"."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        span = _SPAN.fullmatch(line)
        start, end, name = span.groups() if span else (line, None, None)
        found.append({"start": start, "end": end or start, "name": name or ""})
    return found


def written(blackouts: list[Any]) -> str:
    """Write them as they are read."""
    return "\n".join(_line(**each) for each in blackouts)


def _line(start: str, end: str, name: str = "") -> str:
    span = start if end == start else f"{start} to {end}"
    return f"{span} {name}".strip()
