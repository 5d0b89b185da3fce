"""What plans of the same group have in common, kept from one to the next.

A group is planned again and again: with a relaxation tried, with one person's calendar changed.
The grid depends on the term, the meeting and the windows alone, and of the availability only the
block of 64 in which somebody changed has to be found anew.
"""

from collections.abc import Sequence

from scheduler.availability import Availability, Block, block_of, in_blocks
from scheduler.field import Field, field_of
from scheduler.grid import Grid, grid_of
from scheduler.hours import Hourbook
from scheduler.model.cadence import Spread
from scheduler.model.problem import Member, Problem
from scheduler.overlap import Cells
from scheduler.patterns import rows

_MOST = 24  # layouts kept; a problem and its relaxations need about a dozen


class Layouts:
    """Fields of problems that differ in a few things."""

    def __init__(self) -> None:
        self._layouts: dict[object, _Layout] = {}

    def field(self, problem: Problem) -> Field:
        """Lay out a problem. Raises NoPattern when there is no day or start to meet on."""
        key = (
            problem.zone,
            problem.planning_date,
            problem.start,
            problem.end,
            problem.meeting,
            problem.windows,
            problem.blackouts,
        )
        # Taken out and put back: the one unused for longest stands first.
        layout = self._layouts.pop(key, None) or _Layout(problem)
        self._layouts[key] = layout
        if len(self._layouts) > _MOST:
            del self._layouts[next(iter(self._layouts))]
        patterns = [] if isinstance(problem.cadence, Spread) else rows(problem, layout.grid)
        return field_of(problem, layout.grid, layout.availability(problem), patterns)


class _Layout:
    def __init__(self, problem: Problem) -> None:
        self.grid: Grid = grid_of(problem)
        self._cells, self._book = Cells(self.grid), Hourbook(problem, self.grid)
        self._blocks: list[tuple[Sequence[Member], Block]] = []

    def availability(self, problem: Problem) -> Availability:
        """Find the blocks whose members are not those of the last time."""
        known = {tuple(map(id, people)): block for people, block in self._blocks}
        self._blocks = [
            (people, known.get(tuple(map(id, people))) or self._block(problem, people))
            for people in in_blocks(problem.members)
        ]
        return Availability([block for _, block in self._blocks], problem.quorum.counts)

    def _block(self, problem: Problem, people: Sequence[Member]) -> Block:
        return block_of(problem, self.grid, self._cells, self._book, people)
