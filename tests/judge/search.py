"""The best plan of every pattern: every choice of moves, every set of days, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations, groupby, product
from math import prod
from typing import NamedTuple

from tests.judge.patterns import Pattern, move_limits, patterns, spread_starts
from tests.judge.states import Case, Slot

LIMIT = 300_000  # plans that one problem may cost before the caller had better draw another


class TooLarge(Exception):
    """The problem has more plans than it is worth enumerating."""


class Budget:
    """What may still be enumerated for one problem."""

    def __init__(self, left: int = LIMIT) -> None:
        self.left = left

    def spend(self, plans: int) -> None:
        """Take that many plans off the budget, or raise `TooLarge`."""
        self.left -= plans
        if self.left < 0:
            raise TooLarge


class Score(NamedTuple):
    """The fields of `score`, in their order."""

    lost_dates: int
    moves: int
    worst_absences: int
    expected_attendance: int
    late_protections: int
    protections: int
    burden: tuple[int, int]


@dataclass(frozen=True)
class Plan:
    """A pattern and, for each of its dates, where it is held: None is not at all."""

    pattern: Pattern
    places: tuple[Slot | None, ...]
    score: Score
    key: tuple[object, ...]

    @property
    def held(self) -> list[Slot]:
        """The starts that are held."""
        return [slot for slot in self.places if slot is not None]


def targets(case: Case, pattern: Pattern) -> dict[Slot, list[Slot]]:
    """Return, for each failing date of the pattern, the starts it may be moved to."""
    reach, count = move_limits(case, pattern)
    moving = reach >= 1 and count >= 1
    return {
        slot: [at for at in case.open_slots(slot.day, reach) if not case.fails(at)]
        if moving
        else []
        for slot in pattern.slots
        if case.fails(slot)
    }


def losses(case: Case, pattern: Pattern) -> tuple[int, int]:
    """Return the fewest lost dates any plan of the pattern has, and its moves.

    Every move lowers the lost dates by one and there is no other way to lower them, so a best
    plan makes as many moves as it may.
    """
    failing = targets(case, pattern)
    moves = min(move_limits(case, pattern)[1], sum(bool(found) for found in failing.values()))
    return (len(failing) - moves + pattern.missing, moves)


def best_plan(case: Case, pattern: Pattern, budget: Budget) -> Plan | None:
    """Return the best plan of a pattern, of all choices of moved dates and of all their targets."""
    lost, moves = losses(case, pattern)
    failing = targets(case, pattern)
    movable = {slot: _unlike(case, found) for slot, found in failing.items() if found}
    best: Plan | None = None
    for moved in combinations(movable, moves):
        budget.spend(prod(len(movable[slot]) for slot in moved))
        for chosen in product(*(movable[slot] for slot in moved)):
            plan = plan_of(case, pattern, dict(zip(moved, chosen, strict=True)), lost)
            if plan.held and (best is None or plan.key < best.key):
                best = plan
    return best


def _unlike(case: Case, found: list[Slot]) -> list[Slot]:
    """Return of targets that add the same to every sum only the earliest.

    The score is made of those sums alone, and the ranges of two dates never meet, so the list of
    held starts with the earlier of two such targets is the earlier list, whatever else moves.
    """
    unlike: dict[tuple[int, ...], Slot] = {}
    for slot in sorted(found, key=lambda at: (case.start(at), at)):
        unlike.setdefault(case.tally(slot), slot)
    return list(unlike.values())


def plan_of(case: Case, pattern: Pattern, moved: dict[Slot, Slot], lost: int) -> Plan:
    """Return the plan in which just these dates move; `lost` is its lost dates."""
    places = tuple(
        moved.get(slot) or (None if case.in_blackout(slot.day) else slot) for slot in pattern.slots
    )
    score = _score(case, [slot for slot in places if slot], lost, len(moved))
    return Plan(pattern, places, score, _key(case, pattern, places, score))


def _score(case: Case, held: list[Slot], lost: int, moves: int) -> Score:
    size = len(case.members)
    sums = [sum(column) for column in zip(*map(case.tally, held), strict=True)]
    if not sums:
        sums = [0] * (2 * size + 3)
    absences, burdens = sums[:size], sums[size : 2 * size]
    expected, late, asked = sums[2 * size :]
    return Score(lost, moves, max(absences), expected, late, asked, (max(burdens), sum(burdens)))


def _key(
    case: Case, pattern: Pattern, places: tuple[Slot | None, ...], score: Score
) -> tuple[object, ...]:
    lost, moves, worst, expected, *costs = score
    middle = (-expected, worst) if case.plant == "order" else (worst, -expected)
    starts: list[datetime] = sorted(case.start(slot) for slot in places if slot)
    return (lost, moves, *middle, *costs, starts, pattern.rest)


def ranked(case: Case, budget: Budget) -> Iterator[Plan]:
    """Yield the best plan of every pattern that has a held date, the best pattern first."""
    if case.kind == "spread":
        yield from sorted(_spread_plans(case, budget), key=lambda plan: plan.key)
        return
    # Lost dates and moves come first in the order and are known beforehand: sorting by them
    # spares the plans of patterns that come too late to be asked for.
    found = [(losses(case, pattern), pattern) for pattern in patterns(case)]
    found.sort(key=lambda pair: pair[0])
    for _, group in groupby(found, key=lambda pair: pair[0]):
        plans = (best_plan(case, pattern, budget) for _, pattern in group)
        yield from sorted((plan for plan in plans if plan), key=lambda plan: plan.key)


def spread_sets(case: Case, minute: int, budget: Budget) -> Iterator[tuple[date, ...]]:
    """Yield every set of days that a spread may have at a start."""
    days = [day for day in case.days if case.is_open(day) and minute in case.starts_on(day)]
    count, gap = case.cadence["count"], case.cadence["min_gap_days"]
    for chosen in _spaced((), days, count, gap):
        budget.spend(1)
        yield chosen


def _spaced(
    chosen: tuple[date, ...], days: list[date], count: int, gap: int
) -> Iterator[tuple[date, ...]]:
    if len(chosen) == count:
        yield chosen
        return
    for index, day in enumerate(days):
        if not chosen or (day - chosen[-1]).days >= gap:
            yield from _spaced((*chosen, day), days[index + 1 :], count, gap)


def _spread_plans(case: Case, budget: Budget) -> Iterator[Plan]:
    for minute in spread_starts(case):
        best: Plan | None = None
        for days in spread_sets(case, minute, budget):
            lost = sum(case.fails(Slot(day, minute)) for day in days)
            if best and lost > best.score.lost_dates:
                continue
            plan = plan_of(case, Pattern("spread", days, minute), {}, lost)
            if best is None or plan.key < best.key:
                best = plan
        if best:
            yield best


def least_lost(case: Case, budget: Budget) -> int | None:
    """Return the lost dates of the best pattern of all; None when none has a held date."""
    if case.kind == "spread":
        found = [
            sum(case.fails(Slot(day, minute)) for day in days)
            for minute in spread_starts(case)
            for days in spread_sets(case, minute, budget)
        ]
        return min(found, default=None)
    return min((losses(case, one)[0] for one in patterns(case) if _holds(case, one)), default=None)


def _holds(case: Case, pattern: Pattern) -> bool:
    inside = [slot for slot in pattern.slots if not case.in_blackout(slot.day)]
    return bool(inside) or losses(case, pattern)[1] > 0
