"""Sums that chosen days must not exceed, and weights that show which days cannot be chosen.

However limits are weighted, their weighted sum stays below their weighted caps. That is one more
limit, and the least of its sum over all paths is easy to know. Weights that make the least large
are found by turns: take the cheapest path, then weigh more what exceeds its cap there, less what
stays below (subgradients with Polyak's step, deflected as Camerini, Fratta and Maffioli do, "On
improving relaxation methods by modified gradient techniques", Math. Programming Study 3, 1975).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scheduler.spans import Ints
from scheduler.spread_paths import Paths

_ROUNDS = 120
_WORK = 40_000_000  # numbers multiplied, above which there are fewer rounds
_PATIENCE = 6  # rounds without a better bound, after which steps are halved
_KEPT = 0.6  # how much of a direction remains in the next one
_LANES = 64  # limits looked at by themselves; of larger groups those that weigh most
_SCALE = 1 << 20  # weights are whole numbers, so that bounds are exact
_LARGEST = 1 << 60  # no weighted sum exceeds it

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limits:
    """Sums over the chosen days, and how large they may be.

    costs    per day and limit
    caps     per limit
    units    per limit by how much the costs differ, about
    many     of the last so many limits, the level, the largest sum is to be made least
    weights  rows of weights of limits; each row is a limit too, the last one the most telling
    """

    costs: Ints
    caps: Ints
    units: Floats
    many: int
    weights: Ints

    @classmethod
    def none(cls, days: int) -> "Limits":
        """No limit on sums over these days."""
        nothing = np.zeros((days, 0), np.int64)
        return cls(nothing, nothing[0], np.zeros(0), 0, nothing[:0])

    def with_level(self, costs: Ints, unit: float) -> "Limits":
        """Go on to the next level, as yet capped at 0."""
        many = costs.shape[1]
        return Limits(
            np.concatenate([self.costs, costs], axis=1),
            np.concatenate([self.caps, np.zeros(many, np.int64)]),
            np.concatenate([self.units, np.full(many, unit)]),
            many,
            np.pad(self.weights, ((0, 0), (0, many))),
        )

    def with_weights(self, weights: Ints) -> "Limits":
        """Weigh the limits in one more way."""
        return replace(self, weights=np.concatenate([self.weights, weights[None]]))

    def at_most(self, value: int) -> "Limits":
        """Cap the level."""
        caps = self.caps.copy()
        caps[len(caps) - self.many :] = value
        return replace(self, caps=caps)

    def lanes(self) -> Ints:
        """What to compare while searching: the weighted sums, the latest first, then others."""
        weighted = self.costs @ self.weights[::-1].T
        return np.concatenate([weighted, self.costs[:, self._heaviest()]], axis=1)

    @property
    def all_lanes(self) -> bool:
        """Whether every limit is among the lanes."""
        return len(self.caps) <= _LANES

    def lane_caps(self) -> Ints:
        """The caps of the lanes, in their order."""
        return np.concatenate([self.weights[::-1] @ self.caps, self.caps[self._heaviest()]])

    def _heaviest(self) -> Ints:
        weight = self.weights.max(axis=0)
        return np.sort(np.argsort(-weight, kind="stable")[:_LANES])

    def narrow(self, paths: Paths) -> Paths:
        """Leave out days that no choice within the limits has."""
        return paths.within(self.lanes(), self.lane_caps())


class Weighing:
    """Weights for the level of some limits, given a path that keeps the others.

    weights  per limit, whole
    bound    the level is not less on any path that keeps the other limits
    path     the best one met that keeps them
    value    the level of that path
    """

    def __init__(self, paths: Paths, limits: Limits, path: Ints, *, rounds: int = _ROUNDS) -> None:
        self._paths, self._limits = paths, limits
        self._level = slice(len(limits.caps) - limits.many, None)
        # All sums are brought to like sizes.
        self._costs, self._caps = limits.costs / limits.units, limits.at_most(0).caps / limits.units
        self.path, self.value = path, self._largest(limits.costs[path].sum(axis=0))
        self.weights = self._whole(self._turns(min(rounds, 1 + _WORK // limits.costs.size)))
        self.bound = self._bound()

    def _largest(self, sums: Ints) -> int:
        return int(sums[self._level].max())

    def _turns(self, rounds: int) -> Floats:
        """Return the best weights found; those of the level sum up to 1."""
        unit = self._limits.units[-1]
        tried = self._balanced(np.zeros(len(self._caps)))
        best, most, direction = tried, -np.inf, np.zeros(len(tried))
        step, stalled = 1.0, 0
        for _ in range(rounds):
            path = self._paths.best(self._costs @ tried)
            self._keep_if_better(path)
            excess = self._costs[path].sum(axis=0) - self._caps
            least = float(excess @ tried)
            stalled = 0 if least > most + 1e-6 else stalled + 1
            if least > most:
                best, most = tried, least
            if most * unit > self.value - 1 + 1e-4:
                break  # nothing better than the path remains
            if stalled == _PATIENCE:
                step, stalled = step / 2, 0
            excess[self._level] -= least
            direction = (1 - _KEPT) * excess + _KEPT * direction
            length = step * max(self.value / unit - least, 1e-3)
            tried = self._balanced(tried + length / max(direction @ direction, 1e-9) * direction)
        return best / self._limits.units

    def _keep_if_better(self, path: Ints) -> None:
        sums = self._limits.costs[path].sum(axis=0)
        value, others = self._largest(sums), slice(0, self._level.start)
        if value < self.value and (sums[others] <= self._limits.caps[others]).all():
            self.path, self.value = path, value

    def _balanced(self, weights: Floats) -> Floats:
        """Bring weights back to where they are allowed to be."""
        weights = np.maximum(weights, 0)
        total = weights[self._level].sum()
        weights[self._level] = (
            weights[self._level] / total if total > 1e-9 else 1 / self._limits.many
        )
        return weights

    def _whole(self, weights: Floats) -> Ints:
        most = np.abs(self._limits.costs).max(axis=0) * len(self._paths.at)
        scale = min(_SCALE / weights.max(), _LARGEST / max(1.0, float(most @ weights)))
        whole: Ints = np.round(weights * scale).astype(np.int64)
        return whole

    def _bound(self) -> int:
        """The exact bound that follows from the whole weights."""
        total = int(self.weights[self._level].sum())
        weights = self.weights
        if not total:  # rounding left nothing: bound the last sum by itself
            weights, total = np.eye(1, len(weights), len(weights) - 1, dtype=np.int64)[0], 1
        caps = self._limits.at_most(0).caps
        least = int(self._paths.onwards(self._limits.costs @ weights)[0].min())
        return -(-(least - int(weights @ caps)) // total)
