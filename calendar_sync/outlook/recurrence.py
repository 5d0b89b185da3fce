"""How a series recurs, in Graph's words: a pattern, and the days between which it holds. Pure.

Graph has fewer words than RFC 5545: what it has none for is refused, and has to be single events.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

from calendar_sync.errors import Refused, broken
from calendar_sync.outlook.requests import Json
from calendar_sync.provider import Draft, SeriesDraft, Span
from scheduler.model.series import Series
from scheduler.model.zone import zone

_DAYS = {
    "MO": "monday", "TU": "tuesday", "WE": "wednesday", "TH": "thursday", "FR": "friday",
    "SA": "saturday", "SU": "sunday",
}  # fmt: skip
_INDEX = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
_KNOWN = {"FREQ", "INTERVAL", "UNTIL", "WKST", "BYDAY", "BYSETPOS"}
_BYDAY = re.compile(rf"([+-]?[1-9])?({'|'.join(_DAYS)})")
_AROUND = timedelta(days=60)  # as far as a date at either end may have been moved
_LONGEST = timedelta(days=1825)  # that one question spans: as much as Outlook takes


def fields(draft: Draft | SeriesDraft) -> Json:
    """Return by which fields an event recurs; none, if it does not. Raises Refused."""
    if isinstance(draft, Draft):
        return {}
    series = draft.series
    first, last = (_day(each, series.zone) for each in _ends(series))
    days = {"type": "endDate", "startDate": first.isoformat(), "endDate": last.isoformat()}
    return {"recurrence": {"pattern": _pattern(series.rule, first), "range": days}}


def rule(draft: Draft | SeriesDraft) -> tuple[str, ...]:
    """Return the rule of a draft, if it has one: what tells it from a single event of that time."""
    return () if isinstance(draft, Draft) else (draft.series.rule,)


def window(event: Json) -> Span | None:
    """Return between which UTC seconds the dates of an event are; None: it does not recur.

    Raises Wait if that cannot be read.
    """
    found = event.get("recurrence")
    if found is None:
        return None
    try:
        days = found["range"]
        start = date.fromisoformat(days["startDate"]) - _AROUND
        end = start + _LONGEST
        if days["type"] == "endDate":
            end = min(date.fromisoformat(days["endDate"]) + _AROUND, end)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise broken("a recurrence that cannot be read") from None
    begin, until = (datetime.combine(each, time(), UTC) for each in (start, end))
    return int(begin.timestamp()), int(until.timestamp())


def _ends(series: Series) -> Span:
    """Return the first and the last date that the rule puts."""
    puts = (*(each.original for each in series.occurrences), *series.skipped)
    return series.first, max(puts)


def _day(seconds: int, name: str) -> date:
    return datetime.fromtimestamp(seconds, zone(name)).date()


def _pattern(rule: str, first: date) -> Json:
    """Return the pattern of a rule (RFC 5545, 3.3.10) whose first date is that. Raises Refused."""
    parts = dict(each.split("=", 1) for each in rule.upper().split(";") if "=" in each)
    named = parts.get("BYDAY", [*_DAYS][first.weekday()]).split(",")
    found = [each for name in named if (each := _BYDAY.fullmatch(name))]
    places = {parts.get("BYSETPOS") or each[1] or "" for each in found}
    if parts.keys() <= _KNOWN and len(found) == len(named) and len(places) == 1:
        place = places.pop().removeprefix("+")
        days = [_DAYS[each[2]] for each in found]
        usual = {"interval": int(parts.get("INTERVAL", "1")), "daysOfWeek": days}
        if parts.get("FREQ") == "WEEKLY" and not place:
            return {"type": "weekly", "firstDayOfWeek": _DAYS[parts.get("WKST", "MO")], **usual}
        alone = len(days) == 1 or "BYSETPOS" in parts
        if parts.get("FREQ") == "MONTHLY" and place in _INDEX and alone:
            return {"type": "relativeMonthly", "index": _INDEX[place], **usual}
    raise Refused(
        "Outlook has no words for how this series recurs", remedy="write its dates one by one"
    )
