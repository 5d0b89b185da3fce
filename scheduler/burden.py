"""What a meeting asks of people: minutes outside the hours they prefer."""

from dataclasses import dataclass

import numpy as np

from scheduler.availability import Words, by_week, unpack
from scheduler.grid import Grid
from scheduler.model.problem import Problem
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

        attending  (cells + 1) x W, who attends each cell
        cells      k x T, the cells held by each of k lists of dates
        returns    k x members
        """
        members = len(self.kind)
        step = max(1, _AT_ONCE // max(1, cells.shape[1] * members))
        parts = [
            self._totals(attending, cells[begin : begin + step])
            for begin in range(0, len(cells), step)
        ]
        return np.concatenate(parts)

    def _totals(self, attending: Words, cells: Ints) -> Ints:
        there = unpack(attending[cells], len(self.kind))
        totals = np.zeros((len(cells), len(self.kind)), np.int64)
        for kind, minutes in enumerate(self.minutes):
            who = np.flatnonzero(self.kind == kind)
            if len(who) and minutes[cells].any():
                totals[:, who] = np.einsum("ktm,kt->km", there[:, :, who], minutes[cells])
        return totals


def burden(problem: Problem, grid: Grid) -> Burden:
    """Measure every cell against every kind of preferred hours, by the members' wall clocks."""
    length = problem.meeting.minutes * 60
    starts = grid.utc.ravel()
    kinds = [np.zeros(len(starts) + 1, np.int64)]  # kind 0: prefers any hour
    kind = np.zeros(len(problem.members), np.int64)
    for spans, who in by_week(problem, grid, lambda member: member.preferred):
        kind[who] = len(kinds)
        inside = spans.seconds_before(starts + length) - spans.seconds_before(starts)
        kinds.append(np.append((length - inside) // 60, 0))
    return Burden(np.stack(kinds), kind)
