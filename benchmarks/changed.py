"""*one member changed*: planning a group again after one calendar changed, against from nothing."""

from dataclasses import replace

from benchmarks.groups import a_calendar, a_group
from benchmarks.measure import median, row, same
from scheduler.model.busytime import BusyTime
from scheduler.model.cadence import Monthly
from scheduler.model.problem import Problem
from scheduler.planner import Planner, plan
from services.planning.answer import to_json


def run() -> None:
    """Change one member back and forth, with the same bytes out as a fresh planner's."""
    print("one member changed: monthly, 26 weeks, from busy time to the whole answer")
    for members in (12, 1000):
        problem = a_group(members, cadence=Monthly(), share="0.6")
        other = _changed(problem)
        planner, turn = Planner(), [problem, other]
        planner.plan(problem)

        def again() -> bytes:
            turn.reverse()  # noqa: B023
            return to_json(turn[0], planner.plan(turn[0]))  # noqa: B023

        same(again(), to_json(other, plan(other)), "a planner that remembers")
        warm, cold = median(again), median(lambda: to_json(problem, plan(problem)), 5)  # noqa: B023
        row(f"{members:>5} members, from nothing", cold)
        goal = " (goal 15)" if members == 1000 else ""
        row(f"{members:>5} members, one changed", warm, f"{cold / warm:.1f} x cheaper{goal}")


def _changed(problem: Problem) -> Problem:
    busy = BusyTime.of(a_calendar(99_999, 26))
    return replace(
        problem, members=(*problem.members[:-1], replace(problem.members[-1], busy=busy))
    )
