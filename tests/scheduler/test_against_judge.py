"""The planner against a judge that tries everything and shares no code with it."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.builders import planned_without_sentences
from tests.judge.exhaustive import TooLarge, judge
from tests.judge.problems import small_problem
from tests.sizes import in_parts, size

SEEDS = range(size(500, 5000))


def judged(written: dict[str, Any], plant: str | None = None) -> dict[str, Any]:
    """The judge's answer; what it does not say is whether a spread was proven."""
    answer = judge(written, plant=plant)
    for proposal in answer.get("proposals", ()):
        if proposal["pattern"]["kind"] == "spread":
            del proposal["proven"]
    return answer


def ours(written: dict[str, Any]) -> dict[str, Any]:
    answer = planned_without_sentences(written)
    for proposal in answer.get("proposals", ()):
        if proposal["pattern"]["kind"] == "spread":
            del proposal["proven"]
    return answer


@pytest.mark.parametrize("seeds", in_parts(SEEDS, 10), ids=lambda seeds: f"from-{seeds[0]}")
def test_every_field_equals_that_of_the_exhaustive_judge(seeds: Sequence[int]) -> None:
    compared = 0
    for seed in seeds:
        problem = small_problem(seed)
        try:
            right = judged(problem)
        except TooLarge:
            continue

        assert ours(problem) == right, f"small_problem({seed})"
        compared += 1
    assert compared >= 0.9 * len(seeds)


@pytest.mark.parametrize("error", ["order", "dst", "member"])
def test_a_planted_error_is_noticed(error: str) -> None:
    noticed = 0
    for seed in range(100):
        problem = small_problem(seed)
        noticed += ours(problem) != judged(problem, plant=error)

    assert noticed >= 3
