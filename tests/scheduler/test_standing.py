"""Where members stand at one time agrees with what a plan says of its dates."""

from scheduler.availability import standing
from scheduler.model.answer import PlannedDate
from scheduler.model.problem import Problem, State
from scheduler.planner import Planner
from tests.builders import a_problem, as_problem, at


def dates(problem: Problem) -> tuple[PlannedDate, ...]:
    return Planner().plan(problem).proposals[0].dates


def test_members_stand_at_a_date_as_the_plan_says() -> None:
    away = [at("2027-02-01", "00:00"), at("2027-03-01", "00:00")]
    people = [{"name": "Ada", "busy": []}, {"name": "Ben"}, {"name": "Cy", "busy": [away]}]
    problem = as_problem(a_problem(members=people))

    found = [standing(problem, each.start) for each in dates(problem)]

    assert found == [each.attendance for each in dates(problem)]
    seen = {state for each in found for state, who in (each or {}).items() if who}
    assert seen == {State.FREE, State.UNKNOWN, State.BUSY}


def test_a_time_beside_the_grid_has_nobody_at_it() -> None:
    problem = as_problem(a_problem())
    assert standing(problem, dates(problem)[0].start + 60) is None
