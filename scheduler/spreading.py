"""Spread: a number of dates at one time of day; the best set of days of every start."""

from functools import cached_property

import numpy as np

from scheduler import spread
from scheduler.field import Field
from scheduler.model.answer import Score
from scheduler.model.cadence import Spread
from scheduler.options import Option
from scheduler.patterns import Row
from scheduler.ranking import Pattern

_LOWEST = -(1 << 62)  # below every field of a score


def best(field: Field, cadence: Spread, top: int) -> list[Pattern]:
    """The best starts with their best days, each distinct from all before it; at most `top`."""
    left = [start for start in _starts(field, cadence) if start.bound is not None]
    chosen: list[_Start] = []
    while left and len(chosen) < top:
        first = min(left, key=lambda start: start.rank)
        if first.choice is None:
            first.solve()
            continue
        left.remove(first)
        if all(first.distinct_from(other) for other in chosen):
            chosen.append(first)
    return [start.pattern() for start in chosen]


def fewest_lost(field: Field, cadence: Spread) -> int | None:
    """The fewest dates that any start loses; None when no start has enough days."""
    counted = (
        spread.fewest_lost(start.days, start.fails, cadence.count, cadence.min_gap_days)
        for start in _starts(field, cadence)
    )
    return min((lost for lost in counted if lost is not None), default=None)


def _starts(field: Field, cadence: Spread) -> list["_Start"]:
    return [_Start(field, cadence, start) for start in range(len(field.grid.starts))]


class _Start:
    """One time of day; its days are chosen when its bound says that it may be the best."""

    def __init__(self, field: Field, cadence: Spread, start: int) -> None:
        self._field, self._cadence, self._start = field, cadence, start
        self._places = np.flatnonzero(field.grid.open[:, start])
        self.days: list[int] = field.grid.days[self._places].tolist()
        self.fails: list[bool] = field.fails[self._places, start].tolist()
        self.choice: spread.SpreadChoice | None = None

    @cached_property
    def bound(self) -> tuple[int, int] | None:
        """Lost dates and worst absences that no choice of days is below; None: too few days."""
        return spread.optimistic(*self._question) if self.days else None

    @property
    def rank(self) -> tuple[object, ...]:
        """Where the start stands in the order: by its score, or while that is open its bound."""
        if self.choice is None:
            assert self.bound is not None
            return (*self.bound, _LOWEST)
        starts = [self._options[each].start for each in self.choice.chosen]
        return (self.choice.lost, *self.choice.key, starts, self._start)

    def solve(self) -> None:
        """Choose the days."""
        self.choice = spread.best_dates(*self._question)

    def distinct_from(self, other: "_Start") -> bool:
        """Whether less than half of the days are the same, or the hours are well apart."""
        field, minutes = self._field, self._field.grid.starts
        apart = abs(int(minutes[self._start]) - int(minutes[other._start]))  # noqa: SLF001
        common = len(set(self._chosen) & set(other._chosen))  # noqa: SLF001
        return apart >= max(60, field.problem.meeting.minutes) or 2 * common < self._cadence.count

    def pattern(self) -> Pattern:
        """The chosen days as a pattern of their own."""
        assert self.choice is not None
        worst, attendance, late, protections, largest, total = self.choice.key
        score = Score(self.choice.lost, 0, worst, -attendance, late, protections, (largest, total))
        row = Row("spread", tuple(self._chosen), weekday=None)
        cells = tuple(self._options[each].cell for each in self.choice.chosen)
        return Pattern(row, self._start, score, cells, gap=self.choice.gap)

    @property
    def _chosen(self) -> list[int]:
        """Indexes of the grid's days."""
        assert self.choice is not None
        chosen: list[int] = self._places[list(self.choice.chosen)].tolist()
        return chosen

    @cached_property
    def _options(self) -> list[Option]:
        """What a date on each day contributes."""
        cells = self._places * len(self._field.grid.starts) + self._start
        return self._field.tables.options(cells)

    @property
    def _question(self) -> tuple[list[Option], list[int], list[bool], int, int, int]:
        count, gap = self._cadence.count, self._cadence.min_gap_days
        return self._options, self.days, self.fails, count, gap, self._field.tables.members
