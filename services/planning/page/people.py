"""Members by dates: who can come when, what each misses, and the quorum line."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from scheduler.model.answer import Outcome, PlannedDate, Proposal
from scheduler.model.problem import Member, Problem, State
from services.planning.page.marks import OUTCOMES, STATES, Mark
from services.planning.page.words import day_and_month, weekday

_WIDE = 27  # dates side by side: half a year of weeks still fits a sheet of paper
_FEW = 9  # dates that leave room for wider columns


@dataclass(frozen=True, slots=True)
class Column:
    """A date: its heading, and how many can come."""

    weekday: str
    day: str
    year: int
    mark: Mark
    held: bool
    number: str  # who can come: "8", or "8-10" where some are not known
    enough: bool
    sure: int
    perhaps: int


@dataclass(frozen=True, slots=True)
class Row:
    """A member: where, what is missed, and a state per date (None where it is skipped)."""

    name: str
    place: str
    required: bool
    misses: int
    unknown: int
    cells: tuple[Mark | None, ...]


@dataclass(frozen=True, slots=True)
class People:
    """One table of at most half a year of weeks."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    part: str  # empty where the table shows every date

    @property
    def room(self) -> str:
        """How wide a column can be."""
        if len(self.columns) <= _FEW:
            return "roomy"
        return "close" if len(self.columns) > 14 else "usual"


def tables(problem: Problem, proposal: Proposal, cities: dict[str, str]) -> list[People]:
    """Lay out a proposal's dates, in as many tables as it takes to keep each printable."""
    dates, whole = proposal.dates, list(_rows(problem, proposal, cities))
    columns = tuple(_column(each) for each in dates)
    parts = -(-len(dates) // _WIDE) or 1
    bounds = [len(dates) * part // parts for part in range(parts + 1)]
    return [
        People(
            columns[begin:end],
            tuple(_cut(row, begin, end) for row in whole),
            "" if parts == 1 else f"dates {begin + 1} to {end} of {len(dates)}",
        )
        for begin, end in pairwise(bounds)
    ]


def seen(proposal: Proposal) -> list[Mark]:
    """The states that occur in a proposal, for the key above its table."""
    found = {state for each in proposal.dates for state, who in each.attendance.items() if who}
    return [mark for state, mark in STATES.items() if state in found]


def _column(planned: PlannedDate) -> Column:
    sure, perhaps = planned.expected
    return Column(
        weekday=weekday(planned.day),
        day=day_and_month(planned.day),
        year=planned.day.year,
        mark=OUTCOMES[planned.outcome],
        held=planned.outcome is not Outcome.SKIPPED,
        number=str(sure) if sure == perhaps else f"{sure}-{perhaps}",
        enough=planned.quorum_met,
        sure=sure,
        perhaps=perhaps - sure,
    )


def _rows(problem: Problem, proposal: Proposal, cities: dict[str, str]) -> Iterator[Row]:
    by_date = [
        {member: state for state, who in each.attendance.items() for member in who}
        for each in proposal.dates
    ]
    for index, member in enumerate(problem.members):
        states = [each.get(index) for each in by_date]
        known = [each for each in states if each not in (None, State.UNKNOWN)]
        yield Row(
            name=member.name,
            place=_place(problem, member, cities),
            required=member.required,
            # As the score counts: an unknown date is nobody's absence.
            misses=sum(each not in problem.quorum.counts for each in known),
            unknown=states.count(State.UNKNOWN),
            cells=tuple(None if each is None else STATES[each] for each in states),
        )


def _place(problem: Problem, member: Member, cities: dict[str, str]) -> str:
    return "" if member.zone == problem.zone else cities[member.zone]


def _cut(row: Row, begin: int, end: int) -> Row:
    cells = row.cells[begin:end]
    return Row(row.name, row.place, row.required, row.misses, row.unknown, cells)
