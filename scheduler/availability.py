"""Where every member stands at every cell of the grid, in blocks of 64 people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scheduler.grid import Grid, grid_of
from scheduler.hours import Hourbook
from scheduler.model.problem import Member, Problem, State
from scheduler.overlap import Cells, overlaps
from scheduler.sets import WORD, Words, listed, one_word
from scheduler.spans import Ints
from scheduler.wallclock import days_since_epoch


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Up to 64 members: per State, D x S words of those in that state.

    late  D words: those of whom a protection asked for on that day is late
    """

    states: dict[State, Words]
    late: Words


@dataclass(frozen=True, eq=False)
class Availability:
    """Everyone's state; sets of members have W words in front, one a block.

    attending  W x D x S: the members whose state counts
    absent     W x D x S: the members whose state is known and does not count
    asked      W x D x S: the members whose clinic must be asked
    late       W x D: the members of whom a protection asked for on that day is late
    """

    blocks: list[Block]
    counts: frozenset[State]

    @cached_property
    def attending(self) -> Words:
        return self._union(self.counts)

    @cached_property
    def absent(self) -> Words:
        return self._union(set(State) - self.counts - {State.UNKNOWN})

    @cached_property
    def asked(self) -> Words:
        return self._union(self.counts & {State.PROTECTABLE})

    @cached_property
    def late(self) -> Words:
        return np.stack([block.late for block in self.blocks])

    def at(self, day: int, start: int) -> dict[State, Words]:
        """Per state the members (W) in it at one cell."""
        return {
            state: np.array([block.states[state][day, start] for block in self.blocks])
            for state in State
        }

    def _union(self, states: Iterable[State]) -> Words:
        chosen = [state for state in State if state in states]
        shape = self.blocks[0].states[State.FREE].shape
        union = np.zeros((len(self.blocks), *shape), np.uint64)
        for index, block in enumerate(self.blocks):
            for state in chosen:
                union[index] |= block.states[state]
        return union


def availability(problem: Problem, grid: Grid) -> Availability:
    """Find every member's state at every cell of the grid."""
    cells, book = Cells(grid), Hourbook(problem, grid)
    blocks = [block_of(problem, grid, cells, book, people) for people in in_blocks(problem.members)]
    return Availability(blocks, problem.quorum.counts)


def standing(problem: Problem, start: int) -> dict[State, tuple[int, ...]] | None:
    """Find per state the members in it at one start (UTC seconds); None: it is not on the grid.

    Raises NoPattern where nothing is.
    """
    grid = grid_of(problem)
    cells = np.argwhere(grid.utc == start)
    if not len(cells):
        return None
    day, place = cells[0].tolist()
    at = availability(problem, grid).at(day, place)
    return {state: listed(members) for state, members in at.items()}


def in_blocks(members: Sequence[Member]) -> list[Sequence[Member]]:
    """Cut the members into those of one word each."""
    return [members[begin : begin + WORD] for begin in range(0, len(members), WORD)]


def block_of(
    problem: Problem, grid: Grid, cells: Cells, book: Hourbook, members: Sequence[Member]
) -> Block:
    """Find the states of up to 64 members."""
    taken, tentative, clinical = overlaps(problem.meeting, cells, members)
    notice = grid.days - days_since_epoch(problem.planning_date)
    askable = _meeting(notice, [min((t.days for t in m.notice), default=None) for m in members])
    routine = _meeting(notice, [max((t.days for t in m.notice), default=None) for m in members])
    hard = tentative | ~askable[:, None]
    hard &= clinical
    hard |= taken

    states: dict[State, Words] = {}
    left = np.full(grid.utc.shape, one_word(range(len(members))))  # whose state is not found yet
    for state, holds in (
        (State.OFF_HOURS, book.off_hours(members)),
        (State.BUSY, hard),
        (State.UNKNOWN, _unknown(problem, grid, book, members)),
        (State.TENTATIVE, tentative),
        (State.PROTECTABLE, clinical),
    ):
        states[state] = holds & left
        left ^= states[state]
    states[State.FREE] = left
    return Block(states, ~routine)


def _unknown(problem: Problem, grid: Grid, book: Hourbook, members: Sequence[Member]) -> Words:
    """Of whom nothing is known at the end of the meeting with its margin."""
    never = [index for index, member in enumerate(members) if member.busy is None]
    unknown = np.full(grid.utc.shape, one_word(never))
    length = (problem.meeting.minutes + problem.meeting.after) * 60
    for index, member in enumerate(members):
        if member.known_until is not None:
            beyond = grid.utc + length > book.end_of(member.known_until, member.zone)
            unknown |= np.where(beyond, one_word([index]), np.uint64(0))
    return unknown


def _meeting(notice: Ints, days: list[int | None]) -> Words:
    """D words: who can be asked so many days ahead; None: nobody knows how."""
    needed = [np.iinfo(np.int64).max if each is None else each for each in days]
    met: NDArray[np.bool_] = (notice[:, None] >= np.array(needed)) & (notice[:, None] >= 0)
    padded = np.zeros((len(notice), WORD), np.uint8)
    padded[:, : len(days)] = met
    return np.packbits(padded, axis=1, bitorder="little").view("<u8")[:, 0].astype(np.uint64)
