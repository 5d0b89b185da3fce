"""Wall-clock rules: from the text of a problem to moments, and from moments to minutes of a week.

Everything is done one minute at a time. That is exact, because problems state hours in whole
minutes and every zone's offset has been a whole number of minutes for decades.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
WEEK = 7 * DAY


@cache
def zone_of(name: str) -> tzinfo:
    """Return a zone by its IANA name, of the tzdata package where there is one.

    The machine's own files would come first otherwise, and may know other rules.
    """
    try:
        file = resources.files("tzdata.zoneinfo").joinpath(*name.split("/"))
        with file.open("rb") as rules:
            return ZoneInfo.from_file(rules, key=name)
    except (ModuleNotFoundError, FileNotFoundError):
        return ZoneInfo(name)


def date_of(value: Any) -> date:
    """Return the date that an ISO text (or a date) stands for."""
    return date.fromisoformat(str(value))


def minute_of(text: str) -> int:
    """Return minutes past midnight of "HH:MM"; "24:00" is 1440."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def hhmm(minute: int) -> str:
    """Return minutes past midnight as "HH:MM"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def stamp(moment: datetime) -> str:
    """Return a moment as the answer writes it, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def at_wall_clock(day: date, minute: int, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, at which `zone` shows `minute` past midnight of `day`.

    Aware arithmetic within one zone is nominal, and fold 0 is exactly the contract: a time in a
    gap takes the offset before it (so it shifts forward), an ambiguous one is the first.
    """
    return (datetime.combine(day, time(), zone) + timedelta(minutes=minute)).astimezone(UTC)


def moment_of(value: Any, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, of an ISO date-time; without an offset it is read in `zone`."""
    read = datetime.fromisoformat(str(value))
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)


def minutes_of_week(ranges: Iterable[dict[str, Any]]) -> frozenset[int]:
    """Return every minute of the week (Monday 00:00 is 0) that lies inside one of the ranges.

    A set of minutes joins what touches or overlaps by itself, over midnight and over Sunday too.
    """
    return frozenset(
        WEEKDAYS.index(day) * DAY + minute
        for one in ranges
        for day in one["days"]
        for minute in range(minute_of(one["start"]), minute_of(one["end"]))
    )


def nominal_minutes(weekday: int, minute: int, length: int) -> list[int]:
    """Return the minutes of the week of a nominal stretch, as if no clock ever changed."""
    first = weekday * DAY + minute
    return [(first + passed) % WEEK for passed in range(length)]


@lru_cache(maxsize=8192)
def real_minutes(start: datetime, length: int, zone: tzinfo) -> tuple[int, ...]:
    """Return, for each minute from `start`, the minute of the week that clocks in `zone` show."""
    return tuple(_shown(start + timedelta(minutes=passed), zone) for passed in range(length))


def _shown(moment: datetime, zone: tzinfo) -> int:
    local = moment.astimezone(zone)
    return local.weekday() * DAY + local.hour * 60 + local.minute
