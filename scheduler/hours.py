"""Members' hours on the grid: off hours and minutes outside preferred ones, by real wall clocks."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from scheduler.grid import Grid
from scheduler.model.problem import Member, Problem
from scheduler.model.week import Week
from scheduler.sets import Words, one_word
from scheduler.spans import Ints, Spans
from scheduler.wallclock import DAY_SECONDS, WallClock, days_since_epoch, wall_clock


class Hourbook:
    """Looks up each zone and week once, however many members share them."""

    def __init__(self, problem: Problem, grid: Grid) -> None:
        self._grid = grid
        self._length = problem.meeting.minutes * 60
        # Clocks must stay right until the last meeting of the term has ended.
        self._days = problem.start, problem.end + timedelta(minutes=problem.meeting.minutes)
        self._inside: dict[tuple[str, Week], NDArray[np.bool_]] = {}
        self._outside: dict[tuple[str, Week], Ints] = {}

    def clock(self, zone: str) -> WallClock:
        """The wall clock of a zone over the term."""
        return wall_clock(zone, *self._days)

    def end_of(self, day: date, zone: str) -> int:
        """UTC seconds of the midnight that ends a day."""
        midnight = np.array([(days_since_epoch(day) + 1) * DAY_SECONDS])
        return int(self.clock(zone).to_utc(midnight)[0])

    def off_hours(self, members: Sequence[Member]) -> Words:
        """D x S words: of which of these (up to 64) the hours do not hold the whole meeting."""
        alike: dict[tuple[str, Week], list[int]] = {}
        for index, member in enumerate(members):
            if not member.hours.always:
                alike.setdefault((member.zone, member.hours), []).append(index)
        off = np.zeros(self._grid.utc.shape, np.uint64)
        for (zone, week), who in alike.items():
            off |= np.where(self._held(zone, week), np.uint64(0), one_word(who))
        return off

    def outside(self, zone: str, week: Week) -> Ints:
        """D x S: minutes of each cell's meeting that lie outside that week."""
        if (zone, week) not in self._outside:
            spans, starts = self._spans(zone, week), self._grid.utc
            inside = spans.seconds_before(starts + self._length) - spans.seconds_before(starts)
            self._outside[zone, week] = (self._length - inside) // 60
        return self._outside[zone, week]

    def _held(self, zone: str, week: Week) -> NDArray[np.bool_]:
        """D x S: whether the week holds the whole meeting."""
        if (zone, week) not in self._inside:
            spans, starts = self._spans(zone, week), self._grid.utc
            ends = np.append(spans.ends, np.iinfo(np.int64).min)
            at = np.searchsorted(spans.starts, starts, side="right") - 1  # -1: before the first
            self._inside[zone, week] = ends[at] >= starts + self._length
        return self._inside[zone, week]

    def _spans(self, zone: str, week: Week) -> Spans:
        begin, end = int(self._grid.utc.min()), int(self._grid.utc.max()) + self._length
        return self.clock(zone).spans(week, begin - DAY_SECONDS, end + DAY_SECONDS)
