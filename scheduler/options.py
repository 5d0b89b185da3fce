"""What each place a date may be held at contributes to the score."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from scheduler.burden import Burden
from scheduler.grid import Grid
from scheduler.lanes import guards, nowhere_more, pack_counts, pack_minutes
from scheduler.sets import Words, unpack
from scheduler.spans import Ints

NOT_HELD = -1  # a cell number: the last row of every table of cells, which is empty


class Option(NamedTuple):
    """One place for one date; sums of options are scores of semesters.

    start    UTC seconds; 0 where the date is not held
    absent   who is known not to attend, a lane of 1 byte a member
    burden   minutes outside preferred hours, a lane of 32 bits a member
    """

    cell: int
    start: int
    absent: int
    attendance: int
    late: int
    protections: int
    burden: int
    minutes: int


@dataclass(frozen=True, eq=False)
class Tables:
    """What every cell contributes; the last cell is empty and stands for a date not held.

    attending, absent             W x (cells + 1)
    expected, late, protections   cells + 1
    """

    grid: Grid
    members: int
    attending: Words
    absent: Words
    expected: Ints
    late: Ints
    protections: Ints
    burden: Burden

    @cached_property
    def _starts(self) -> Ints:
        return np.append(self.grid.utc.ravel(), 0)

    @cached_property
    def _guards(self) -> int:
        return guards(self.members)

    def options(self, cells: Ints) -> list[Option]:
        """Describe these cells, in their order."""
        minutes = self.burden.totals(self.attending, cells[:, None])
        return [
            Option(*each)
            for each in zip(
                cells.tolist(),
                self._starts[cells].tolist(),
                pack_counts(unpack(self.absent[:, cells], self.members)),
                self.expected[cells].tolist(),
                self.late[cells].tolist(),
                self.protections[cells].tolist(),
                pack_minutes(minutes),
                minutes.sum(axis=1).tolist(),
                strict=True,
            )
        ]

    def worth_trying(self, cells: Ints) -> list[Option]:
        """Describe these cells, without those that another one makes superfluous.

        A place is superfluous when exchanging it for another one always makes a better semester:
        nobody is absent who was not, and either more attend, or as many and fewer are asked for
        late, or at all; or all that is level, nobody's burden is larger, and the sum of burdens
        is smaller or the hour no later.
        """
        if not len(cells):
            return []
        cells = cells[np.argsort(self._starts[cells], kind="stable")]
        alike = np.concatenate(
            [
                self.absent[:, cells].astype(np.int64),
                self.attending[:, cells].astype(np.int64),
                self.burden.minutes[:, cells],
                self.late[None, cells],
                self.protections[None, cells],
            ]
        )
        _, first = np.unique(alike, axis=1, return_index=True)  # the earliest of equals
        kept: list[Option] = []
        for option in sorted(self.options(cells[first]), key=_best_first):
            if not self._superfluous(option, kept):
                kept.append(option)
        return kept

    def _superfluous(self, option: Option, better: Sequence[Option]) -> bool:
        """Whether one of those that come before it, best first, does as well."""
        present, guard = ~option.absent, self._guards
        return any(
            not other.absent & present
            and (
                other[3:6] != option[3:6]
                or (
                    (other.minutes < option.minutes or other.start <= option.start)
                    and nowhere_more(other.burden, option.burden, guard)
                )
            )
            for other in better
        )


def _best_first(option: Option) -> tuple[int, ...]:
    """Order in which no option comes before one that makes it superfluous."""
    return (
        -option.attendance,
        option.late,
        option.protections,
        option.minutes,
        option.start,
        option.cell,
    )
