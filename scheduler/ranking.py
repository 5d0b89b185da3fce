"""Which patterns are best: the lexicographic order of the contract, and distinct proposals.

Every pattern has a score that is exact, or, while its moves are not chosen yet, one it cannot
beat. The best by these scores is taken; if its own is not exact, its moves are chosen and the
best is sought again. Cheap columns are filled for all patterns, dear ones only for those still
level with the best.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scheduler import bounds, few
from scheduler.case import Case, Date
from scheduler.choice import Choice, choose, key_of
from scheduler.field import Field
from scheduler.model.answer import Score
from scheduler.options import NOT_HELD, Option
from scheduler.patterns import Row
from scheduler.spans import Ints

_UNPROVEN = "a better choice of moves is not excluded"
_UNKNOWN = np.iinfo(np.int64).min
_Column: TypeAlias = Callable[[Ints], Ints]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row of days at one start (index into the grid's starts), with its dates in place.

    cells  per date of the row where it is held, or NOT_HELD
    gap    what better choice of places is not excluded, as a phrase; empty when none is
    """

    row: Row
    start: int
    score: Score
    cells: tuple[int, ...]
    gap: str = ""


def best(field: Field, top: int) -> list[Pattern]:
    """The best patterns, each the best of those distinct from all before it; at most `top`."""
    ranking = _Ranking(field)
    left = np.flatnonzero(field.holds_any)
    chosen: list[Pattern] = []
    while len(left) and len(chosen) < top:
        winner = ranking.best_of(left)
        chosen.append(ranking.pattern(winner))
        left = left[_distinct(field, left, winner)]
    return chosen


class _Ranking:
    """Columns of the score over all patterns, filled as far as anyone asked; least is best."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._cases: dict[int, Case] = {}
        self._choices: dict[int, Choice] = {}
        self._dear = np.full((6, len(field.row)), _UNKNOWN)  # worst_absences and on
        self._exact = field.moves == 0

    def best_of(self, patterns: Ints) -> int:
        """The best of these patterns, proven by exact scores."""
        while True:
            level = self._level(patterns)
            doubtful = level[~self._exact[level]]
            if not len(doubtful):
                earliest: int = min(level.tolist(), key=self._earliness)
                return earliest
            self._refine(int(doubtful[0]))

    def pattern(self, pattern: int) -> Pattern:
        """Everything about a pattern whose score is exact."""
        field, cells = self._field, self._cells(pattern)
        options = field.tables.options(np.array(cells))
        key = key_of(options, field.tables.members)
        choice = self._choices.get(pattern)
        return Pattern(
            field.rows[field.row[pattern]],
            int(field.start[pattern]),
            Score(
                int(field.lost[pattern]),
                int(field.moves[pattern]),
                key[0],
                -key[1],
                *key[2:4],
                burden=key[4:],
            ),
            cells,
            gap=""
            if choice is None or choice.proven
            else "a better choice of moves is not excluded",
        )

    def _level(self, patterns: Ints) -> Ints:
        """Those of the patterns that nothing so far sets behind another."""
        columns: list[_Column] = [
            lambda some: self._field.lost[some],
            lambda some: self._field.moves[some],
            *(self._column(number) for number in range(len(self._dear))),
        ]
        for column in columns:
            if len(patterns) == 1:
                break
            values = column(patterns)
            patterns = patterns[values == values.min()]
        return patterns

    def _column(self, number: int) -> _Column:
        def column(patterns: Ints) -> Ints:
            values = self._dear[number]
            new = patterns[values[patterns] == _UNKNOWN]
            if len(new):
                values[new] = bounds.of(self._field, number, new)
            return np.asarray(values[patterns])

        return column

    def _refine(self, pattern: int) -> None:
        """Bound a pattern's worst absences well; when asked again, choose its moves."""
        case = self._cases.get(pattern)
        if case is not None:
            self._settle(pattern, choose(case))
            return
        fixed, dates = self._dates(pattern)
        moves, members = int(self._field.moves[pattern]), self._field.tables.members
        if few.are_few(dates, moves):
            self._settle(pattern, few.choose(fixed, dates, moves, members))
            return
        case = self._cases[pattern] = Case(fixed, dates, moves, members)
        self._dear[0, pattern] = case.least_worst

    def _settle(self, pattern: int, choice: Choice) -> None:
        self._choices[pattern] = choice
        self._dear[:, pattern] = choice.key
        self._exact[pattern] = True

    def _dates(self, pattern: int) -> tuple[list[Option], list[Date]]:
        """The dates of a pattern that stay where they are, and those that are open."""
        field, one = self._field, np.array([pattern])
        cells, moving = field.held(one)[0], field.moving(one)[0]
        row = field.row[pattern]
        reach = field.reaches[field.most_days[row]]
        stays = field.tables.options(cells)
        dates = [
            Date(stays[place], reach.options(field.rows[row].days[place]))
            for place in np.flatnonzero(moving)
        ]
        fixed = [stay for stay, moves in zip(stays, moving, strict=True) if not moves]
        return fixed, dates

    def _cells(self, pattern: int) -> tuple[int, ...]:
        field, one = self._field, np.array([pattern])
        cells = field.held(one)[0][: len(field.rows[field.row[pattern]].days)]
        if pattern in self._choices:
            moving = np.flatnonzero(field.moving(one)[0])
            cells[moving] = [option.cell for option in self._choices[pattern].options]
        return tuple(cells.tolist())

    def _earliness(self, pattern: int) -> tuple[object, ...]:
        """The last word between equals: earliest, then every, phase, ordinals, weekday, time."""
        field, row = self._field, self._field.rows[self._field.row[pattern]]
        utc = field.grid.utc.ravel()
        held = sorted(int(utc[cell]) for cell in self._cells(pattern) if cell != NOT_HELD)
        rule = (row.every or 0, row.phase or 0, row.ordinals or (), row.weekday)
        return held, *rule, int(field.start[pattern])


def _distinct(field: Field, patterns: Ints, chosen: int) -> NDArray[np.bool_]:
    """Which patterns are distinct from the chosen one: other days, or an hour well apart."""
    starts = field.grid.starts
    apart = np.abs(starts[field.start[patterns]] - starts[field.start[chosen]])
    away = apart >= max(60, field.problem.meeting.minutes)
    return np.asarray(away | (field.row[patterns] != field.row[chosen]))
