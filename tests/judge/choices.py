"""The plans of a problem as choices for a constraint solver, each with what it adds to a score.

Only plans with the fewest lost dates and moves are here. Those two are counted beforehand, for
they come first in the order and no other choice bears on them: every move saves one lost date,
and nothing else does, so a plan makes as many moves as it may.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from tests.judge.patterns import Pattern, move_limits, patterns, spread_starts
from tests.judge.states import Slot
from tests.judge.table import Table

Costs = NDArray[np.int64]
Parts = list[tuple[cp_model.IntVar, Costs]]
Row = tuple[date, int]  # a day, and how many days away a date of that day may be held

LEVELS = 6  # worst absences, attendance, late protections, protections, burden: largest, total
total = cp_model.LinearExpr.sum


class Costing:
    """What held dates cost, as columns: in the order of the levels, the less the better.

    A level is the largest of its columns, each summed over the held dates; what matters up to a
    level is always a beginning of the columns.
    """

    def __init__(self, case: Table) -> None:
        size = len(case.members)
        ends = [0, size, size + 1, size + 2, size + 3, 2 * size + 3, 2 * size + 4]
        self.levels = [range(ends[level], ends[level + 1]) for level in range(LEVELS)]
        self._case = case
        self._known: dict[Slot, Costs] = {}

    def of(self, slot: Slot) -> Costs:
        """Return what a date there costs; nothing in a blackout, where none is held."""
        if slot not in self._known:
            self._known[slot] = self._of(slot)
        return self._known[slot]

    def _of(self, slot: Slot) -> Costs:
        if self._case.in_blackout(slot.day):
            return np.zeros(self.levels[-1].stop, dtype=np.int64)
        size, tally = len(self._case.members), self._case.tally(slot)
        absences, burdens = tally[:size], tally[size : 2 * size]
        expected, late, asked = tally[2 * size :]
        return np.array([*absences, -expected, late, asked, *burdens, sum(burdens)], dtype=np.int64)

    def score(self, sums: Costs) -> tuple[int, ...]:
        """Return the levels of a plan with these sums."""
        return tuple(max(int(sums[column]) for column in columns) for columns in self.levels)


class Pinned(NamedTuple):
    """Patterns in which nothing moves: all there is to choose is the pattern."""

    lost: int
    moves: int
    scores: list[tuple[int, ...]]


@dataclass(frozen=True)
class Repair:
    """A pattern some of whose dates move.

    `base` is its cost with nothing moved; `movable` has the dates that may be, with the cost that
    moving one takes away.
    """

    base: Costs
    movable: dict[Row, Costs]


@dataclass(frozen=True)
class Repairs:
    """Patterns that need the same number of moves, at least one, and where each date may go."""

    lost: int
    moves: int
    repairs: list[Repair]
    targets: dict[Row, Costs]

    def put_into(self, model: cp_model.CpModel, width: int) -> Parts:
        """Put every plan into a model; return all that may be chosen and what it adds.

        Only the first `width` columns matter, and of targets one that costs no more in any of
        them stands for the others. The targets of a day are shared by the patterns that hold it.
        """
        chosen = [model.new_bool_var("") for _ in self.repairs]
        model.add_exactly_one(chosen)
        parts: Parts = []
        leaving: dict[Row, list[cp_model.IntVar]] = {}
        for pattern, repair in zip(chosen, self.repairs, strict=True):
            parts.append((pattern, repair.base))
            moved = self._moved(model, pattern, len(repair.movable))
            for one, (row, saved) in zip(moved, repair.movable.items(), strict=True):
                parts.append((one, -saved))
                leaving.setdefault(row, []).append(one)
        for row, moved in leaving.items():
            costs = undominated(self.targets[row][:, :width])
            places = [model.new_bool_var("") for _ in costs]
            model.add(total(places) == total(moved))
            parts += zip(places, costs, strict=True)
        return parts

    def _moved(
        self, model: cp_model.CpModel, pattern: cp_model.IntVar, movable: int
    ) -> list[cp_model.IntVar]:
        """Return, for each movable date of a pattern, whether it is moved."""
        if movable == self.moves:
            return [pattern] * movable
        moved = [model.new_bool_var("") for _ in range(movable)]
        model.add(total(moved) == self.moves * pattern)
        for one in moved:  # said by the sum already, but not as tightly
            model.add_implication(one, pattern)
        return moved


class Start(NamedTuple):
    """A start of a spread: the days it may have, which of them fail, and what they cost."""

    days: list[date]
    fails: list[bool]
    costs: list[Costs]


@dataclass(frozen=True)
class Spreads:
    """The starts of a spread at which the fewest dates fail."""

    lost: int
    moves: int
    count: int
    gap: int
    starts: list[Start]

    def put_into(self, model: cp_model.CpModel, width: int) -> Parts:
        """Put every set of days into a model; return all that may be chosen and what it adds."""
        chosen = [model.new_bool_var("") for _ in self.starts]
        model.add_exactly_one(chosen)
        parts: Parts = []
        failing: list[cp_model.IntVar] = []
        for here, start in zip(chosen, self.starts, strict=True):
            held = [model.new_bool_var("") for _ in start.days]
            model.add(total(held) == self.count * here)
            for first, end in neighbourhoods(start.days, self.gap):
                model.add(total(held[first:end]) <= here)
            failing += [day for day, fails in zip(held, start.fails, strict=True) if fails]
            parts += [(day, costs[:width]) for day, costs in zip(held, start.costs, strict=True)]
        model.add(total(failing) <= self.lost)
        return parts


Plans = Pinned | Repairs | Spreads


def undominated(rows: Costs) -> Costs:
    """Return the different rows that no other row is below or equal to in every column."""
    unlike: Costs = np.unique(rows, axis=0)
    best = [row for row in unlike if (unlike <= row).all(axis=1).sum() == 1]
    return np.array(best, dtype=np.int64)


def neighbourhoods(days: list[date], gap: int) -> Iterator[tuple[int, int]]:
    """Yield as slices the runs of days less than `gap` apart, without those within another."""
    last = 0
    for first, day in enumerate(days):
        end = bisect_left(days, day + timedelta(days=gap))
        if end > last:
            yield (first, end)
        last = max(end, last)


def fewest_failing(days: list[date], fails: list[bool], count: int, gap: int) -> int | None:
    """Return how many of `count` days, `gap` apart, fail at least; None when too few fit."""
    never = count + 1
    least = [0] * (len(days) + 1)  # on the days from each on, with no date yet
    for _ in range(count):
        row = [never] * (len(days) + 1)
        for at in reversed(range(len(days))):
            after = max(at + 1, bisect_left(days, days[at] + timedelta(days=gap)))
            row[at] = min(row[at + 1], never, fails[at] + least[after])
        least = row
    return least[0] if least[0] < never else None


def best_plans(problem: dict[str, Any]) -> tuple[Plans | None, Costing]:
    """Return the plans with the fewest lost dates and moves; None when there is no plan."""
    case = Table(problem)
    costing = Costing(case)
    found = _spreads(case, costing) if case.kind == "spread" else _repairs(case, costing)
    return found, costing


def _spreads(case: Table, costing: Costing) -> Spreads | None:
    count, gap = case.cadence["count"], case.cadence["min_gap_days"]
    lost: dict[int, int] = {}
    for minute in spread_starts(case):
        days = _days(case, minute)
        fails = [case.fails(Slot(day, minute)) for day in days]
        fewest = fewest_failing(days, fails, count, gap)
        if fewest is not None:
            lost[minute] = fewest
    if not lost:
        return None
    least = min(lost.values())
    minutes = [minute for minute in lost if lost[minute] == least]
    return Spreads(least, 0, count, gap, [_start(case, costing, minute) for minute in minutes])


def _days(case: Table, minute: int) -> list[date]:
    return [day for day in case.days if case.is_open(day) and minute in case.starts_on(day)]


def _start(case: Table, costing: Costing, minute: int) -> Start:
    slots = [Slot(day, minute) for day in _days(case, minute)]
    return Start(
        [slot.day for slot in slots],
        [case.fails(slot) for slot in slots],
        [costing.of(slot) for slot in slots],
    )


class _Counted(NamedTuple):
    """A pattern, the lost dates and moves of its best plans, and its movable dates' targets."""

    lost: int
    moves: int
    pattern: Pattern
    targets: dict[Slot, tuple[Row, list[Slot]]]


def _repairs(case: Table, costing: Costing) -> Pinned | Repairs | None:
    counted = [_count(case, pattern) for pattern in patterns(case)]
    held = [one for one in counted if one.moves or _is_held(case, one.pattern)]
    if not held:
        return None
    lost, moves = min((one.lost, one.moves) for one in held)
    least = [one for one in held if (one.lost, one.moves) == (lost, moves)]
    repairs = [_repair(costing, one) for one in least]
    if not moves:
        return Pinned(lost, moves, [costing.score(repair.base) for repair in repairs])
    found = {row: slots for one in least for row, slots in one.targets.values()}
    targets = {row: np.array([costing.of(at) for at in slots]) for row, slots in found.items()}
    return Repairs(lost, moves, repairs, targets)


def _count(case: Table, pattern: Pattern) -> _Counted:
    reach, most = move_limits(case, pattern)
    failing = [slot for slot in pattern.slots if case.fails(slot)]
    found = {slot: _targets(case, (slot.day, reach)) for slot in failing}
    targets = {slot: ((slot.day, reach), slots) for slot, slots in found.items() if slots}
    moves = min(most, len(targets))
    return _Counted(len(failing) - moves + pattern.missing, moves, pattern, targets)


def _targets(case: Table, row: Row) -> list[Slot]:
    """Return every start to which a failing date of that day may be moved."""
    near = case.open_slots(*row) if row[1] else []
    return [slot for slot in near if not case.fails(slot)]


def _is_held(case: Table, pattern: Pattern) -> bool:
    return not all(case.in_blackout(day) for day in pattern.days)


def _repair(costing: Costing, counted: _Counted) -> Repair:
    base = np.sum([costing.of(slot) for slot in counted.pattern.slots], axis=0)
    return Repair(base, {row: costing.of(slot) for slot, (row, _) in counted.targets.items()})
