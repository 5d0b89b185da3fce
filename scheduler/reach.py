"""Where failing dates may go: every place within so many days that does not fail."""

from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scheduler.options import Option, Tables
from scheduler.sets import Words
from scheduler.spans import Ints

_Number = TypeVar("_Number", np.int64, np.uint64)
_FAR = np.iinfo(np.int64).max


class Reach:
    """The places that dates may be moved to, at most `most_days` local days away.

    holds  D x S: where a meeting may start and does not fail
    """

    def __init__(self, tables: Tables, holds: NDArray[np.bool_], most_days: int) -> None:
        self._tables, self._holds, self._most_days = tables, holds, most_days
        self._options: dict[int, list[Option]] = {}

    @cached_property
    def _edges(self) -> tuple[Ints, Ints]:
        """Per day the first index of the days in reach and the one after the last."""
        days, far = self._tables.grid.days, self._most_days
        first = np.searchsorted(days, days - far, side="left")
        if not far:
            return first, first  # dates may not move, not even to another hour
        return first, np.searchsorted(days, days + far, side="right")

    @cached_property
    def _near(self) -> list[slice]:
        """Per day the indexes of the days in reach."""
        first, last = self._edges
        return [slice(*each) for each in zip(first.tolist(), last.tolist(), strict=True)]

    @cached_property
    def movable(self) -> NDArray[np.bool_]:
        """D: whether a date of that day has anywhere to go."""
        first, last = self._edges
        some = np.concatenate(([0], np.cumsum(self._holds.any(axis=1))))
        return np.asarray(some[last] > some[first])

    def options(self, day: int) -> list[Option]:
        """The places worth trying for a date of that day."""
        if day not in self._options:
            near = self._near[day]
            cells = np.flatnonzero(self._holds[near]) + near.start * self._holds.shape[1]
            self._options[day] = self._tables.worth_trying(cells)
        return self._options[day]

    @cached_property
    def absent(self) -> Words:
        """W x D: who is absent wherever a date of that day is moved."""
        by_cell = self._by_cell(self._tables.absent)
        everyone = np.uint64(np.iinfo(np.uint64).max)
        by_day = np.bitwise_and.reduce(np.where(self._holds, by_cell, everyone), axis=2)
        near = [np.bitwise_and.reduce(by_day[:, near], axis=1) for near in self._near]
        return np.stack(near, axis=1)

    @cached_property
    def expected(self) -> Ints:
        """D: the most who attend anywhere in reach."""
        return -self._least(-self._tables.expected)

    @cached_property
    def late(self) -> Ints:
        return self._least(self._tables.late)

    @cached_property
    def protections(self) -> Ints:
        return self._least(self._tables.protections)

    def _least(self, table: Ints) -> Ints:
        """D: the least value anywhere in reach; where nowhere is, one that is never looked at."""
        by_day = np.where(self._holds, self._by_cell(table), _FAR).min(axis=1)
        return np.array([by_day[near].min(initial=_FAR) for near in self._near])

    def _by_cell(self, table: NDArray[_Number]) -> NDArray[_Number]:
        return table[..., :-1].reshape(*table.shape[:-1], *self._holds.shape)
