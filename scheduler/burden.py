"""What a list of dates asks of people: minutes outside the hours they prefer."""

from dataclasses import dataclass

import numpy as np

from scheduler.grid import Grid
from scheduler.hours import Hourbook
from scheduler.model.problem import Problem
from scheduler.model.week import Week
from scheduler.sets import Words, unpack
from scheduler.spans import Ints

_AT_ONCE = 1 << 22  # members x dates unpacked at a time


@dataclass(frozen=True, eq=False)
class Burden:
    """Per kind of preferred hours, the minutes of each cell's meeting that lie outside them.

    minutes  kinds x (cells + 1); the last cell stands for a date that is not held
    kind     per member
    """

    minutes: Ints
    kind: Ints

    def totals(self, attending: Words, cells: Ints) -> Ints:
        """Minutes per list of dates and member.

        attending  W x (cells + 1), who attends each cell
        cells      k x T, the cells held by each of k lists of dates
        returns    k x members
        """
        step = max(1, _AT_ONCE // max(1, cells.shape[1] * len(self.kind)))
        parts = [
            self._totals(attending, cells[begin : begin + step])
            for begin in range(0, len(cells), step)
        ]
        return np.concatenate(parts)

    def _totals(self, attending: Words, cells: Ints) -> Ints:
        there = unpack(attending[:, cells], len(self.kind))
        totals = np.zeros((len(cells), len(self.kind)), np.int64)
        for kind, minutes in enumerate(self.minutes):
            asked = minutes[cells]
            if asked.any():
                who = np.flatnonzero(self.kind == kind)
                totals[:, who] = np.einsum("ktm,kt->km", there[:, :, who], asked)
        return totals


def burden(problem: Problem, grid: Grid) -> Burden:
    """Measure every cell against every kind of preferred hours, by the members' wall clocks."""
    book = Hourbook(problem, grid)
    kinds: dict[tuple[str, Week], int] = {}
    kind = [kinds.setdefault((m.zone, m.preferred), len(kinds)) for m in problem.members]
    minutes = [np.append(book.outside(*each).ravel(), 0) for each in kinds]
    return Burden(np.stack(minutes), np.array(kind))
