"""Other starts for a date that stays short."""

from collections.abc import Collection

import numpy as np

from scheduler.field import Field
from scheduler.model.answer import Alternative
from scheduler.model.cadence import Spread
from scheduler.model.problem import State
from scheduler.sets import count

_DAYS = 14
_MOST = 3


def alternatives(field: Field, cell: int, held_days: Collection[int]) -> tuple[Alternative, ...]:
    """Find up to three starts within 14 local days, the best first.

    cell       where the short date stands
    held_days  indexes of the days of the proposal's other held dates

    Best is a met quorum, then most expected, then least time away, then earliest.
    """
    grid, flat = field.grid, field.grid.utc.ravel()
    near = np.abs(grid.days - grid.days[cell // len(grid.starts)]) <= _DAYS
    near &= ~_taken(field, held_days)
    cells = np.flatnonzero(grid.open & near[:, None])
    starts, first = np.unique(flat[cells], return_index=True)  # each instant once
    cells = cells[first[starts != flat[cell]]]
    sure = field.tables.expected[cells]
    quorum = field.problem.quorum.of(len(field.problem.members))
    away = np.abs(flat[cells] - flat[cell])
    order = np.lexsort((flat[cells], away, -sure, sure < quorum))[:_MOST]
    return tuple(_alternative(field, int(each)) for each in cells[order])


def _taken(field: Field, held_days: Collection[int]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The days on which, or too near to which, another date is held."""
    cadence, days = field.problem.cadence, field.grid.days
    gap = max(1, cadence.min_gap_days) if isinstance(cadence, Spread) else 1
    taken = np.zeros(len(days), bool)
    for each in held_days:
        taken |= np.abs(days - days[each]) < gap
    return taken


def _alternative(field: Field, cell: int) -> Alternative:
    day, start = divmod(cell, len(field.grid.starts))
    sure = int(field.tables.expected[cell])
    unknown = int(count(field.availability.at(day, start)[State.UNKNOWN]))
    return Alternative(int(field.grid.utc[day, start]), (sure, sure + unknown))
