"""Busy time as it was read, unmerged, in columns: two instants and a kind, no room for text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.busytime import NOTHING, BusyTime

KINDS: Final = tuple(Kind)  # a row's kind is its place here: only ever add at the end
_CLINICAL = KINDS.index(Kind.PROTECTABLE)
_CLASS = np.array([0, 0, 1, 2])  # TAKEN, TAKEN, TENTATIVE, CLINICAL, in the order of KINDS


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Rows of (start, end, kind): UTC seconds, start < end, and a place in KINDS; int64, n x 3."""

    rows: NDArray[np.int64]

    @classmethod
    def of(cls, intervals: Iterable[BusyInterval]) -> Self:
        """Put intervals into columns."""
        flat = [(each.start, each.end, KINDS.index(each.kind)) for each in intervals]
        return cls(np.fromiter(chain.from_iterable(flat), np.int64, 3 * len(flat)).reshape(-1, 3))

    @classmethod
    def joined(cls, several: Sequence["Events"]) -> Self:
        """All of several calendars; what stands in two of them stands here twice."""
        rows = [each.rows for each in several]
        return cls(np.concatenate(rows) if rows else np.empty((0, 3), np.int64))

    def __len__(self) -> int:
        return len(self.rows)

    def within(self, span: tuple[int, int]) -> "Events":
        """Those that overlap [from, to), UTC seconds, whole."""
        return Events(self.rows[(self.rows[:, 0] < span[1]) & (self.rows[:, 1] > span[0])])

    def clinical(self) -> "Events":
        """The same times, all of them clinical."""
        rows = self.rows.copy()
        rows[:, 2] = _CLINICAL
        return Events(rows)

    def intervals(self) -> list[BusyInterval]:
        """Row by row."""
        return [BusyInterval(start, end, KINDS[kind]) for start, end, kind in self.rows.tolist()]

    def busy_time(self) -> BusyTime:
        """What the planner looks at; the same as `BusyTime.of` makes of the intervals."""
        if not len(self.rows):
            return NOTHING
        start, end = self.rows[:, 0], self.rows[:, 1]
        group = _CLASS[self.rows[:, 2]]
        pair = start + 1j * end  # exact: both are far below 2^53
        clinic = group == 2
        kept = clinic | ~np.isin(pair, pair[clinic])
        order = np.lexsort((end[kept], start[kept], group[kept]))
        sorted_rows = np.column_stack((group[kept], start[kept], end[kept]))[order]
        fresh = np.ones(len(sorted_rows), bool)
        fresh[1:] = (sorted_rows[1:] != sorted_rows[:-1]).any(axis=1)
        group, start, end = np.ascontiguousarray(sorted_rows[fresh].T)
        return BusyTime(start, end, group)
