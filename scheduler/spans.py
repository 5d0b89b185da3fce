"""Sets of instants as sorted, disjoint, half-open spans in two arrays of UTC seconds."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """`starts[i] <= t < ends[i]`; both ascending, never touching."""

    starts: Ints
    ends: Ints

    @classmethod
    def join(cls, starts: Ints, ends: Ints) -> "Spans":
        """Join spans, sorted by start, where they touch or overlap; empty ones vanish."""
        real = starts < ends
        starts, ends = starts[real], ends[real]
        if not len(starts):
            return cls(starts, ends)
        reach = np.maximum.accumulate(ends)
        first = np.flatnonzero(np.concatenate(([True], starts[1:] > reach[:-1])))
        last = np.append(first[1:], len(starts)) - 1
        return cls(starts[first], reach[last])

    def seconds_before(self, instants: Ints) -> Ints:
        """Count the seconds of the set that lie before each instant."""
        lengths = np.concatenate(([0], np.cumsum(self.ends - self.starts)))
        ended = np.searchsorted(self.ends, instants, side="right")
        padded = np.append(self.starts, np.iinfo(np.int64).max)
        within: Ints = np.maximum(instants - padded[ended], 0)
        return lengths[ended] + within
