"""Whose absences matter: weights that bound the worst absences from below.

However members are weighted, the one with most absences has at least the weighted mean of all.
The mean is a sum over dates, so its least is easy: the best place for each date, and the moves
where they gain most. Weights that make it large are found by turns: choose the best places, then
give more weight to those who are absent most (the multiplicative weights method; Arora, Hazan,
Kale, "The Multiplicative Weights Update Method", Theory of Computing 8, 2012).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scheduler.lanes import unpack_counts
from scheduler.sets import WORD
from scheduler.spans import Ints

_ROUNDS, _FEW_ROUNDS = 60, 15  # the latter for groups above 64
_MANY = 1 << 20  # more than any count of dates
_SCALE = 1 << 16  # weights are whole numbers, so that bounds are exact

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """What absences weigh, and what follows.

    total    the sum of the weights
    base     the weighted absences of the dates that are fixed
    stay     per date those at its own place
    moves    per date those of each place it may be moved to
    bound    no choice has fewer worst absences
    reached  some choice has no more than this
    """

    total: int
    base: int
    stay: list[int]
    moves: list[list[int]]
    bound: int
    reached: int


def weigh(
    fixed: int, stays: Sequence[int], moves: Sequence[Sequence[int]], many: int, members: int
) -> Weights:
    """Weigh the members.

    fixed  packed absences of the dates that stay where they are
    stays  per open date the packed absences at its own place
    moves  per open date those at each place it may be moved to; exactly `many` of them move
    """
    case = _Case(fixed, stays, moves, many, members)
    best, reached, weights = 0.0, _MANY, np.ones(members)
    tried = weights
    for turn in range(_ROUNDS if members <= WORD else _FEW_ROUNDS):
        least, absences = case.respond(tried / tried.sum())
        if least > best:
            best, weights = least, tried / tried.sum()
        reached = min(reached, int(absences.max()))
        if np.ceil(best - 1e-6) >= reached:
            break  # a choice reaches the bound
        tried = tried * np.exp((absences - absences.mean()) / (1 + turn) ** 0.5)
        tried = np.maximum(tried, tried.max() * 1e-6)
    return case.weights(np.round(weights / weights.max() * _SCALE).astype(np.int64), reached)


class _Case:
    def __init__(
        self,
        fixed: int,
        stays: Sequence[int],
        moves: Sequence[Sequence[int]],
        many: int,
        members: int,
    ) -> None:
        self._fixed = unpack_counts([fixed], members)[0].astype(np.int64)
        self._stays = unpack_counts(stays, members).astype(np.int64)
        self._moves = unpack_counts([each for date in moves for each in date], members).astype(
            np.int64
        )
        lengths = [len(date) for date in moves]
        self._first = np.cumsum([0, *lengths[:-1]])
        self._lengths, self._many = lengths, many

    def respond(self, weights: Floats) -> tuple[float, Ints]:
        """The least weighted absences there are, and the absences of the choice that has them."""
        stay, move = self._stays @ weights, self._moves @ weights
        best = np.minimum.reduceat(move, self._first)
        gaining = np.argsort(best - stay, kind="stable")[: self._many]
        keeping = np.ones(len(stay), bool)
        keeping[gaining] = False
        places = [
            first + int(np.argmin(move[first : first + length]))
            for first, length in zip(self._first, self._lengths, strict=True)
        ]
        absences: Ints = (
            self._fixed
            + self._stays[keeping].sum(axis=0)
            + self._moves[np.array(places)[gaining]].sum(axis=0)
        )
        return float(absences @ weights), absences

    def weights(self, weights: Ints, reached: int) -> Weights:
        """Weigh every place in whole numbers."""
        stay, move = self._stays @ weights, self._moves @ weights
        best = np.minimum.reduceat(move, self._first)
        base, total = int(self._fixed @ weights), int(weights.sum())
        least = base + int(stay.sum()) + int(np.sort(best - stay)[: self._many].sum())
        return Weights(
            total,
            base,
            stay.tolist(),
            [part.tolist() for part in np.split(move, self._first[1:])],
            -(-least // total),
            reached,
        )
