"""Whose absences matter: weights on members that bound what any choice of places can reach.

However members are weighted, the one with most absences has at least the weighted mean of all.
The mean is a sum over dates, so its least is easy: the best place for each date, and the moves
where they gain most. Weights that make it large are found by turns: choose the best places, then
give more weight to those who are absent most (the multiplicative weights method; Arora, Hazan,
Kale, "The Multiplicative Weights Update Method", Theory of Computing 8, 2012).

Under a cap on absences, prices do the same for attendance: whoever is absent more often than the
cap pays, and what everyone would pay at the cap is given back (Lagrangian relaxation, by
subgradients; Held, Wolfe, Crowder, "Validation of subgradient optimization", 1974).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scheduler.lanes import unpack_counts
from scheduler.options import Option
from scheduler.sets import WORD
from scheduler.spans import Ints

_ROUNDS, _FEW_ROUNDS = 60, 15  # the latter for groups above 64
_MANY = 1 << 20  # more than any count of dates
_SCALE = 1 << 16  # weights are whole numbers, so that bounds are exact

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Costs:
    """Weighted absences, in whole numbers.

    total  the sum of the weights
    base   of the dates that are fixed
    stay   per open date at its own place
    moves  per open date at each place it may be moved to
    """

    total: int
    base: int
    stay: list[int]
    moves: list[list[int]]


class Absences:
    """Who is absent at which place of which date; exactly `many` of the open dates move."""

    def __init__(
        self,
        fixed: int,
        stays: Sequence[Option],
        moves: Sequence[Sequence[Option]],
        many: int,
        members: int,
    ) -> None:
        places = [option for date in moves for option in date]
        self._fixed = unpack_counts([fixed], members)[0].astype(np.int64)
        self._stays = unpack_counts([each.absent for each in stays], members).astype(np.int64)
        self._moves = unpack_counts([each.absent for each in places], members).astype(np.int64)
        self._gone = -np.array([float(each.attendance) for each in stays])
        self._gone_there = -np.array([float(each.attendance) for each in places])
        lengths = [len(date) for date in moves]
        self._first, self._lengths = np.cumsum([0, *lengths[:-1]]), lengths
        self._many, self._members = many, members

    def worst(self) -> tuple[Costs, int, int]:
        """Weights, the least worst absences they leave possible, and some that can be reached."""
        best, reached, weights = 0.0, _MANY, np.ones(self._members)
        tried = weights
        nothing = np.zeros(1)
        for turn in range(self._rounds):
            mean = tried / tried.sum()
            absences, _ = self._respond(mean, nothing, nothing)
            least = float(absences @ mean)
            if least > best:
                best, weights = least, mean
            reached = min(reached, int(absences.max()))
            if np.ceil(best - 1e-6) >= reached:
                break  # a choice reaches the bound
            tried = tried * np.exp(0.3 * (absences - absences.mean()) / (1 + turn) ** 0.5)
            tried = np.maximum(tried, tried.max() * 1e-6)
        costs = self._costs(np.round(weights / weights.max() * _SCALE).astype(np.int64))
        return costs, -(-self._least(costs) // costs.total), reached

    def prices(self, cap: int, unit: int) -> Costs:
        """What an absence costs under a cap, in `unit`s of one attendance."""
        best, prices = -np.inf, np.zeros(self._members)
        tried = prices
        for turn in range(self._rounds):
            absences, gone = self._respond(tried, self._gone, self._gone_there)
            bound = gone + float(tried @ (absences - cap))
            if bound > best:
                best, prices = bound, tried
            if not turn and (absences <= cap).all():
                break  # the cap does not bind
            tried = np.maximum(tried + (absences - cap) / (2 + turn), 0)
        return self._costs(np.round(prices * unit).astype(np.int64))

    @property
    def _rounds(self) -> int:
        return _ROUNDS if self._members <= WORD else _FEW_ROUNDS

    def _respond(self, weights: Floats, stays: Floats, moves: Floats) -> tuple[Ints, float]:
        """The absences of the cheapest choice, and its cost without the weights.

        stays, moves  what a place costs besides its weighted absences
        """
        stay, move = self._stays @ weights + stays, self._moves @ weights + moves
        places = np.array(
            [
                first + int(np.argmin(move[first : first + length]))
                for first, length in zip(self._first, self._lengths, strict=True)
            ]
        )
        moving = np.argsort(move[places] - stay, kind="stable")[: self._many]
        keeping = np.ones(len(stay), bool)
        keeping[moving] = False
        there = places[moving]
        absences: Ints = (
            self._fixed + self._stays[keeping].sum(axis=0) + self._moves[there].sum(axis=0)
        )
        if len(moves) == 1:
            return absences, 0.0
        return absences, float(stays[keeping].sum() + moves[there].sum())

    def _costs(self, weights: Ints) -> Costs:
        move = self._moves @ weights
        return Costs(
            int(weights.sum()),
            int(self._fixed @ weights),
            (self._stays @ weights).tolist(),
            [part.tolist() for part in np.split(move, self._first[1:])],
        )

    def _least(self, costs: Costs) -> int:
        """The least weighted absences of any choice."""
        gains = sorted(
            min(moves) - stay for stay, moves in zip(costs.stay, costs.moves, strict=True)
        )
        return costs.base + sum(costs.stay) + sum(gains[: self._many])
