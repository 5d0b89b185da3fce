"""Looks for a choice of days within limits, many partial choices at a time.

Partial choices of equally many days are extended together, as rows of arrays, depth first: a block
of them by every day that may follow, then the best of what came of it again. A row is left out
when its sums and the least that the missing days add exceed a cap, or when another row has the
same sums and can go on no later: whatever completes the one, completes the other.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scheduler.spans import Ints
from scheduler.spread_paths import Paths
from scheduler.spread_weights import Limits

_NARROW = 32  # rows of a block at first: a solution is found sooner in a narrow search,
_WIDENING = 4  # but refuting wants wide ones, so blocks grow by so many rows each
_ROOM = 4_000_000  # numbers that a block may grow to
_MIX = -7046029254386353131  # an odd number with many bits, for sums that tell rows apart


class _Block(NamedTuple):
    """Partial choices of equally many days.

    chosen  per row the indexes of its days
    sums    per row what it adds up to so far, in each lane
    onward  per row the first place in the next layer that may follow
    """

    chosen: Ints
    sums: Ints
    onward: Ints

    def rows(self, which: Ints | slice) -> "_Block":
        return _Block(self.chosen[which], self.sums[which], self.onward[which])


class Search:
    """The least level within limits, or the earliest choice.

    found     the best choice (indexes of days); None where there is none, or none was reached
    steps     how many are left
    finished  whether there is certainly no better one
    """

    def __init__(
        self, paths: Paths, limits: Limits, steps: int, *, enough: int = 0, earliest: bool = False
    ) -> None:
        """Search.

        limits    their caps are respected; once a choice is found, the next one must be better
        enough    a level that nothing is better than
        earliest  do not look for the least level, but for the earliest choice
        """
        self._limits, self._enough, self._earliest = limits, enough, earliest
        self._lanes, self._caps = limits.lanes(), limits.lane_caps()
        self._paths = paths.within(self._lanes, self._caps)
        self.steps = steps
        self.found: Ints | None = None
        self.finished = not self._paths
        if self._paths:
            self._least = self._paths.onwards(self._lanes)
            self._run()

    def _run(self) -> None:
        nothing = np.zeros((1, len(self._caps)), np.int64)
        stack, width = [_Block(nothing[:, :0], nothing, nothing[:, 0])], _NARROW
        while stack and self.steps > 0 and not self.finished:
            block = self._extended(stack.pop())
            if block.chosen.shape[1] == len(self._paths.at):
                self._arrive(block.chosen)
                continue
            width += _WIDENING
            stack.extend(self._parts(block, width))
        self.finished = self.finished or (self.steps > 0 and not stack)

    def _parts(self, block: _Block, width: int) -> Sequence[_Block]:
        """Cut a block into pieces that may be extended at once, the last one first."""
        days = len(self._paths.at[block.chosen.shape[1]])
        width = max(1, min(width, _ROOM // (days * len(self._caps))))
        return [
            block.rows(slice(first, first + width)) for first in range(0, len(block.onward), width)
        ][::-1]

    def _extended(self, block: _Block) -> _Block:
        """Add every day that may follow to every row; best first, or earliest first."""
        layer = block.chosen.shape[1]
        days, least, onward = self._paths.at[layer], self._least[layer], self._paths.onward[layer]
        leading = block.sums[:, :1] + least[:, 0]
        late_enough = np.arange(len(days)) >= block.onward[:, None]
        row, place = np.nonzero((leading <= self._caps[0]) & late_enough)
        self.steps -= leading.size + row.size * len(self._caps) // 4
        kept = (block.sums[row] + least[place] <= self._caps).all(axis=1)
        row, place = row[kept], place[kept]
        if not self._earliest:
            order = np.argsort(leading[row, place], kind="stable")
            row, place = row[order], place[order]
        chosen = np.concatenate([block.chosen[row], days[place][:, None]], axis=1)
        return self._distinct(
            _Block(chosen, block.sums[row] + self._lanes[days[place]], onward[place])
        )

    def _distinct(self, block: _Block) -> _Block:
        """Leave out rows that another one makes superfluous."""
        if not self._limits.all_lanes:
            return block
        mixed = block.sums @ np.multiply.accumulate(np.full(len(self._caps), _MIX))
        order = np.lexsort((block.onward, mixed))
        before, after = order[:-1], order[1:]
        superfluous = (block.sums[before] == block.sums[after]).all(axis=1)
        if self._earliest:
            superfluous &= before < after
        keep = np.ones(len(order), bool)
        keep[after[superfluous]] = False
        return block.rows(np.flatnonzero(keep))

    def _arrive(self, chosen: Ints) -> None:
        """Take the best of whole choices."""
        rows = 1 + _ROOM // self._limits.costs.shape[1]
        for first in range(0, len(chosen), rows):
            if self.steps > 0 and not self.finished:
                self._take_best(chosen[first : first + rows])

    def _take_best(self, chosen: Ints) -> None:
        limits = self._limits
        sums = np.zeros((len(chosen), len(limits.caps)), np.int64)
        for days in chosen.T:
            sums += limits.costs[days]
        self.steps -= chosen.shape[1] * sums.size // 4
        # Large groups have limits that are no lanes.
        sound = np.flatnonzero((sums <= limits.caps).all(axis=1))
        if not len(sound):
            return
        if self._earliest:
            self.found, self.finished = chosen[sound[0]], True
            return
        levels = sums[sound, -limits.many :].max(axis=1)
        best = int(levels.argmin())
        level = int(levels[best])
        self.found, self.finished = chosen[sound[best]], level <= self._enough
        self._limits = limits.at_most(level - 1)
        self._caps = self._limits.lane_caps()
