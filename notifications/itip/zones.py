"""A time zone for mail programs (RFC 5545, 3.6.5): short, and right for the years of a series.

Most zones change their clocks on the same Sundays every year, which is two rules. Where it is
otherwise, each change is written down by itself.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from notifications.itip.moments import there
from scheduler.wallclock import wall_clock

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Onset(NamedTuple):
    """A change of the clocks: what they showed then, and the offsets (seconds) around it."""

    wall: datetime
    before: int
    after: int


def vtimezone(zone_name: str, first: int, last: int) -> list[str]:
    """Return the lines of the zone, right between the two instants (UTC seconds).

    It covers a whole year more on both sides, so that every time of the series follows a change
    that is written down, where there are any. Raises UnknownZone.
    """
    years = there(first, zone_name).year - 1, there(last, zone_name).year + 1
    clock = wall_clock(zone_name, date(years[0], 1, 1), date(years[1], 12, 31))
    offsets = [int(offset) for offset in clock.offsets]
    onsets = [
        Onset(_wall(int(change) + before), before, after)
        for change, (before, after) in zip(clock.changes, pairwise(offsets), strict=True)
    ]
    parts = [line for part in _parts(onsets, offsets[0]) for line in part]
    return ["BEGIN:VTIMEZONE", f"TZID:{zone_name}", *parts, "END:VTIMEZONE"]


def _parts(onsets: Sequence[Onset], at_first: int) -> Iterator[list[str]]:
    if _every_year(onsets):
        for each in onsets[:2]:
            alike = [onset for onset in onsets if onset[1:] == each[1:]]
            yield _part(each, _rule(alike))
        return
    yield _part(Onset(datetime(1970, 1, 1), at_first, at_first))  # noqa: DTZ001 -- a wall clock
    for onset in onsets:
        yield _part(onset)


def _every_year(onsets: Sequence[Onset]) -> bool:
    """Say whether two rules are all there is."""
    kinds = {onset[1:] for onset in onsets}
    by_kind = [[onset for onset in onsets if onset[1:] == kind] for kind in kinds]
    years = {tuple(onset.wall.year for onset in alike) for alike in by_kind}
    return len(kinds) == 2 and len(years) == 1 and all(_rule(alike) for alike in by_kind)


def _rule(onsets: Sequence[Onset]) -> str:
    """Return the yearly rule of changes, or nothing: the same weekday of a month, and time."""
    moments = {(onset.wall.month, onset.wall.weekday(), onset.wall.time()) for onset in onsets}
    which = [_ordinals(onset.wall) for onset in onsets]
    shared = set.intersection(*which)
    if len(moments) != 1 or not shared:
        return ""
    wall = onsets[0].wall
    return f"FREQ=YEARLY;BYMONTH={wall.month};BYDAY={min(shared)}{_DAYS[wall.weekday()]}"


def _ordinals(wall: datetime) -> set[int]:
    """Return by which numbers its month knows that weekday; the last one is -1."""
    last = wall.day + 7 > monthrange(wall.year, wall.month)[1]
    return {(wall.day + 6) // 7} | ({-1} if last else set())


def _part(onset: Onset, rule: str = "") -> list[str]:
    kind = "DAYLIGHT" if onset.after > onset.before else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{onset.wall:%Y%m%dT%H%M%S}",
        *([f"RRULE:{rule}"] if rule else []),
        f"TZOFFSETFROM:{_offset(onset.before)}",
        f"TZOFFSETTO:{_offset(onset.after)}",
        f"END:{kind}",
    ]


def _offset(seconds: int) -> str:
    sign, (minutes, rest) = "-" if seconds < 0 else "+", divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{rest:02}" if rest else "")


def _wall(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None) + timedelta(seconds=seconds)
