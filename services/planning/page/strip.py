"""The semester at a glance: one mark per date, month by month."""

from dataclasses import dataclass
from datetime import date

from scheduler.model.answer import Outcome, PlannedDate, Proposal
from services.planning.page.marks import OUTCOMES, Mark
from services.planning.page.words import counted, full_day, month


@dataclass(frozen=True, slots=True)
class Dot:
    """One date: the day of the month, and its mark."""

    day: int
    full: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the semester; one without dates is drawn too, so that time keeps its scale."""

    name: str
    dots: tuple[Dot, ...]


def strip(proposal: Proposal) -> list[Month]:
    """Lay out the dates of a proposal from its first month to its last."""
    found: dict[int, list[Dot]] = {}
    for each in sorted(proposal.dates, key=lambda each: each.start):
        found.setdefault(_number(each.day), []).append(_dot(each))
    return [
        Month(month(date(number // 12, number % 12 + 1, 1)), tuple(found.get(number, ())))
        for number in range(min(found), max(found) + 1)
    ]


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _dot(planned: PlannedDate) -> Dot:
    return Dot(planned.day.day, full_day(planned.day), OUTCOMES[planned.outcome])


def tally(proposal: Proposal) -> list[tuple[Mark, str]]:
    """Count the dates per outcome, those that occur: "4 kept", "1 moved"."""
    counts = {key: sum(each.outcome is key for each in proposal.dates) for key in OUTCOMES}
    return [(OUTCOMES[key], f"{many} {key.value}") for key, many in counts.items() if many]


def holding(proposal: Proposal) -> tuple[int, int]:
    """How many dates hold, of how many: those the term has no room for are counted as well."""
    lost = (Outcome.SHORT, Outcome.SKIPPED)
    good = sum(each.outcome not in lost for each in proposal.dates)
    return good, max(len(proposal.dates), good + proposal.score.lost_dates)


def no_room(proposal: Proposal) -> str:
    """Say how many of the dates wanted the term has no room for."""
    lacking = holding(proposal)[1] - len(proposal.dates)
    return f"The term has no room for {counted(lacking, 'more date')}." if lacking else ""
