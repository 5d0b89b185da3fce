"""Asks a constraint solver whether any plan of a problem is better than a given score.

The exhaustive judge tries every plan, so it sees small problems only. Here the fields of the
score are sums over chosen things, and for one level of the order after another the solver proves
that no choice improves on it. The last resort of the order, the earliest plan, is left out.
"""

from time import monotonic
from typing import Any

from ortools.sat.python import cp_model

from tests.judge.choices import LEVELS, Costing, Pinned, Repairs, Spreads, best_plans

FIELDS = ("worst_absences", "expected_attendance", "late_protections", "protections")


def better(
    problem: dict[str, Any], score: dict[str, Any], *, seconds: float = 30, workers: int = 2
) -> str:
    """Return whether any plan has a score that comes before `score`: "yes", "no", "undecided".

    `score` is that of an answer's proposal. "undecided" means that the time ran out.
    """
    clock = Clock(seconds, workers)
    plans, costing = best_plans(problem)
    if plans is None:
        return "no"
    first, asked = (plans.lost, plans.moves), (score["lost_dates"], score["moves"])
    if first != asked:
        return "yes" if first < asked else "no"
    if isinstance(plans, Pinned):
        return "yes" if min(plans.scores) < levels_of(score) else "no"
    return _improved(plans, costing, levels_of(score), clock)


def solve(
    problem: dict[str, Any], *, seconds: float = 30, workers: int = 2
) -> tuple[dict[str, Any] | None, float]:
    """Return the best score and the seconds it took; None when the time ran out or no plan is."""
    clock = Clock(seconds, workers)
    plans, costing = best_plans(problem)
    if plans is None:
        return None, clock.passed
    if isinstance(plans, Pinned):
        levels: tuple[int, ...] | None = min(plans.scores)
    else:
        levels = _least(plans, costing, clock)
    found = None if levels is None else _score(plans.lost, plans.moves, levels)
    return found, clock.passed


class Clock:
    """How long the solver may go on, and with how many workers."""

    def __init__(self, seconds: float, workers: int) -> None:
        self._begun = monotonic()
        self._seconds = seconds
        self._workers = workers

    @property
    def passed(self) -> float:
        """The seconds since the question was asked."""
        return monotonic() - self._begun

    def solver(self) -> cp_model.CpSolver:
        """Return a solver that stops when the time is over."""
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.0, self._seconds - self.passed)
        solver.parameters.num_workers = self._workers
        solver.parameters.random_seed = 0
        return solver


def levels_of(score: dict[str, Any]) -> tuple[int, ...]:
    """Return the fields after lost dates and moves, the less the better."""
    worst, expected, late, asked = (score[name] for name in FIELDS)
    return (worst, -expected, late, asked, *score["burden"])


def _score(lost: int, moves: int, levels: tuple[int, ...]) -> dict[str, Any]:
    worst, expected, late, asked, *burden = levels
    middle = dict(zip(FIELDS, (worst, -expected, late, asked), strict=True))
    return {"lost_dates": lost, "moves": moves, **middle, "burden": burden}


def _sums(
    model: cp_model.CpModel, plans: Repairs | Spreads, costing: Costing, level: int
) -> list[list[cp_model.LinearExprT]]:
    """Put the plans into a model; return for each level, up to one, the sums it is the largest of.

    A model of its own for each level is small: what comes later makes no difference to it.
    """
    width = costing.levels[level].stop
    parts = plans.put_into(model, width)
    choices = [choice for choice, _ in parts]
    sums = [
        cp_model.LinearExpr.weighted_sum(choices, [int(costs[column]) for _, costs in parts])
        for column in range(width)
    ]
    return [[sums[column] for column in columns] for columns in costing.levels[: level + 1]]


def _bound(
    model: cp_model.CpModel, sums: list[list[cp_model.LinearExprT]], bounds: tuple[int, ...]
) -> None:
    for columns, bound in zip(sums, bounds, strict=False):
        for column in columns:
            model.add(column <= bound)


def _improved(
    plans: Repairs | Spreads, costing: Costing, levels: tuple[int, ...], clock: Clock
) -> str:
    """Ask level by level for a plan that is better there and no worse before.

    No worse is as good as equal: better before has been ruled out when a level is asked about.
    """
    for level in range(LEVELS):
        if level != 1 and levels[level] <= 0:
            continue  # only attendance, of which more is better, stands below zero
        model = cp_model.CpModel()
        sums = _sums(model, plans, costing, level)
        _bound(model, sums, (*levels[:level], levels[level] - 1))
        status = clock.solver().solve(model)
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return "yes"
        if status != cp_model.INFEASIBLE:
            return "undecided"
    return "no"


def _least(plans: Repairs | Spreads, costing: Costing, clock: Clock) -> tuple[int, ...] | None:
    """Find the least of each level in turn, given the least of those before."""
    levels: tuple[int, ...] = ()
    for level in range(LEVELS):
        model = cp_model.CpModel()
        sums = _sums(model, plans, costing, level)
        _bound(model, sums, levels)
        value = model.new_int_var(-(2**40), 2**40, "")
        for column in sums[level]:
            model.add(column <= value)
        model.minimize(value)
        solver = clock.solver()
        if solver.solve(model) != cp_model.OPTIMAL:
            return None
        levels = (*levels, round(solver.objective_value))
    return levels
