"""Which cells of the grid busy time hits, for up to 64 people at once.

A cell is hit by a busy interval when the meeting, widened by its margins, overlaps it; the cells
hit are a run of neighbours. So each interval costs two look-ups, runs of one person are joined,
each puts its bit where it begins and takes it away where it ends, and one running sum over the
grid gives the union of everyone: the sum never carries, because a person's runs do not overlap.
"""

from collections.abc import Sequence

import numpy as np

from scheduler.grid import Grid
from scheduler.model.busytime import NOTHING, BusyTime
from scheduler.model.problem import Meeting, Member
from scheduler.sets import Words
from scheduler.spans import Ints, Spans
from scheduler.wallclock import DAY_SECONDS

_GROUPS = 3  # taken, tentative, clinical


class Cells:
    """The cells in the order of time, found by arithmetic: a table over steps of equal length.

    No step is longer than the least distance between two cells, so the cell sought is the first
    of its step or the next one. Clock changes can put cells out of the grid's order, or two on
    one instant; then the instants are sorted and `back` remembers whose is whose.
    """

    def __init__(self, grid: Grid) -> None:
        self._shape = grid.utc.shape
        times, self._back = grid.utc.ravel(), None
        if (times[1:] <= times[:-1]).any():
            times, self._back = np.unique(times, return_inverse=True)
        self.size = len(times)
        self._begin = times[0]
        self._step = int((times[1:] - times[:-1]).min(initial=DAY_SECONDS))
        within = np.bincount((times - self._begin) // self._step)
        self._first = np.concatenate(([0], np.cumsum(within)))
        self._times = np.append(times, np.iinfo(np.int64).max)

    def not_before(self, instants: Ints) -> Ints:
        """The first cell at or after each instant."""
        step = np.clip((instants - self._begin) // self._step, 0, len(self._first) - 1)
        cell: Ints = self._first[step]
        return cell + (self._times[cell] < instants)

    def on_grid(self, values: Words) -> Words:
        """Values in the order of time (n x cells), back on the grid (n x D x S)."""
        ordered = values if self._back is None else values[:, self._back]
        return ordered.reshape(-1, *self._shape)


def overlaps(meeting: Meeting, cells: Cells, members: Sequence[Member]) -> Words:
    """Per class of busy time, D x S words: whose time the meeting with its margins overlaps."""
    runs = _runs(meeting, cells, [member.busy or NOTHING for member in members])
    return cells.on_grid(_bits(runs, cells.size))


def _runs(meeting: Meeting, cells: Cells, known: list[BusyTime]) -> Spans:
    """The cells that busy time hits, as runs on one line: person, then class, then cell."""
    length = (meeting.minutes + meeting.after) * 60  # a meeting just that much earlier touches
    first = cells.not_before(np.concatenate([each.start for each in known]) - (length - 1))
    end = cells.not_before(np.concatenate([each.end for each in known]) + meeting.before * 60)
    line = np.concatenate([each.group for each in known])
    line += np.repeat(np.arange(len(known)) * _GROUPS, [len(each.start) for each in known])
    line *= cells.size + 1
    return Spans.join(line + first, line + end)


def _bits(runs: Spans, size: int) -> Words:
    """Classes x cells from the runs."""
    line, first = np.divmod(runs.starts, size + 1)
    person, group = np.divmod(line, _GROUPS)
    bit = np.left_shift(np.uint64(1), person.astype(np.uint64))
    changes = np.zeros((_GROUPS, size + 1), np.uint64)
    flat, begin = changes.reshape(-1), group * (size + 1)
    np.add.at(flat, begin + first, bit)
    np.subtract.at(flat, begin + runs.ends - line * (size + 1), bit)
    return np.cumsum(changes, axis=1, dtype=np.uint64)[:, :size]
