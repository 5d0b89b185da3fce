"""The parts of a repetition rule (RFC 5545 3.3.10), checked: what is not understood is refused.

A part that were skipped could only make the rule say something else.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from calendar_sync.ics.outline import Property
from calendar_sync.ics.reasons import Reason, Refused
from calendar_sync.ics.stamps import Written

T = TypeVar("T")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQ = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
_RANGES = {  # the least and the greatest number; those that start at 1 may count from the end
    "BYSECOND": (0, 60),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTHDAY": (1, 31),
    "BYYEARDAY": (1, 366),
    "BYWEEKNO": (1, 53),
    "BYMONTH": (1, 12),
    "BYSETPOS": (1, 366),
}
_NEVER_NEGATIVE = {"BYMONTH"}
_USUAL = {"RSCALE": "GREGORIAN", "SKIP": "OMIT"}  # RFC 7529, as far as it changes nothing
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_RANGES, *_USUAL}
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")


@dataclass(frozen=True, slots=True)
class Parts:
    """A rule as it is written, its numbers in range.

    numbers  the BY parts other than BYDAY, by name
    days     BYDAY: weekday (0 is Monday) and which one of the period, 0 for every one
    """

    freq: str
    interval: int
    count: int | None
    until: Written | None
    week_start: int
    numbers: Mapping[str, tuple[int, ...]]
    days: tuple[tuple[int, int], ...]
    line: int


def parse(found: Property) -> Parts:
    """Read an RRULE. Raises Refused, blaming its line, if any part of it is not understood."""
    try:
        return _parse(_pairs(found.value), found.line)
    except (ValueError, KeyError):
        raise Refused(Reason.BAD_RULE, found.line) from None


def complete(parts: Parts, start: datetime, *, whole_day: bool) -> Parts:
    """Return the rule with what it leaves to DTSTART written out, dates before hours.

    A whole day has no hours, so BYHOUR, BYMINUTE and BYSECOND are dropped there (3.3.10).
    """
    numbers = dict(parts.numbers)
    if whole_day:
        for hours in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            numbers.pop(hours, None)
    days = parts.days
    if not days and not numbers.keys() & {"BYMONTHDAY", "BYYEARDAY"}:
        if parts.freq == "WEEKLY" or "BYWEEKNO" in numbers:
            days = ((start.weekday(), 0),)
        elif parts.freq in ("YEARLY", "MONTHLY"):
            numbers["BYMONTHDAY"] = (start.day,)
            if parts.freq == "YEARLY":
                numbers.setdefault("BYMONTH", (start.month,))
    return Parts(
        parts.freq,
        parts.interval,
        parts.count,
        parts.until,
        parts.week_start,
        numbers,
        days,
        parts.line,
    )


def _pairs(text: str) -> dict[str, str]:
    pairs = dict[str, str]()
    for part in text.strip().upper().removesuffix(";").split(";"):
        name, value = part.split("=")
        if name in pairs or name not in _KNOWN:
            raise ValueError(name)
        pairs[name] = value
    return pairs


def _parse(pairs: Mapping[str, str], line: int) -> Parts:
    if pairs["FREQ"] not in _FREQ or any(pairs.get(k, v) != v for k, v in _USUAL.items()):
        raise ValueError(line)
    return Parts(
        freq=pairs["FREQ"],
        interval=_positive(pairs.get("INTERVAL", "1")),
        count=_positive(pairs["COUNT"]) if "COUNT" in pairs else None,
        until=Written.parse(pairs["UNTIL"], line) if "UNTIL" in pairs else None,
        week_start=DAYS.index(pairs.get("WKST", "MO")),
        numbers={name: _numbers(name, pairs[name]) for name in _RANGES if name in pairs},
        days=_each(map(_day, pairs["BYDAY"].split(","))) if "BYDAY" in pairs else (),
        line=line,
    )


def _numbers(name: str, text: str) -> tuple[int, ...]:
    least, greatest = _RANGES[name]
    numbers = _each(map(_number, text.split(",")))
    for number in numbers:
        counted = abs(number) if least and name not in _NEVER_NEGATIVE else number
        if not least <= counted <= greatest:
            raise ValueError(name)
    if name == "BYSECOND":  # no leap seconds here (3.3.12)
        return tuple(min(number, 59) for number in numbers)
    return numbers


def _each(found: Iterable[T]) -> tuple[T, ...]:
    """Return each once: what is said a million times means no more, and would take as long."""
    return tuple(dict.fromkeys(found))


def _day(text: str) -> tuple[int, int]:
    found = _DAY.fullmatch(text.strip())
    if found is None or (found[1] and not 1 <= abs(int(found[1])) <= 53):
        raise ValueError(text)
    return DAYS.index(found[2]), int(found[1] or 0)


def _positive(text: str) -> int:
    number = _number(text)
    if number < 1:
        raise ValueError(text)
    return number


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(text)
    return int(text)
