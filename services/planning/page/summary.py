"""The first lines of the page, and what must happen by when."""

from dataclasses import dataclass
from datetime import date

from scheduler.model.answer import Answer, Notice, PlanBy, Proposal
from scheduler.model.problem import Problem
from services.planning.page.marks import STATUSES, Mark
from services.planning.page.strip import holding
from services.planning.page.words import counted, full_day, joined, local


@dataclass(frozen=True, slots=True)
class Ask:
    """A row of the table for assistants."""

    member: str
    day: str
    ask_by: str
    passed: bool
    status: Mark
    approver: str


def facts(problem: Problem, answer: Answer, cities: dict[str, str]) -> list[str]:
    """The group in one line."""
    return [
        counted(len(problem.members), "member"),
        f"quorum {answer.quorum}",
        f"{full_day(problem.start)} to {full_day(problem.end)}",
        f"planned on {full_day(problem.planning_date)}",
        f"times in {cities[problem.zone]}",
    ]


def verdict(answer: Answer, choose: int) -> str:
    """Say whether the dates hold, and what would help."""
    chosen = answer.proposals[choose - 1]
    good, of = holding(chosen)
    if good == of:
        which = "the best proposal" if choose == 1 else f"proposal {choose}"
        return f"Every date of {which} holds."
    # Relaxations were tried for the best proposal alone.
    help_ = [each.change for each in answer.relaxations] if choose == 1 else []
    would = f"; what would help: {joined(help_, 'or')}" if help_ else ""
    return f"{good} of {counted(of, 'date')} hold{would}."


def holds(proposal: Proposal) -> bool:
    """Whether no date is lost."""
    good, of = holding(proposal)
    return good == of


def asks(problem: Problem, answer: Answer) -> list[Ask]:
    """Write down what to ask of whose clinic."""
    return [_ask(problem, each) for each in answer.notices]


def _ask(problem: Problem, notice: Notice) -> Ask:
    start = local(notice.start, problem.zone)
    return Ask(
        member=problem.members[notice.member].name,
        day=f"{full_day(start.date())}, {start:%H:%M}",
        ask_by=full_day(notice.ask_by),
        passed=notice.ask_by < problem.planning_date,
        status=STATUSES[notice.status],
        approver=notice.approver or "",
    )


def plan_by(limits: PlanBy, today: date) -> str:
    """Say until when planning leaves the clinics the notice they want."""
    parts = []
    if limits.routine is not None:
        due = full_day(limits.routine)
        parts.append(
            f"Plan by {due} and every clinic gets its full notice"
            if limits.routine >= today
            else f"For full notice at every clinic, planning was due by {due}"
        )
    if limits.any_tier is not None:
        parts.append(f"until {full_day(limits.any_tier)} each of them can still be asked")
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""
