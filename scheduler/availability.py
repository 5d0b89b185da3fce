"""Where every member stands at every cell of the grid, one bit a member in 64-bit words.

A cell is hit by a busy interval when the meeting, widened by its margins, overlaps it; the cells
hit are a run of neighbours. So each interval costs two look-ups, runs of one person are joined,
each puts its bit where it begins and takes it away where it ends, and one running sum over the
grid gives the union for 64 people at a time: the sum never carries, because a person's runs do
not overlap.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scheduler.grid import Grid
from scheduler.model.busytime import NOTHING
from scheduler.model.problem import Member, Problem, State
from scheduler.model.week import Week
from scheduler.spans import Ints, Spans
from scheduler.wallclock import DAY_SECONDS, WallClock, days_since_epoch, wall_clock

Words = NDArray[np.uint64]
_GROUPS = 3  # taken, tentative, clinical


@dataclass(frozen=True, eq=False)
class Availability:
    """Sets of members as words: bit m % 64 of word m // 64 is member m. W words a set.

    states     per State, D x S x W: the members in that state
    attending  D x S x W: the members whose state counts
    absent     D x S x W: the members whose state is known and does not count
    late       D x W: the members of whom a protection asked for on that day is late
    """

    states: dict[State, Words]
    counts: frozenset[State]
    late: Words

    @cached_property
    def attending(self) -> Words:
        return _union(self.states[state] for state in State if state in self.counts)

    @cached_property
    def absent(self) -> Words:
        aside = {*self.counts, State.UNKNOWN}
        return _union(self.states[state] for state in State if state not in aside)

    @cached_property
    def asked(self) -> Words:
        """D x S x W: the members whose clinic must be asked."""
        protectable = self.states[State.PROTECTABLE]
        return protectable if State.PROTECTABLE in self.counts else np.zeros_like(protectable)


def availability(problem: Problem, grid: Grid) -> Availability:
    """Find every member's state at every cell of the grid."""
    members = problem.members
    shape = (*grid.utc.shape, words_for(len(members)))
    taken, tentative, clinical = _overlaps(problem, grid).reshape(_GROUPS, *shape)
    off = _off_hours(problem, grid).reshape(shape)
    unknown = _unknown(problem, grid).reshape(shape)
    notice = days_of_notice(problem, grid)
    askable = _meeting(notice, [min((t.days for t in m.notice), default=None) for m in members])
    routine = _meeting(notice, [max((t.days for t in m.notice), default=None) for m in members])
    hard = taken | (clinical & (tentative | ~askable[:, None]))

    states: dict[State, Words] = {State.OFF_HOURS: off}
    seen = off
    for state, holds in (
        (State.BUSY, hard),
        (State.UNKNOWN, unknown),
        (State.TENTATIVE, tentative),
        (State.PROTECTABLE, clinical),
        (State.FREE, everyone(len(members))),
    ):
        states[state] = np.asarray(holds & ~seen, np.uint64)
        seen = seen | states[state]
    return Availability(states, problem.quorum.counts, ~routine)


def words_for(members: int) -> int:
    """How many 64-bit words hold a set of that many members."""
    return -(-members // 64)


def members_set(members: Iterable[int], size: int) -> Words:
    """Put these members into a set of W words."""
    words = np.zeros(words_for(size), np.uint64)
    for member in members:
        words[member // 64] |= np.uint64(1) << np.uint64(member % 64)
    return words


def everyone(size: int) -> Words:
    """The set of all members."""
    return members_set(range(size), size)


def unpack(sets: Words, size: int) -> NDArray[np.uint8]:
    """Spread sets (... x W) into one 0 or 1 per member (... x size)."""
    octets = np.ascontiguousarray(sets).astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=size, bitorder="little")


def count(sets: Words) -> Ints:
    """How many members each set holds."""
    counted: Ints = np.bitwise_count(sets).sum(axis=-1, dtype=np.int64)
    return counted


def days_of_notice(problem: Problem, grid: Grid) -> Ints:
    """Days between planning and each day of the grid."""
    return grid.days - days_since_epoch(problem.planning_date)


def member_clock(problem: Problem, member: Member) -> WallClock:
    """The member's wall clock, right until the last meeting of the term has ended."""
    after = timedelta(minutes=problem.meeting.minutes)
    return wall_clock(member.zone, problem.start, problem.end + after)


def _union(sets: Iterable[Words]) -> Words:
    first, *rest = sets
    union = first.copy()
    for each in rest:
        union |= each
    return union


class _Cells:
    """The cells in the order of time, found by arithmetic: a table over steps of equal length.

    No step is longer than the least distance between two cells, so the cell sought is the first
    of its step or the next one. Clock changes can put cells out of the grid's order, or two on
    one instant; then the instants are sorted and `back` remembers whose is whose.
    """

    def __init__(self, grid: Grid) -> None:
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
        """Values in the order of time (... x cells x W), back in the grid's order."""
        return values if self._back is None else values[..., self._back, :]


def _overlaps(problem: Problem, grid: Grid) -> Words:
    """Per class of busy time, cells x W: whose time overlaps the meeting with its margins."""
    meeting, cells = problem.meeting, _Cells(grid)
    known = [member.busy or NOTHING for member in problem.members]
    line = np.repeat(np.arange(len(known)) * _GROUPS, [len(each.start) for each in known])
    line += np.concatenate([each.group for each in known])
    length = (meeting.minutes + meeting.after) * 60  # a meeting just that much earlier touches
    first = cells.not_before(np.concatenate([each.start for each in known]) - length + 1)
    end = cells.not_before(np.concatenate([each.end for each in known]) + meeting.before * 60)
    runs = _runs(line, first, end, cells.size)
    return cells.on_grid(_bits(*runs, len(known), cells.size))


def _runs(line: Ints, first: Ints, end: Ints, size: int) -> tuple[Ints, Ints, Ints]:
    """Join runs of cells that touch; rows are sorted by line, then first cell."""
    spans = Spans.join(line * (size + 2) + first, line * (size + 2) + end)
    lines = spans.starts // (size + 2)
    return lines, spans.starts - lines * (size + 2), spans.ends - lines * (size + 2)


def _bits(line: Ints, first: Ints, end: Ints, members: int, size: int) -> Words:
    """Classes x cells x W from runs of cells, each on the line of one member and class."""
    member, group = np.divmod(line, _GROUPS)
    width = words_for(members)
    bit = np.left_shift(np.uint64(1), (member % 64).astype(np.uint64))
    changes = np.zeros((_GROUPS, size + 1, width), np.uint64)
    place = group * (size + 1) * width + member // 64
    np.add.at(changes.reshape(-1), place + first * width, bit)
    np.subtract.at(changes.reshape(-1), place + end * width, bit)
    return np.cumsum(changes, axis=1, dtype=np.uint64)[:, :size]


def _off_hours(problem: Problem, grid: Grid) -> Words:
    """Cells x W: whose hours, by their real wall clock, do not hold the whole meeting."""
    width = words_for(len(problem.members))
    off = np.zeros((grid.utc.size, width), np.uint64)
    for spans, who in by_week(problem, grid, lambda member: member.hours):
        inside = _wholly_inside(spans, grid.utc.ravel(), problem.meeting.minutes * 60)
        off |= np.where(inside[:, None], np.uint64(0), members_set(who, len(problem.members)))
    return off


def _wholly_inside(spans: Spans, starts: Ints, length: int) -> NDArray[np.bool_]:
    ends = np.append(spans.ends, np.iinfo(np.int64).min)
    at = np.searchsorted(spans.starts, starts, side="right") - 1  # -1: before the first span
    return ends[at] >= starts + length


def by_week(
    problem: Problem, grid: Grid, week_of: Callable[[Member], Week]
) -> Iterable[tuple[Spans, list[int]]]:
    """Members who share a zone and hours, with those hours in UTC; "always" is left out."""
    alike: dict[tuple[str, Week], list[int]] = defaultdict(list)
    for index, member in enumerate(problem.members):
        alike[member.zone, week_of(member)].append(index)
    start, end = int(grid.utc.min()), int(grid.utc.max()) + problem.meeting.minutes * 60
    for (_, week), who in alike.items():
        if not week.always:
            clock = member_clock(problem, problem.members[who[0]])
            yield clock.spans(week, start - DAY_SECONDS, end + DAY_SECONDS), who


def _unknown(problem: Problem, grid: Grid) -> Words:
    """Cells x W: of whom nothing is known at the end of the meeting with its margin."""
    size = len(problem.members)
    never = [index for index, member in enumerate(problem.members) if member.busy is None]
    unknown = np.broadcast_to(members_set(never, size), (grid.utc.size, words_for(size))).copy()
    length = (problem.meeting.minutes + problem.meeting.after) * 60
    for index, member in enumerate(problem.members):
        if member.known_until is not None:
            midnight = np.array([(days_since_epoch(member.known_until) + 1) * DAY_SECONDS])
            known = member_clock(problem, member).to_utc(midnight)[0]
            beyond = grid.utc.ravel() + length > known
            unknown |= np.where(beyond[:, None], members_set([index], size), np.uint64(0))
    return unknown


def _meeting(notice: Ints, days: list[int | None]) -> Words:
    """D x W: who can be asked so many days ahead; None: nobody knows how."""
    needed = np.array([np.iinfo(np.int64).max if each is None else each for each in days])
    met = (notice[:, None] >= needed) & (notice[:, None] >= 0)
    padded = np.zeros((len(notice), words_for(len(days)) * 64), np.uint8)
    padded[:, : len(days)] = met
    return np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)
