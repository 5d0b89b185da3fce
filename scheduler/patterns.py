"""Every pattern of a cadence: rows of days, each to be met at any start its weekday opens."""

from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.errors import NoPattern
from scheduler.grid import Grid, date_of
from scheduler.model.cadence import Cadence, Monthly, Once, Ordinals, Spread, Weekly
from scheduler.model.problem import Problem
from scheduler.wallclock import days_since_epoch


@dataclass(frozen=True, slots=True)
class Row:
    """The days of one pattern, whatever its hour.

    days     indexes into the grid's days, ascending, never empty
    weekday  0 is Monday; None for a spread
    every, phase, ordinals  as the cadence has them, else None
    missing  dates wanted (`count`) that the term does not have
    """

    kind: str
    days: tuple[int, ...]
    weekday: int | None
    every: int | None = None
    phase: int | None = None
    ordinals: Ordinals | None = None
    missing: int = 0


def rows(problem: Problem, grid: Grid) -> list[Row]:
    """List the rows of the problem's cadence; of rows with equal days the first counts.

    Raises NoPattern when the term has no day for any of them.
    """
    different: dict[tuple[int, ...], Row] = {}
    for row in _rows(problem.cadence, problem, grid):
        if row.days:
            different.setdefault(row.days, row)
    if not different:
        raise NoPattern(
            "The term has no day on which this cadence and the windows can meet",
            remedy="lengthen the term, open more weekdays or take days out of the blackouts",
        )
    return list(different.values())


def _rows(cadence: Cadence, problem: Problem, grid: Grid) -> Iterator[Row]:
    match cadence:
        case Once():
            for index, weekday in enumerate(grid.weekdays):
                if not grid.blackout[index]:
                    yield Row("once", (index,), int(weekday))
        case Weekly():
            yield from _weekly(cadence, problem, grid)
        case Monthly():
            yield from _monthly(cadence, grid)
        case Spread():
            pass  # chooses its own days: see scheduler/spreading.py


def _weekly(cadence: Weekly, problem: Problem, grid: Grid) -> Iterator[Row]:
    first, last = days_since_epoch(problem.start), days_since_epoch(problem.end)
    for weekday in _open_weekdays(grid):
        for phase in range(cadence.every):
            begin = first + (weekday - (first + 3)) % 7 + 7 * phase
            days = range(begin, last + 1, 7 * cadence.every)[: cadence.count]
            yield Row(
                "weekly",
                tuple(grid.index[day] for day in days),
                weekday,
                every=cadence.every,
                phase=phase,
                missing=(cadence.count or 0) and cadence.count - len(days),
            )


def _monthly(cadence: Monthly, grid: Grid) -> Iterator[Row]:
    for weekday in _open_weekdays(grid):
        by_ordinal = _ordinal_days(grid, weekday)
        for ordinals in cadence.choices:
            days = sorted({day for each in ordinals for day in by_ordinal.get(each, ())})
            kept = days[: cadence.count]
            yield Row(
                "monthly",
                tuple(kept),
                weekday,
                ordinals=ordinals,
                missing=(cadence.count or 0) and cadence.count - len(kept),
            )


def _ordinal_days(grid: Grid, weekday: int) -> dict[int, list[int]]:
    """Per ordinal the indexes of its days; a day late in its month is the last one as well."""
    found: dict[int, list[int]] = {}
    for index in (grid.weekdays == weekday).nonzero()[0]:
        day = date_of(grid.days[index])
        found.setdefault((day.day - 1) // 7 + 1, []).append(int(index))
        if date_of(grid.days[index] + 7).month != day.month:
            found.setdefault(-1, []).append(int(index))
    return found


def _open_weekdays(grid: Grid) -> list[int]:
    return [day for day in range(7) if grid.opens[day].any()]
