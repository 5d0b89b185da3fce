"""Scores that patterns cannot beat, many at once; exact for patterns without moves.

The moved dates of a pattern are taken at their best in every respect at once, as if each could
be held where nobody in particular is absent, where most attend and where least is to be asked.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scheduler.field import Field
from scheduler.options import NOT_HELD
from scheduler.reach import Reach
from scheduler.spans import Ints
from scheduler.tally import most_often

_AT_ONCE = 1 << 21  # words looked at together
_Number = TypeVar("_Number", np.int64, np.uint64)


def of(field: Field, number: int, patterns: Ints) -> Ints:
    """Column `number` of the score, counted from worst_absences on, for some patterns."""
    words = field.days.shape[1] * len(field.tables.absent)
    step = max(1, _AT_ONCE // words)
    column = _COLUMNS[number]
    parts = [column(field, patterns[at : at + step]) for at in range(0, len(patterns), step)]
    return np.concatenate(parts)


def _worst_absences(field: Field, patterns: Ints) -> Ints:
    cells, moved, perhaps = _dates(field, patterns)
    absent = field.tables.absent[:, cells]
    if moved.any():
        there = _within_reach(field, patterns, lambda reach: reach.absent)
        absent = np.where(moved, np.where(perhaps, absent & there, there), absent)
    return most_often(absent)


def _attendance(field: Field, patterns: Ints) -> Ints:
    return -_total(field, patterns, field.tables.expected, lambda reach: reach.expected, np.maximum)


def _late(field: Field, patterns: Ints) -> Ints:
    return _total(field, patterns, field.tables.late, lambda reach: reach.late, np.minimum)


def _protections(field: Field, patterns: Ints) -> Ints:
    tables = field.tables
    return _total(field, patterns, tables.protections, lambda reach: reach.protections, np.minimum)


def _largest_burden(field: Field, patterns: Ints) -> Ints:
    return np.asarray(_burdens(field, patterns).max(axis=1))


def _burden(field: Field, patterns: Ints) -> Ints:
    return np.asarray(_burdens(field, patterns).sum(axis=1))


_COLUMNS = [_worst_absences, _attendance, _late, _protections, _largest_burden, _burden]


def _dates(field: Field, patterns: Ints) -> tuple[Ints, NDArray[np.bool_], NDArray[np.bool_]]:
    """Patterns x T: the cells, which of them may be moved, and which of those may stay."""
    moved = field.moving(patterns) & (field.moves[patterns] > 0)[:, None]
    return field.held(patterns), moved, moved & ~field.all_move[patterns][:, None]


def _total(
    field: Field,
    patterns: Ints,
    table: Ints,
    elsewhere: Callable[[Reach], Ints],
    better: np.ufunc,
) -> Ints:
    cells, moved, perhaps = _dates(field, patterns)
    here = table[cells]
    if moved.any():
        there = _within_reach(field, patterns, elsewhere)
        here = np.where(moved, np.where(perhaps, better(here, there), there), here)
    return np.asarray(here.sum(axis=1))


def _burdens(field: Field, patterns: Ints) -> Ints:
    """Patterns x members; a date that may be moved need not burden anyone."""
    cells, moved, _ = _dates(field, patterns)
    return field.tables.burden.totals(field.tables.attending, np.where(moved, NOT_HELD, cells))


def _within_reach(
    field: Field, patterns: Ints, table: Callable[[Reach], NDArray[_Number]]
) -> NDArray[_Number]:
    """... x patterns x T: the best of a date's reach, by the day it has in the pattern."""
    tables = {days: table(reach) for days, reach in field.reaches.items()}
    rows = field.row[patterns]
    found = [tables[field.most_days[row]][..., field.days[row]] for row in rows]
    return np.stack(found, axis=-2)
