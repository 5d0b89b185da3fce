"""Wall-clock time of a zone to and from UTC, for whole arrays at once.

RFC 5545 3.3.5: a wall-clock time in a gap (clocks go forward) is read with the offset before the
gap, one that comes twice (clocks go back) means the first. A zone over some years is a table of
a few offset changes, so both directions are one binary search in a handful of numbers.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo  # noqa: TID251 -- the type alone

import numpy as np

from scheduler.model.week import WEEK, Week
from scheduler.model.zone import zone
from scheduler.spans import Ints, Spans

EPOCH = date(1970, 1, 1)
DAY_SECONDS = 86_400
_WEEK_SECONDS = WEEK * 60
_FIRST_MONDAY = 4 * DAY_SECONDS  # 1970-01-05, counted from the epoch


def days_since_epoch(day: date) -> int:
    """Number a calendar day; times 86,400 it is the day's midnight as if read in UTC."""
    return (day - EPOCH).days


@dataclass(frozen=True, slots=True, eq=False)
class WallClock:
    """One zone over a stretch of time.

    changes  ascending UTC seconds at which the offset changes, n of them
    offsets  seconds east of UTC, n + 1 of them: before, between and after the changes
    Wall-clock times are seconds since 1970-01-01T00:00 as if the wall showed UTC.
    """

    changes: Ints
    offsets: Ints

    def to_utc(self, wall: Ints) -> Ints:
        """UTC seconds of these wall-clock times."""
        # The new offset counts once the wall has passed the gap or the repeated hour.
        passed = self.changes + np.maximum(self.offsets[:-1], self.offsets[1:])
        return wall - self.offsets[np.searchsorted(passed, wall, side="right")]

    def to_wall(self, utc: Ints) -> Ints:
        """Wall-clock times of these UTC seconds."""
        return utc + self.offsets[np.searchsorted(self.changes, utc, side="right")]

    def spans(self, week: Week, start: int, end: int) -> Spans:
        """When, from `start` to `end` (UTC seconds), the wall shows an hour of that week."""
        edges = np.concatenate(([start], self.changes, [end])).clip(start, end)
        pieces = [
            _on_the_wall(week, int(since + offset), int(until + offset), int(offset))
            for since, until, offset in zip(edges[:-1], edges[1:], self.offsets, strict=True)
            if since < until
        ]
        return Spans.join(
            np.concatenate([starts for starts, _ in pieces]),
            np.concatenate([ends for _, ends in pieces]),
        )


def _on_the_wall(week: Week, since: int, until: int, offset: int) -> tuple[Ints, Ints]:
    """Hours of the week between two wall-clock times with one offset, as UTC seconds."""
    first = (since - _FIRST_MONDAY) // _WEEK_SECONDS
    last = (until - _FIRST_MONDAY) // _WEEK_SECONDS
    mondays = np.arange(first, last + 1, dtype=np.int64) * _WEEK_SECONDS + _FIRST_MONDAY
    ranges = np.array(week.ranges, dtype=np.int64).reshape(-1, 2) * 60
    starts = (mondays[:, None] + ranges[:, 0]).ravel().clip(since, until)
    ends = (mondays[:, None] + ranges[:, 1]).ravel().clip(since, until)
    return starts - offset, ends - offset


@lru_cache(maxsize=1024)
def wall_clock(name: str, first: date, last: date) -> WallClock:
    """Return the clock of the zone `name`, right from a week before `first` to a week after `last`.

    Raises UnknownZone.
    """
    tz = zone(name)
    begin = (days_since_epoch(first) - 7) * DAY_SECONDS
    end = (days_since_epoch(last) + 8) * DAY_SECONDS
    marks = range(begin, end + 1, DAY_SECONDS)
    offsets = [_offset(tz, mark) for mark in marks]
    changes = [
        _change(tz, mark, mark + DAY_SECONDS)
        for mark, before, after in zip(marks, offsets, offsets[1:], strict=False)
        if before != after
    ]
    steps = [offsets[0], *(_offset(tz, change) for change in changes)]
    return WallClock(np.array(changes, np.int64), np.array(steps, np.int64))


def _offset(tz: ZoneInfo, utc: int) -> int:
    moment = datetime.fromtimestamp(utc, UTC).astimezone(tz)
    offset = moment.utcoffset()
    assert offset is not None
    return offset // timedelta(seconds=1)


def _change(tz: ZoneInfo, before: int, after: int) -> int:
    """The first second with the new offset, by halving; a day holds one change at most."""
    old = _offset(tz, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(tz, middle) == old:
            before = middle
        else:
            after = middle
    return after
