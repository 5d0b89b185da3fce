"""Which patterns are best: the lexicographic order of the contract, and distinct proposals.

Cheap columns are computed for every pattern, dear ones only for those still level with the best.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scheduler.availability import Availability
from scheduler.burden import Burden
from scheduler.burden import burden as burden_of
from scheduler.grid import Grid
from scheduler.model.answer import Score
from scheduler.model.problem import Problem
from scheduler.patterns import Row
from scheduler.sets import Words, count, members_set
from scheduler.spans import Ints
from scheduler.tally import most_often

NOT_HELD = -1  # a cell number: the last row of every table of cells, which is empty


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row of days at one start (index into the grid's starts), with the cells it holds."""

    row: Row
    start: int
    score: Score


@dataclass(frozen=True, eq=False)
class Field:
    """All patterns and what each cell is worth to them; tables of cells have an empty last row.

    fails  D x S: a meeting there misses its quorum or a required member, or lies in a blackout
    row    P: per pattern its row
    start  P: per pattern its start
    """

    problem: Problem
    grid: Grid
    availability: Availability
    rows: list[Row]
    fails: NDArray[np.bool_]
    row: Ints
    start: Ints

    @cached_property
    def days(self) -> Ints:
        """Rows x T: the days of each row, filled up with -1."""
        table = np.full((len(self.rows), max(len(row.days) for row in self.rows)), -1, np.int64)
        for index, row in enumerate(self.rows):
            table[index, : len(row.days)] = row.days
        return table

    @cached_property
    def lost(self) -> Ints:
        """P: the dates each pattern loses, with those that the term does not have."""
        failing = np.vstack([self.fails, np.zeros_like(self.fails[:1])])
        lost = np.zeros((len(self.rows), failing.shape[1]), np.int64)
        for column in self.days.T:
            lost += failing[column]
        lost += np.array([[row.missing] for row in self.rows])
        return lost[self.row, self.start]

    @cached_property
    def holds_any(self) -> NDArray[np.bool_]:
        """P: whether any date of the pattern is held."""
        skipped = np.append(self.grid.blackout, True)[self.days]
        held = np.asarray(~skipped.all(axis=1))
        return held[self.row]

    def held(self, patterns: Ints) -> Ints:
        """Patterns x T: the cells each holds; a date in a blackout is not held."""
        days = self.days[self.row[patterns]]
        skipped = np.append(self.grid.blackout, True)[days]
        cells = days * len(self.grid.starts) + self.start[patterns][:, None]
        return np.where(skipped, NOT_HELD, cells)

    @cached_property
    def attending(self) -> Words:
        return _table(self.availability.attending)

    @cached_property
    def absent(self) -> Words:
        return _table(self.availability.absent)

    @cached_property
    def expected(self) -> Ints:
        return count(self.attending)

    @cached_property
    def protections(self) -> Ints:
        return count(_table(self.availability.asked))

    @cached_property
    def late(self) -> Ints:
        return count(_table(self.availability.asked & self.availability.late[..., None]))

    @cached_property
    def burden(self) -> Burden:
        return burden_of(self.problem, self.grid)


def field_of(problem: Problem, grid: Grid, who: Availability, rows: list[Row]) -> Field:
    """Lay out all patterns of the rows over the grid."""
    size = len(problem.members)
    required = members_set([i for i, each in enumerate(problem.members) if each.required], size)
    fails = count(who.attending) < problem.quorum.of(size)
    fails |= (required[:, None, None] & ~who.attending).any(axis=0) | grid.blackout[:, None]
    opens = grid.opens[[row.weekday for row in rows]]
    row, start = opens.nonzero()
    return Field(problem, grid, who, rows, fails, row, start)


def best(field: Field, top: int) -> list[Pattern]:
    """The best patterns, each the best of those distinct from all before it; at most `top`."""
    left = np.flatnonzero(field.holds_any)
    chosen: list[Pattern] = []
    columns = _columns(field)
    while len(left) and len(chosen) < top:
        winner = _best_of(field, left, columns)
        chosen.append(
            Pattern(
                field.rows[field.row[winner]],
                int(field.start[winner]),
                score(field, field.held(np.array([winner])), int(field.lost[winner]), moves=0),
            )
        )
        left = left[_distinct(field, left, winner)]
    return chosen


def score(field: Field, cells: Ints, lost: int, moves: int) -> Score:
    """Score one list of held cells (1 x T)."""
    totals = field.burden.totals(field.attending, cells)
    return Score(
        lost,
        moves,
        int(most_often(field.absent[:, cells])[0]),
        int(field.expected[cells].sum()),
        int(field.late[cells].sum()),
        int(field.protections[cells].sum()),
        (int(totals.max()), int(totals.sum())),
    )


_Column: TypeAlias = Callable[[Ints], Ints]


def _columns(field: Field) -> list[_Column]:
    """The fields of the score, in their order, as functions of patterns; least is best."""

    def burdens(patterns: Ints) -> Ints:
        return field.burden.totals(field.attending, field.held(patterns))

    return [
        lambda patterns: field.lost[patterns],
        _remembered(len(field.row), lambda p: most_often(field.absent[:, field.held(p)])),
        lambda patterns: -field.expected[field.held(patterns)].sum(axis=1),
        lambda patterns: field.late[field.held(patterns)].sum(axis=1),
        lambda patterns: field.protections[field.held(patterns)].sum(axis=1),
        lambda patterns: burdens(patterns).max(axis=1),
        lambda patterns: burdens(patterns).sum(axis=1),
    ]


def _remembered(size: int, column: _Column) -> _Column:
    """Compute a dear column once per pattern."""
    values = np.full(size, -1, np.int64)

    def remembered(patterns: Ints) -> Ints:
        new = patterns[values[patterns] < 0]
        if len(new):
            values[new] = column(new)
        return values[patterns]

    return remembered


def _best_of(field: Field, patterns: Ints, columns: list[_Column]) -> int:
    for column in columns:
        if len(patterns) == 1:
            break
        values = column(patterns)
        patterns = patterns[values == values.min()]
    earliest: int = min(patterns.tolist(), key=lambda pattern: _earliness(field, pattern))
    return earliest


def _earliness(field: Field, pattern: int) -> tuple[object, ...]:
    """The last word between equals: earliest, then every, phase, ordinals, weekday, time."""
    row, cells = field.rows[field.row[pattern]], field.held(np.array([pattern]))[0]
    held = field.grid.utc.ravel()[cells[cells != NOT_HELD]].tolist()
    rule = (row.every or 0, row.phase or 0, row.ordinals or (), row.weekday)
    return held, *rule, int(field.start[pattern])


def _distinct(field: Field, patterns: Ints, chosen: int) -> NDArray[np.bool_]:
    """Which patterns are distinct from the chosen one: other days, or an hour well apart."""
    starts = field.grid.starts
    apart = np.abs(starts[field.start[patterns]] - starts[field.start[chosen]])
    away = apart >= max(60, field.problem.meeting.minutes)
    return np.asarray(away | (field.row[patterns] != field.row[chosen]))


def _table(by_cell: Words) -> Words:
    """W x D x S as W x (cells + 1), with an empty last cell for NOT_HELD."""
    flat = by_cell.reshape(len(by_cell), -1)
    return np.concatenate([flat, np.zeros_like(flat[:, :1])], axis=1)
