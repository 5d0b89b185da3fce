"""The choices of so many days with gaps between them, as paths through layers of days.

The first chosen day comes from the first layer, the second from the second, and so on; from each
day a path may go on to every day of the next layer from a certain one on. So the least sum of
any costs per day follows by dynamic programming, and so does the least of all paths through a day.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.spans import Ints

Numbers = NDArray[Any]  # whole or not


class Paths:
    """Choices of days; the layers hold indexes of days, ascending.

    at      per layer the days that may be chosen there
    onward  per layer and day there, the first place in the next layer that keeps the gap
    """

    def __init__(self, at: Sequence[Ints], following: Ints) -> None:
        """Join layers; `following` has for each day the first one that keeps the gap."""
        self._following = following
        self.at = _trimmed(at, following)
        self.onward = [
            np.searchsorted(after, following[here])
            for here, after in zip(self.at, self.at[1:], strict=False)
        ]
        self.onward.append(np.zeros(len(self.at[-1]), np.int64))

    @classmethod
    def of(cls, days: Ints, gap: int, count: int) -> "Paths":
        """All choices of `count` of these days, neighbours at least `gap` days apart."""
        return cls([np.arange(len(days))] * count, following(days, gap))

    def __bool__(self) -> bool:
        """Whether there is any path."""
        return all(len(here) for here in self.at)

    def only(self, keep: Sequence[NDArray[np.bool_]]) -> "Paths":
        """Return the paths that use none but these days of each layer."""
        at = [here[kept] for here, kept in zip(self.at, keep, strict=True)]
        return Paths(at, self._following)

    def within(self, costs: Ints, caps: Ints) -> "Paths":
        """Leave out every day no path through which keeps each of these sums under its cap.

        costs  per day and sum
        """
        paths = self
        while paths:
            keep = [
                np.all(before + onwards <= caps, axis=1)
                for before, onwards in zip(paths.before(costs), paths.onwards(costs), strict=True)
            ]
            if all(each.all() for each in keep):
                break
            paths = paths.only(keep)
        return paths

    def onwards(self, costs: Numbers) -> list[Numbers]:
        """Per layer and day there, the least cost of that day and all after it.

        costs  per day, a number or a row of them
        """
        least = [costs[self.at[-1]]]
        for here, onward in zip(self.at[-2::-1], self.onward[-2::-1], strict=True):
            after = np.minimum.accumulate(least[-1][::-1])[::-1]
            least.append(costs[here] + after[onward])
        return least[::-1]

    def before(self, costs: Numbers) -> list[Numbers]:
        """Per layer and day there, the least cost of all days before it."""
        least = [np.zeros_like(costs[self.at[0]])]
        for here, onward, there in zip(self.at, self.onward, self.at[1:], strict=False):
            sums = np.minimum.accumulate(least[-1] + costs[here])
            until = np.searchsorted(onward, np.arange(len(there)), side="right")
            least.append(sums[until - 1])
        return least

    def best(self, costs: Numbers) -> Ints:
        """Of the paths of least cost the earliest, as indexes of days."""
        place, chosen = 0, []
        for least, here, onward in zip(self.onwards(costs), self.at, self.onward, strict=True):
            place += int(least[place:].argmin())
            chosen.append(here[place])
            place = int(onward[place])
        return np.array(chosen)


def following(days: Ints, gap: int) -> Ints:
    """For each day the index of the first one that keeps the gap; beyond the last if none does."""
    return np.searchsorted(days, days + max(gap, 1))


def _trimmed(layers: Sequence[Ints], following: Ints) -> list[Ints]:
    """Leave out days after which, or before which, the path would break off."""
    at = list(layers)
    for layer in range(len(at) - 1, 0, -1):
        last = at[layer][-1] if len(at[layer]) else -1
        at[layer - 1] = at[layer - 1][following[at[layer - 1]] <= last]
    for layer in range(1, len(at)):
        first = following[at[layer - 1][0]] if len(at[layer - 1]) else len(following)
        at[layer] = at[layer][at[layer] >= first]
    return at
