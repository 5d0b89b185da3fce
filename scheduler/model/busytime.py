"""What is known of one person's time, in columns: three numbers a row, no room for text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduler.model.busy import BusyInterval, Kind

TAKEN: Final = 0  # busy or unavailable
TENTATIVE: Final = 1
CLINICAL: Final = 2  # can be protected

_CLASS = {
    Kind.BUSY: TAKEN,
    Kind.UNAVAILABLE: TAKEN,
    Kind.TENTATIVE: TENTATIVE,
    Kind.PROTECTABLE: CLINICAL,
}


@dataclass(frozen=True, slots=True, eq=False)
class BusyTime:
    """Rows sorted by class, then start; rows may overlap.

    start, end  UTC seconds, start < end
    group       TAKEN, TENTATIVE or CLINICAL
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    group: NDArray[np.int64]

    @property
    def has_clinic(self) -> bool:
        """Whether any of it is clinical time."""
        return len(self.group) > 0 and bool(self.group[-1] == CLINICAL)  # sorted by class

    @classmethod
    def of(cls, intervals: Iterable[BusyInterval]) -> "BusyTime":
        """Sort events, as they were read, into columns.

        The same clinic session often stands in the ordinary calendar too: an ordinary event with
        the start and end of a clinical one is that clinical one.
        """
        events = set(intervals)
        clinical = {event[:2] for event in events if event.kind is Kind.PROTECTABLE}
        rows = sorted(
            (_CLASS[event.kind], event.start, event.end)
            for event in events
            if event.kind is Kind.PROTECTABLE or event[:2] not in clinical
        )
        return cls.from_rows(rows)

    @classmethod
    def from_rows(cls, rows: Sequence[tuple[int, int, int]]) -> "BusyTime":
        """Take rows of (class, start, end) that are sorted already."""
        table = np.fromiter(chain.from_iterable(rows), np.int64, 3 * len(rows)).reshape(-1, 3)
        group, start, end = np.ascontiguousarray(table.T)
        return cls(start, end, group)


NOTHING = BusyTime.from_rows([])
