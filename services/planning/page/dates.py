"""The dates of a proposal, one by one: when it is for whom, and what there is to say about it."""

from dataclasses import dataclass

from scheduler.model.answer import Alternative, Outcome, PlannedDate, Proposal
from scheduler.model.problem import Problem
from scheduler.reasons import hhmm
from services.planning.page.marks import OUTCOMES, Mark
from services.planning.page.words import elsewhere, full_day, hours, joined, local, near_day
from services.planning.terminal import coming, span_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A date as the list shows it; what does not apply is empty."""

    full: str
    machine: str  # for <time>
    hours: str
    elsewhere: tuple[str, ...]
    mark: Mark
    coming: str
    moved_from: str
    why: str
    alternatives: tuple[str, ...]


def entries(problem: Problem, proposal: Proposal, cities: dict[str, str]) -> list[Entry]:
    """Write down every date, in order."""
    return [_entry(problem, each, cities) for each in proposal.dates]


def _entry(problem: Problem, planned: PlannedDate, cities: dict[str, str]) -> Entry:
    held = planned.outcome is not Outcome.SKIPPED
    return Entry(
        full=full_day(planned.day),
        machine=local(planned.start, "UTC").strftime("%Y-%m-%dT%H:%MZ"),
        hours=hours(planned.start, planned.end, problem.zone),
        elsewhere=elsewhere(planned.start, problem.zone, cities) if held else (),
        mark=OUTCOMES[planned.outcome],
        coming=coming(problem, planned) if held else "",
        moved_from=_moved_from(problem, planned),
        why=planned.why,
        alternatives=tuple(_alternative(problem, planned, each) for each in planned.alternatives),
    )


def _moved_from(problem: Problem, planned: PlannedDate) -> str:
    if planned.moved_from is None:
        return ""
    before = local(planned.moved_from, problem.zone)
    return f"{near_day(before.date(), planned.day)} {before:%H:%M}"


def _alternative(problem: Problem, planned: PlannedDate, other: Alternative) -> str:
    length = planned.end - planned.start
    day = near_day(local(other.start, problem.zone).date(), planned.day)
    when = hours(other.start, other.start + length, problem.zone)
    size = len(problem.members)
    short = "" if other.expected[0] >= problem.quorum.of(size) else ", short of the quorum as well"
    return f"{day} {when}: {span_of(other.expected)} of {size} can come{short}"


def hour_changes(problem: Problem, proposal: Proposal) -> list[tuple[str, str]]:
    """Tell from when which members meet at another hour; those of one change together."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for each in proposal.hour_changes:
        key = (full_day(each.day), hhmm(each.after), hhmm(each.before))
        together.setdefault(key, []).append(problem.members[each.member].name)
    return [
        (f"From {day} the meeting is at {after} instead of {before} for", joined(names))
        for (day, after, before), names in together.items()
    ]
