"""Every start worth looking at: the days of the term by the wall-clock times of the windows."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scheduler.errors import NoPattern
from scheduler.model.problem import Problem
from scheduler.model.week import DAY, Week
from scheduler.spans import Ints
from scheduler.wallclock import DAY_SECONDS, days_since_epoch, wall_clock


@dataclass(frozen=True, eq=False)
class Grid:
    """D days by S starts; a cell is one start on one day, numbered day x S + start.

    days      D days since the epoch, ascending: the days of the term on which a window opens
    starts    S minutes past midnight, ascending
    opens     7 x S, whether a meeting at that start fits a window of that weekday
    utc       D x S, UTC seconds of the start
    blackout  D, whether the group does not meet that day
    """

    days: Ints
    starts: Ints
    opens: NDArray[np.bool_]
    utc: Ints
    blackout: NDArray[np.bool_]

    @cached_property
    def weekdays(self) -> Ints:
        """Monday is 0, as everywhere."""
        return (self.days + 3) % 7  # the epoch was a Thursday

    @cached_property
    def open(self) -> NDArray[np.bool_]:
        """D x S, whether a meeting may start there: inside a window and outside blackouts."""
        inside: NDArray[np.bool_] = self.opens[self.weekdays] & ~self.blackout[:, None]
        return inside

    @cached_property
    def index(self) -> dict[int, int]:
        """Where a day, counted since the epoch, stands among `days`."""
        return {day: place for place, day in enumerate(self.days.tolist())}


def grid_of(problem: Problem) -> Grid:
    """Lay the grid of a problem. Raises NoPattern when no start fits any window."""
    opens = _opens(Week.of(problem.windows), problem.meeting.minutes, problem.meeting.grid)
    used = opens.any(axis=0)
    starts = np.flatnonzero(used).astype(np.int64) * problem.meeting.grid
    opens = opens[:, used]
    if not len(starts):
        raise NoPattern(
            "No start on the grid fits any of the windows",
            remedy="widen a window, shorten the meeting or choose a finer grid",
        )
    days = np.arange(days_since_epoch(problem.start), days_since_epoch(problem.end) + 1)
    days = days[np.isin((days + 3) % 7, np.flatnonzero(opens.any(axis=1)))]
    if not len(days):
        raise NoPattern(
            "The term has no day on which a window opens",
            remedy="lengthen the term or open a window on one of its weekdays",
        )
    # The clock must stay right until the last meeting of the term has ended.
    after = timedelta(minutes=problem.meeting.minutes)
    clock = wall_clock(problem.zone, problem.start, problem.end + after)
    wall = days[:, None] * DAY_SECONDS + starts * 60
    return Grid(days, starts, opens, clock.to_utc(wall), _blackout(problem, days))


def _opens(windows: Week, minutes: int, step: int) -> NDArray[np.bool_]:
    """Weekdays by starts: which meetings lie in a window by the nominal wall clock."""
    starts = np.arange(7)[:, None] * DAY + np.arange(0, DAY, step)
    opens = np.zeros(starts.shape, bool)
    for begin, end in windows.unrolled:
        opens |= (begin <= starts) & (starts + minutes <= end)
    return opens


def _blackout(problem: Problem, days: Ints) -> NDArray[np.bool_]:
    out = np.zeros(len(days), bool)
    for each in problem.blackouts:
        out |= (days >= days_since_epoch(each.start)) & (days <= days_since_epoch(each.end))
    return out


def date_of(day: int) -> date:
    """Turn a day since the epoch back into a date."""
    return date.fromordinal(int(day) + date(1970, 1, 1).toordinal())
