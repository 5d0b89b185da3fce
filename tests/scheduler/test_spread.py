"""The best days of a spread, against everything there is, and against chance."""

import random
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pytest

from scheduler.choice import Key, key_of
from scheduler.lanes import pack_counts, pack_minutes
from scheduler.options import Option
from scheduler.spread import SpreadChoice, best_dates, fewest_lost, optimistic

Best = tuple[int, Key, tuple[int, ...]]


class Question(NamedTuple):
    """What `best_dates` is asked."""

    options: list[Option]
    days: list[int]
    fails: list[bool]
    dates: int
    min_gap_days: int
    members: int

    def worth(self, chosen: tuple[int, ...]) -> Best:
        options = [self.options[each] for each in chosen]
        return sum(self.fails[each] for each in chosen), key_of(options, self.members), chosen

    def keeps_gaps(self, chosen: tuple[int, ...]) -> bool:
        gaps = np.diff([self.days[each] for each in chosen])
        return bool((gaps >= max(1, self.min_gap_days)).all())

    def choices(self) -> Iterator[tuple[int, ...]]:
        return filter(self.keeps_gaps, combinations(range(len(self.days)), self.dates))


def a_question(
    absent: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
    chance: np.random.Generator,
    days: list[int],
    count: int,
    gap: int,
) -> Question:
    """Of those not absent some are unknown; some attend outside preferred hours, some if asked."""
    size = absent.shape
    attending = ~absent & (chance.random(size) < 0.95)
    asked = attending & (chance.random(size) < chance.choice([0, 0.1, 0.3]))
    late = asked.sum(axis=1) * (np.arange(size[0]) < chance.integers(size[0]))
    minutes = attending * chance.choice([0, 0, 15, 60], size[1])
    options = [
        Option(*each)
        for each in zip(
            range(size[0]),
            [86_400 * day for day in days],
            pack_counts(absent.astype(np.uint8)),
            attending.sum(axis=1).tolist(),
            late.tolist(),
            asked.sum(axis=1).tolist(),
            pack_minutes(minutes),
            minutes.sum(axis=1).tolist(),
            strict=True,
        )
    ]
    fails = (attending.sum(axis=1) < size[1] / 2).tolist()
    return Question(options, days, fails, count, gap, size[1])


def small(seed: int) -> Question:
    """Few members and repeated rows make ties."""
    chance = np.random.default_rng(seed)
    many, members = int(chance.integers(1, 15)), int(chance.integers(2, 7))
    kinds = chance.random((int(chance.integers(1, 8)), members)) < chance.uniform(0.1, 0.8)
    absent = kinds[chance.integers(len(kinds), size=many)]
    days = sorted(chance.choice(30, many, replace=False).tolist())
    return a_question(absent, chance, days, int(chance.integers(1, 6)), int(chance.integers(0, 7)))


def large(seed: int) -> Question:
    """Twelve members, eight dates in eighteen weeks; absences come by the week and by the day."""
    chance = np.random.default_rng(seed)
    share = chance.uniform(0.2, 0.5)
    both = 1 - (1 - share) ** 0.5
    weeks = np.repeat(chance.random((18, 12)) < both, 7, axis=0)
    absent = weeks | (chance.random((126, 12)) < both)
    return a_question(absent, chance, list(range(126)), 8, int(chance.choice([1, 3, 7, 14])))


def weekly(seed: int) -> Question:
    """The same every four weeks, so that a great many choices are level."""
    chance = np.random.default_rng(seed)
    absent = np.tile(chance.random((28, 12)) < chance.uniform(0.2, 0.5), (5, 1))
    return a_question(absent, chance, list(range(140)), 8, int(chance.choice([1, 3, 7, 14])))


@cache
def solved(kind: Callable[[int], Question], seed: int) -> SpreadChoice:
    return asked(kind(seed))


def asked(question: Question) -> SpreadChoice:
    choice = best_dates(*question)
    assert choice
    return choice


def test_nothing_that_there_is_to_choose_is_better() -> None:
    answered = 0
    for question in map(small, range(300)):
        best = min(map(question.worth, question.choices()), default=None)
        choice = best_dates(*question)
        assert best == (choice and (choice.lost, choice.key, choice.chosen)), question
        assert choice is None or (choice.proven, choice.gap) == (True, "")
        answered += choice is not None
    assert answered > 150


def test_the_least_lost_dates_and_a_bound_are_known_beforehand() -> None:
    for question in [*map(small, range(100)), *map(large, range(10))]:
        choice = best_dates(*question)
        early = optimistic(*question)
        lost = fewest_lost(question.days, question.fails, question.dates, question.min_gap_days)
        if choice is None:
            assert (early, lost) == (None, None)
        else:
            assert early
            assert early[0] == lost == choice.lost
            assert early[1] <= choice.key[0]


@pytest.mark.parametrize("kind", [large, weekly])
def test_a_semester_of_twelve_is_proven(kind: Callable[[int], Question]) -> None:
    choices = [solved(kind, seed) for seed in range(40)]
    assert sum(choice.proven for choice in choices) >= 38


def test_exchanging_days_at_random_finds_nothing_better() -> None:
    for seed in range(40):
        question, choice = large(seed), solved(large, seed)
        found = climbed(question, random.Random(seed))
        assert (choice.lost, choice.key, choice.chosen) <= found
        nearby = climbed(question, random.Random(seed), choice.chosen)
        assert (choice.lost, choice.key, choice.chosen) == nearby


def climbed(question: Question, chance: random.Random, begin: tuple[int, ...] = ()) -> Best:
    """Exchange one day for another as long as that helps."""
    gap = max(1, question.min_gap_days)
    slack = (len(question.days) - 1 - gap * (question.dates - 1)) // question.dates
    spaced = [each * (gap + max(0, slack)) for each in range(question.dates)]
    best = question.worth(begin or tuple(spaced))
    for _ in range(600):
        leaving, coming = chance.choice(best[2]), chance.randrange(len(question.days))
        chosen = tuple(sorted({*best[2], coming} - {leaving}))
        if len(chosen) == question.dates and question.keeps_gaps(chosen):
            best = min(best, question.worth(chosen))
    return best


def test_the_same_question_has_the_same_answer_even_when_given_up() -> None:
    for steps in (0, 2_000, 100_000):
        answers = {best_dates(*weekly(seed), steps=steps) for seed in [7] * 2}
        assert len(answers) == 1


def test_an_answer_given_up_on_is_sound_and_says_what_is_open() -> None:
    open_ones = 0
    for seed in range(5):
        question, best = weekly(seed), solved(weekly, seed)
        choice = best_dates(*question, steps=1_000)
        assert choice
        assert question.keeps_gaps(choice.chosen)
        assert question.worth(choice.chosen) == (choice.lost, choice.key, choice.chosen)
        assert (best.lost, best.key, best.chosen) <= (choice.lost, choice.key, choice.chosen)
        assert choice.proven != choice.gap.endswith("not excluded")
        open_ones += not choice.proven
    assert open_ones


def test_too_few_days_are_no_choice() -> None:
    question = large(0)
    assert best_dates(*question._replace(dates=127, min_gap_days=0)) is None
    assert best_dates(*question._replace(dates=5, min_gap_days=32)) is None
    assert asked(question._replace(dates=5, min_gap_days=31)).proven
    assert best_dates([], [], [], 1, 0, 12) is None


def test_a_gap_of_nothing_still_means_different_days() -> None:
    question = large(0)._replace(dates=126, min_gap_days=0)
    assert asked(question).chosen == tuple(range(126))


def test_a_group_of_a_thousand_gets_a_sound_answer() -> None:
    chance = np.random.default_rng(1)
    absent = chance.random((400, 1000)) < 0.3
    question = a_question(absent, chance, list(range(400)), 12, 14)
    choice = best_dates(*question, steps=1_000_000)
    assert choice
    assert question.worth(choice.chosen) == (choice.lost, choice.key, choice.chosen)
    assert climbed(question, random.Random(1))[:1] >= (choice.lost,)


def test_counts_above_a_byte_are_counted() -> None:
    """Everybody is absent on each of 300 dates."""
    chance = np.random.default_rng(1)
    question = a_question(np.ones((300, 3), bool), chance, list(range(300)), 300, 1)
    assert asked(question).key == (300, 0, 0, 0, 0, 0)
