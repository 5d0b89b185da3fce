"""All patterns of a problem over its grid, and how many dates each loses or has to move."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scheduler.availability import Availability
from scheduler.burden import burden
from scheduler.grid import Grid
from scheduler.model.problem import Moves, Problem
from scheduler.options import NOT_HELD, Tables
from scheduler.patterns import Row
from scheduler.reach import Reach
from scheduler.sets import Words, count, members_set
from scheduler.spans import Ints

_FURTHEST = 7  # days


@dataclass(frozen=True, eq=False)
class Field:
    """P patterns, each a row of days at one start.

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
    def tables(self) -> Tables:
        """What each cell contributes to a score."""
        who = self.availability
        attending, asked = _table(who.attending), _table(who.asked)
        return Tables(
            self.grid,
            len(self.problem.members),
            attending,
            _table(who.absent),
            expected=count(attending),
            late=count(_table(who.asked & who.late[..., None])),
            protections=count(asked),
            burden=burden(self.problem, self.grid),
        )

    @cached_property
    def days(self) -> Ints:
        """Rows x T: the days of each row, filled up with -1."""
        table = np.full((len(self.rows), max(len(row.days) for row in self.rows)), -1, np.int64)
        for index, row in enumerate(self.rows):
            table[index, : len(row.days)] = row.days
        return table

    @cached_property
    def reaches(self) -> dict[int, Reach]:
        """Per number of days the places in reach."""
        holds = self.grid.open & ~self.fails
        return {days: Reach(self.tables, holds, days) for days in set(self.most_days)}

    @cached_property
    def most_days(self) -> list[int]:
        """Per row how many days its dates may move."""
        return [most_days(row, self.grid, self.problem.moves) for row in self.rows]

    @cached_property
    def most_moves(self) -> Ints:
        """Per row how many of its dates may move."""
        return np.array([most_moves(row, self.problem.moves) for row in self.rows])

    @cached_property
    def movable(self) -> NDArray[np.bool_]:
        """Rows x T: whether a date has anywhere to go."""
        if not any(self.most_days):
            return np.zeros(self.days.shape, bool)
        by_row = np.stack([self.reaches[days].movable for days in self.most_days])
        padded = np.concatenate([by_row, np.zeros_like(by_row[:, :1])], axis=1)
        return np.take_along_axis(padded, self.days, axis=1)

    @cached_property
    def moves(self) -> Ints:
        """P: how many dates are moved; each move saves a date, so as many as can be."""
        return np.minimum(self._can_move, self.most_moves[self.row])

    @cached_property
    def all_move(self) -> NDArray[np.bool_]:
        """P: whether every date that fails and has anywhere to go is moved."""
        return np.asarray(self._can_move == self.moves)

    @cached_property
    def lost(self) -> Ints:
        """P: the dates each pattern loses, with those that the term does not have."""
        missing = np.array([row.missing for row in self.rows])
        return np.asarray(self._tally[0] + missing[self.row] - self.moves)

    @cached_property
    def holds_any(self) -> NDArray[np.bool_]:
        """P: whether any date of the pattern is held."""
        skipped = np.append(self.grid.blackout, True)[self.days]
        some = np.asarray(~skipped.all(axis=1))
        return np.asarray(some[self.row] | (self.moves > 0))

    def held(self, patterns: Ints) -> Ints:
        """Patterns x T: the cells each holds unmoved; a date in a blackout is not held."""
        days = self.days[self.row[patterns]]
        skipped = np.append(self.grid.blackout, True)[days]
        cells = days * len(self.grid.starts) + self.start[patterns][:, None]
        return np.where(skipped, NOT_HELD, cells)

    def moving(self, patterns: Ints) -> NDArray[np.bool_]:
        """Patterns x T: the dates that fail and have anywhere to go."""
        rows = self.row[patterns]
        failing = np.vstack([self.fails, np.zeros_like(self.fails[:1])])
        return failing[self.days[rows], self.start[patterns][:, None]] & self.movable[rows]

    @property
    def _can_move(self) -> Ints:
        return self._tally[1]

    @cached_property
    def _tally(self) -> tuple[Ints, Ints]:
        """P: the dates that fail, and of those the ones with anywhere to go."""
        failing = np.vstack([self.fails, np.zeros_like(self.fails[:1])])
        fail, move = (np.zeros((len(self.rows), failing.shape[1]), np.int64) for _ in range(2))
        for days, movable in zip(self.days.T, self.movable.T, strict=True):
            fail += failing[days]
            if movable.any():
                move += failing[days] & movable[:, None]
        return fail[self.row, self.start], move[self.row, self.start]


def field_of(problem: Problem, grid: Grid, who: Availability, rows: list[Row]) -> Field:
    """Lay out all patterns of the rows over the grid."""
    size = len(problem.members)
    required = members_set([i for i, each in enumerate(problem.members) if each.required], size)
    fails = count(who.attending) < problem.quorum.of(size)
    fails |= (required[:, None, None] & ~who.attending).any(axis=0) | grid.blackout[:, None]
    opens = grid.opens[[row.weekday for row in rows if row.weekday is not None]]
    row, start = opens.nonzero()
    return Field(problem, grid, who, rows, fails, row, start)


def most_days(row: Row, grid: Grid, moves: Moves) -> int:
    """How many days a date of the row may move, so that two dates never meet."""
    if row.kind not in ("weekly", "monthly"):
        return 0
    limit = furthest(row, grid)
    return limit if moves.max_days is None else min(limit, moves.max_days)


def furthest(row: Row, grid: Grid) -> int:
    """The limit of `most_days`: less than half the least distance between two dates."""
    gaps = np.diff(grid.days[list(row.days)])
    return min(_FURTHEST, (int(gaps.min()) - 1) // 2) if len(gaps) else _FURTHEST


def most_moves(row: Row, moves: Moves) -> int:
    """How many dates of the row may move: a quarter of them, rounded up, unless said."""
    return -(-len(row.days) // 4) if moves.max_count is None else moves.max_count


def _table(by_cell: Words) -> Words:
    """W x D x S as W x (cells + 1), with an empty last cell for NOT_HELD."""
    flat = by_cell.reshape(len(by_cell), -1)
    return np.concatenate([flat, np.zeros_like(flat[:, :1])], axis=1)
