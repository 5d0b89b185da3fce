"""The planner against an exact solver: is there any plan with a better score?"""

from collections.abc import Sequence

import pytest

from tests.builders import planned
from tests.judge.larger import larger_problem
from tests.judge.solver import better
from tests.sizes import FULL, in_parts, size

# With many moves, held-together ordinals, hopeless quorums, and spread.
SAMPLE = (0, 4, 7, 10, 22, 27)
SEEDS = size(SAMPLE, tuple(range(60)))
SECONDS = size(10, 30)


@pytest.mark.parametrize("seeds", in_parts(SEEDS, 2), ids=lambda seeds: f"from-{seeds[0]}")
def test_no_plan_has_a_better_score(seeds: Sequence[int]) -> None:
    answers = {}
    for seed in seeds:
        problem = larger_problem(seed)
        score = planned(problem)["proposals"][0]["score"]
        answers[seed] = better(problem, score, seconds=SECONDS)

    undecided = [seed for seed, answer in answers.items() if answer == "undecided"]
    print(f"undecided: {undecided}")
    assert [seed for seed, answer in answers.items() if answer == "yes"] == []
    assert len(undecided) <= (5 if FULL else len(seeds))
