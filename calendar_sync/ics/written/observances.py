"""A zone in few lines, for programs that do not know it by name (RFC 5545 3.6.5).

Mail programs read observances with an RRULE best, so a change that comes back every year on
the same weekday of the month is written so; any other is listed, onset by onset.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from calendar_sync.ics.parts import DAYS
from calendar_sync.ics.written.clock import Clock
from calendar_sync.ics.written.content import Component, component, stamp, text
from scheduler.wallclock import DAY_SECONDS, wall_clock

# Years after the last date in which a rule has to hold as well: in any one year the fourth
# Sunday may be the last, and a day that follows the moon is some weekday of its month.
_FORESIGHT = 12


class Observance(NamedTuple):
    """What the clock shows between two changes; offsets are seconds east of UTC."""

    name: str
    before: int
    after: int
    summer: timedelta  # how far it is ahead of the zone's standard time


def vtimezone(name: str, first: date, last: date) -> Component:
    """Write the zone of that IANA name, right from `first` to `last`.

    It begins a year earlier, so that some observance holds on the first day already.
    Raises UnknownZone.
    """
    begin = first.year - 1
    years = range(begin, last.year + _FORESIGHT + 1)
    onsets = {
        each: walls for each, walls in _onsets(name, years).items() if walls[0].year <= last.year
    }
    # By law Dublin's winter time is behind its standard; mail programs want it this way round.
    least = min(each.summer for each in onsets)
    parts: list[str] = []
    for each, walls in onsets.items():
        kind = "STANDARD" if each.summer == least else "DAYLIGHT"
        again = _again(walls, years, last.year)
        parts += component(kind, [*_head(each, walls[0]), *again])
    return component("VTIMEZONE", [f"TZID:{text(name)}", *parts])


def _onsets(name: str, years: range) -> dict[Observance, list[datetime]]:
    """When each observance begins in those years, as the clock that it puts an end to shows."""
    clock = wall_clock(name, date(years[0], 1, 1), date(years[-1], 12, 31))
    shown, offsets = Clock(name), clock.offsets.tolist()
    found: dict[Observance, list[datetime]] = {}
    for instant, before, after in zip(clock.changes.tolist(), offsets, offsets[1:], strict=False):
        wall = datetime.fromtimestamp(instant + before, UTC)  # the wall as if it showed UTC
        if wall.year in years:
            found.setdefault(_observed(shown, instant, before, after), []).append(wall)
    if any(walls[0].year == years[0] for walls in found.values()):
        return found
    new_year = datetime(years[0], 1, 1, tzinfo=UTC)
    return {_unchanged(shown, new_year): [new_year], **found}


def _unchanged(shown: Clock, wall: datetime) -> Observance:
    """What the clock shows in a year in which nobody touches it."""
    instant = int(wall.timestamp()) + 2 * DAY_SECONDS  # well into the year, whatever the zone
    offset = (shown.wall(instant).utcoffset() or timedelta()) // timedelta(seconds=1)
    return _observed(shown, instant, offset, offset)


def _observed(shown: Clock, instant: int, before: int, after: int) -> Observance:
    there = shown.wall(instant)
    return Observance(there.tzname() or "", before, after, there.dst() or timedelta())


def _head(each: Observance, first: datetime) -> list[str]:
    return [
        f"DTSTART:{stamp(first)}",
        f"TZOFFSETFROM:{_offset(each.before)}",
        f"TZOFFSETTO:{_offset(each.after)}",
        f"TZNAME:{text(each.name)}",
    ]


def _again(walls: list[datetime], years: range, last: int) -> list[str]:
    """Write the onsets after the first: as a rule, else one by one up to the last year."""
    rule = _yearly(walls, years)
    return [rule] if rule else [f"RDATE:{stamp(wall)}" for wall in walls[1:] if wall.year <= last]


def _yearly(walls: list[datetime], years: range) -> str | None:
    """Write onsets as a rule, if each year has one, at one hour, on one weekday of its month."""
    alike = {(wall.month, wall.weekday(), wall.time()) for wall in walls}
    if [wall.year for wall in walls] != list(years) or len(alike) > 1:
        return None
    numbers = set.intersection(*({*_numbers(wall)} for wall in walls))
    if not numbers:
        return None
    weekday = DAYS[walls[0].weekday()]
    return f"RRULE:FREQ=YEARLY;BYMONTH={walls[0].month};BYDAY={numbers.pop()}{weekday}"


def _numbers(wall: datetime) -> Iterator[int]:
    """Which of its weekday in the month a day is: counted from the start, and -1 the last."""
    yield (wall.day - 1) // 7 + 1
    if (wall + timedelta(days=7)).month != wall.month:
        yield -1


def _offset(seconds: int) -> str:
    """Write a UTC-OFFSET (3.3.14)."""
    minutes, rest = divmod(abs(seconds), 60)
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{rest:02}" if rest else "")
