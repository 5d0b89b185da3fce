"""The solver agrees with the exhaustive judge, and with itself on problems too large for that."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest

from tests.judge.choices import fewest_failing, neighbourhoods, undominated
from tests.judge.exhaustive import judge
from tests.judge.larger import larger_problem
from tests.judge.problems import small_problem
from tests.judge.solver import better, solve
from tests.judge.states import Case
from tests.judge.table import Table

SMALL = range(40)


@cache
def best_score(seed: int) -> dict[str, Any] | None:
    """The score of the exhaustive judge's first proposal, None when there is none."""
    answer = judge(small_problem(seed), top=1)
    score: dict[str, Any] | None = None if "error" in answer else answer["proposals"][0]["score"]
    return score


def worse(score: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each field worse by one in turn, and all others as they are."""
    for field, value in score.items():
        if field == "burden":
            yield {**score, field: [value[0] + 1, value[1]]}
            yield {**score, field: [value[0], value[1] + 1]}
        else:
            yield {**score, field: value + (-1 if field == "expected_attendance" else 1)}


@pytest.mark.parametrize("seed", SMALL)
def test_the_best_score_of_a_small_problem_is_that_of_the_exhaustive_judge(seed: int) -> None:
    assert solve(small_problem(seed))[0] == best_score(seed)


@pytest.mark.parametrize("seed", [seed for seed in SMALL if best_score(seed) is not None])
def test_nothing_is_better_than_the_best_and_something_than_what_is_worse_by_one(
    seed: int,
) -> None:
    problem, score = small_problem(seed), best_score(seed)
    assert score is not None
    assert better(problem, score) == "no"
    assert {better(problem, other) for other in worse(score)} == {"yes"}


def test_the_small_problems_ask_about_moves_and_spreads() -> None:
    kinds = Counter(
        "spread" if small_problem(seed)["cadence"]["kind"] == "spread" else score["moves"] > 0
        for seed in SMALL
        if (score := best_score(seed))
    )
    assert min(kinds["spread"], kinds[True], kinds[False]) >= 3


def test_without_a_plan_nothing_is_better() -> None:
    problem = small_problem(next(seed for seed in range(200) if best_score(seed) is None))
    score = {"lost_dates": 99, "moves": 0, "worst_absences": 0, "expected_attendance": 0}
    score |= {"late_protections": 0, "protections": 0}
    assert better(problem, {**score, "burden": [0, 0]}) == "no"
    assert solve(problem)[0] is None


@pytest.mark.parametrize("seed", [2, 4, 10, 11])
def test_the_best_score_of_a_larger_problem_cannot_be_improved_and_worse_ones_can(
    seed: int,
) -> None:
    problem = larger_problem(seed)
    score, _ = solve(problem, seconds=120)
    assert score
    assert better(problem, score, seconds=120) == "no"
    assert {better(problem, other, seconds=120) for other in worse(score)} == {"yes"}


def test_without_time_nothing_is_decided() -> None:
    problem = larger_problem(2)
    score, _ = solve(problem, seconds=120)
    assert score
    assert better(problem, score, seconds=0) == "undecided"
    assert solve(problem, seconds=0)[0] is None


def test_looking_events_up_by_day_changes_no_state() -> None:
    problem = larger_problem(12)
    plain, table = Case(problem, None, still=False), Table(problem)
    slots = plain.open_slots(date(2027, 3, 15), 14)
    assert len(slots) > 50
    assert [table.states(slot) for slot in slots] == [plain.states(slot) for slot in slots]
    assert [table.fails(slot) for slot in slots] == [plain.fails(slot) for slot in slots]
    assert [table.tally(slot) for slot in slots] == [plain.tally(slot) for slot in slots]


def test_a_larger_problem_is_the_same_for_the_same_seed() -> None:
    problems = [larger_problem(seed) for seed in range(15)]
    assert problems == [larger_problem(seed) for seed in range(15)]
    kinds = Counter(problem["cadence"]["kind"] for problem in problems)
    assert kinds["spread"] == 3
    assert kinds["weekly"] >= 4


def test_only_rows_that_nothing_is_below_remain() -> None:
    rows = np.array([[1, 2], [2, 1], [2, 2], [1, 2], [3, 0], [3, 1]])
    assert undominated(rows).tolist() == [[1, 2], [2, 1], [3, 0]]


def test_runs_of_days_closer_than_the_gap_hold_every_pair_that_is() -> None:
    days = [date(2027, 1, 4) + timedelta(days=passed) for passed in (0, 1, 3, 7, 8, 9, 20)]
    runs = list(neighbourhoods(days, 4))
    assert runs == [(0, 3), (3, 6), (6, 7)]
    together = {pair for first, end in runs for pair in combinations(days[first:end], 2)}
    close = {pair for pair in combinations(days, 2) if (pair[1] - pair[0]).days < 4}
    assert together == close


@pytest.mark.parametrize("gap", [1, 2, 4, 9, 30])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_the_fewest_failing_days_are_those_of_trying_every_choice(count: int, gap: int) -> None:
    days = [date(2027, 1, 4) + timedelta(days=passed) for passed in (0, 1, 3, 7, 8, 9, 20)]
    failing = {days[0], days[3], days[5], days[6]}
    tried = [
        len(failing & set(chosen))
        for chosen in combinations(days, count)
        if all((late - early).days >= gap for early, late in pairwise(chosen))
    ]
    fails = [day in failing for day in days]
    assert fewest_failing(days, fails, count, gap) == min(tried, default=None)
