"""Recurrences: RRULE on the one side, Outlook's pattern and range on the other."""

from datetime import date, datetime, time
from typing import Any

from dateutil.rrule import rrulestr

from services.sandbox.events.times import Event, at_wall, days, is_all_day, moment, wall_at
from services.sandbox.outlook.errors import Refusal
from services.sandbox.outlook.zones import known_zone, windows_name

Words = dict[str, Any]
_DAYS = {
    "MO": "monday", "TU": "tuesday", "WE": "wednesday", "TH": "thursday", "FR": "friday",
    "SA": "saturday", "SU": "sunday",
}  # fmt: skip
_SHORT = {name: short for short, name in _DAYS.items()}
_INDEX = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
_PLACE = {name: place for place, name in _INDEX.items()}
_NEVER = "0001-01-01"
_PLAIN: Words = {
    "interval": 1, "month": 0, "dayOfMonth": 0, "daysOfWeek": [], "firstDayOfWeek": "sunday",
    "index": "first",
}  # fmt: skip
"""What a pattern says of what does not belong to its type."""

_BELONGS = {
    "daily": (),
    "weekly": ("daysOfWeek", "firstDayOfWeek"),
    "absoluteMonthly": ("dayOfMonth",),
    "relativeMonthly": ("daysOfWeek", "index"),
    "absoluteYearly": ("month", "dayOfMonth"),
    "relativeYearly": ("month", "daysOfWeek", "index"),
}
_FREQUENCY = {"daily": "DAILY", "weekly": "WEEKLY"}


def recurrence_of(master: Event, zone_name: str) -> Words | None:
    """Return the pattern and range of a series; None: Outlook has no words for it.

    zone_name  the calendar's zone, in which whole days begin
    """
    lines = [line for line in master["recurrence"] if not line.upper().startswith("EXDATE")]
    if len(lines) != 1 or not lines[0].upper().startswith("RRULE:"):
        return None
    parts = dict(each.split("=", 1) for each in lines[0].upper()[6:].split(";") if each)
    own_zone = zone_name if is_all_day(master) else master["start"].get("timeZone") or zone_name
    first = wall_at(moment(master["start"], zone_name), own_zone)
    if is_all_day(master):
        first = datetime.combine(days(master["start"]), time())
    pattern = _pattern(parts, first)
    if pattern is None:
        return None
    return {"pattern": _PLAIN | pattern, "range": _range(parts, first, own_zone)}


def lines_of(recurrence: Words, start: date, zone_name: str, *, all_day: bool) -> list[str]:
    """Return the RRULE of a pattern and range. Raises Refusal for what cannot be.

    start, zone_name  the day on which the first one begins, by that zone's clocks
    """
    pattern, span = recurrence.get("pattern"), recurrence.get("range")
    if not isinstance(pattern, dict) or not isinstance(span, dict):
        raise _bad("A recurrence has a pattern and a range.")
    try:
        if span.get("startDate") != start.isoformat():
            raise _bad("The range does not begin on the day of the event's start.")
        rule = [*_rule(pattern), *_end(span, zone_name, all_day=all_day)]
    except (KeyError, ValueError, TypeError, AttributeError):
        raise _bad("The recurrence cannot be read.") from None
    return [f"RRULE:{';'.join(rule)}"]


def first_day(lines: list[str], start: date) -> date:
    """Return the first day on which such a series happens: its start may lie before."""
    rule = lines[0].removeprefix("RRULE:").split(";")
    endless = ";".join(each for each in rule if not each.startswith(("UNTIL", "COUNT")))
    return next(iter(rrulestr(endless, dtstart=datetime.combine(start, time())))).date()


def _pattern(parts: dict[str, str], first: datetime) -> Words | None:
    own = {name for name in parts if name not in ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST")}
    pattern: Words | None = None
    match parts.get("FREQ"):
        case "DAILY" if not own:
            pattern = {"type": "daily"}
        case "WEEKLY" if own <= {"BYDAY"}:
            pattern = _weekly(parts, first)
        case "MONTHLY":
            pattern = _on_a_day(parts, first, own, "Monthly")
        case "YEARLY" if "BYMONTH" in own or not own:
            month = parts.get("BYMONTH", str(first.month))
            found = _on_a_day(parts, first, own - {"BYMONTH"}, "Yearly")
            if found and month.isdecimal():
                pattern = found | {"month": int(month)}
    return pattern and pattern | {"interval": int(parts.get("INTERVAL", "1"))}


def _weekly(parts: dict[str, str], first: datetime) -> Words | None:
    named = parts.get("BYDAY", [*_DAYS][first.weekday()]).split(",")
    if not _DAYS.keys() >= set(named):
        return None
    begins = _DAYS[parts.get("WKST", "MO")]
    return {
        "type": "weekly",
        "daysOfWeek": [_DAYS[each] for each in named],
        "firstDayOfWeek": begins,
    }


def _on_a_day(parts: dict[str, str], first: datetime, own: set[str], kind: str) -> Words | None:
    if own <= {"BYMONTHDAY", "BYSETPOS"} and own != {"BYSETPOS"}:
        day = _day(parts, first)
        return None if day is None else {"type": f"absolute{kind}", "dayOfMonth": day}
    if "BYDAY" not in own or not own <= {"BYDAY", "BYSETPOS"}:
        return None
    named = parts["BYDAY"].split(",")
    place = parts.get("BYSETPOS") or named[0][:-2].lstrip("+")
    plain = [each if "BYSETPOS" in own else each[-2:] for each in named]
    if place not in _INDEX or not _DAYS.keys() >= set(plain):
        return None
    if "BYSETPOS" not in own and len(named) > 1:
        return None
    said = {"daysOfWeek": [_DAYS[each] for each in plain], "index": _INDEX[place]}
    return {"type": f"relative{kind}"} | said


def _day(parts: dict[str, str], first: datetime) -> int | None:
    said = parts.get("BYMONTHDAY", str(first.day))
    if said == "-1":
        return 31
    last = said.rpartition(",")[2]
    day = int(last) if last.isdecimal() else 0
    # In a short month Outlook takes the last day, where a plain rule has none.
    return day if day and ";".join(_month_day(day)) == _by_day(parts, said) else None


def _by_day(parts: dict[str, str], said: str) -> str:
    place = f";BYSETPOS={parts['BYSETPOS']}" if "BYSETPOS" in parts else ""
    return f"BYMONTHDAY={said}{place}"


def _month_day(day: int) -> list[str]:
    if day <= 28:
        return [f"BYMONTHDAY={day}"]
    return [f"BYMONTHDAY={','.join(map(str, range(28, day + 1)))}", "BYSETPOS=-1"]


def _range(parts: dict[str, str], first: datetime, own_zone: str) -> Words:
    said: Words = {
        "type": "noEnd",
        "startDate": first.date().isoformat(),
        "endDate": _NEVER,
        "recurrenceTimeZone": windows_name(own_zone),
        "numberOfOccurrences": 0,
    }
    if "COUNT" in parts:
        return said | {"type": "numbered", "numberOfOccurrences": int(parts["COUNT"])}
    if "UNTIL" in parts:
        return said | {"type": "endDate", "endDate": _last(parts["UNTIL"], first, own_zone)}
    return said


def _last(until: str, first: datetime, own_zone: str) -> str:
    if len(until) == 8:
        return date.fromisoformat(until).isoformat()
    wall = wall_at(datetime.fromisoformat(until), own_zone)
    late = wall.time() >= first.time()
    return (wall.date() if late else date.fromordinal(wall.toordinal() - 1)).isoformat()


def _rule(pattern: Words) -> list[str]:
    kind = pattern["type"]
    if kind not in _BELONGS:
        raise _bad(f"There is no pattern {kind}.")
    for name, plain in _PLAIN.items():
        said = pattern.get(name)
        if name not in ("interval", *_BELONGS[kind]) and said not in (None, plain):
            raise _bad(f"{name} does not belong to a pattern that is {kind}.")
    interval = pattern.get("interval", 0)
    if type(interval) is not int or not 1 <= interval <= 999:
        raise _bad("The interval of a pattern is 1 or more.")
    frequency = _FREQUENCY.get(kind) or ("MONTHLY" if kind.endswith("Monthly") else "YEARLY")
    return [f"FREQ={frequency}", f"INTERVAL={interval}", *_details(kind, pattern)]


def _details(kind: str, pattern: Words) -> list[str]:
    said = []
    if "month" in _BELONGS[kind]:
        said.append(f"BYMONTH={_between(pattern['month'], 12)}")
    if "dayOfMonth" in _BELONGS[kind]:
        return said + _month_day(_between(pattern["dayOfMonth"], 31))
    if "daysOfWeek" not in _BELONGS[kind]:
        return said
    if not pattern["daysOfWeek"]:
        raise _bad("A pattern of weekdays names one or more.")
    said.append(f"BYDAY={','.join(_SHORT[each.lower()] for each in pattern['daysOfWeek'])}")
    if kind == "weekly":
        return [*said, f"WKST={_SHORT[(pattern.get('firstDayOfWeek') or 'sunday').lower()]}"]
    return [*said, f"BYSETPOS={_PLACE[pattern.get('index') or 'first']}"]


def _end(span: Words, zone_name: str, *, all_day: bool) -> list[str]:
    if span.get("recurrenceTimeZone"):
        known_zone(span["recurrenceTimeZone"])
    match span["type"]:
        case "noEnd":
            return []
        case "numbered":
            return [f"COUNT={_between(span['numberOfOccurrences'], 999)}"]
        case "endDate":
            last = date.fromisoformat(span["endDate"])
            if last < date.fromisoformat(span["startDate"]):
                raise _bad("The range ends before it begins.")
            if all_day:
                return [f"UNTIL={last:%Y%m%d}"]
            end = at_wall(datetime.combine(last, time(23, 59, 59)), zone_name)
            return [f"UNTIL={end:%Y%m%dT%H%M%SZ}"]
    raise _bad("A range is endDate, noEnd or numbered.")


def _between(number: Any, most: int) -> int:
    if type(number) is not int or not 1 <= number <= most:
        raise _bad(f"{number!r} is not between 1 and {most}.")
    return number


def _bad(message: str) -> Refusal:
    return Refusal(400, "ErrorPropertyValidationFailure", message)
