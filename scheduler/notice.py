"""Whom to ask for clinical time, until when, and until when planning is in time for all of it."""

from collections.abc import Iterator
from datetime import timedelta

from scheduler.model.answer import Notice, Outcome, PlanBy, PlannedDate, Proposal, Status
from scheduler.model.problem import Member, Problem, State


def notices(problem: Problem, proposal: Proposal) -> tuple[Notice, ...]:
    """List every protection of the held dates, by ask_by, then start, then member."""
    found = [_notice(problem, planned, index) for planned, index in _protections(problem, proposal)]
    return tuple(sorted(found, key=lambda each: (each.ask_by, each.start, each.member)))


def plan_by(problem: Problem, proposal: Proposal) -> PlanBy:
    """Find the last days on which planning this proposal is in time."""
    asked = [
        (planned.day, problem.members[index].notice)
        for planned, index in _protections(problem, proposal)
    ]
    if not asked:
        return PlanBy()
    return PlanBy(
        routine=min(day - timedelta(days=tiers[0].days) for day, tiers in asked),
        any_tier=min(day - timedelta(days=tiers[-1].days) for day, tiers in asked),
    )


def _protections(problem: Problem, proposal: Proposal) -> Iterator[tuple[PlannedDate, int]]:
    """Pairs of a held date and a member whose clinic must be asked."""
    if State.PROTECTABLE in problem.quorum.counts:
        for planned in proposal.dates:
            if planned.outcome is not Outcome.SKIPPED:
                for index in planned.attendance[State.PROTECTABLE]:
                    yield planned, index


def _notice(problem: Problem, planned: PlannedDate, index: int) -> Notice:
    member = problem.members[index]
    ask_by = planned.day - timedelta(days=member.notice[0].days)
    status, approver = _status(member, (planned.day - problem.planning_date).days)
    return Notice(index, planned.start, ask_by, status, approver)


def _status(member: Member, days: int) -> tuple[Status, str | None]:
    """How a clinic can still be asked so many days ahead; tiers are longest first."""
    for place, tier in enumerate(member.notice):
        if days >= tier.days:
            if place == 0:
                return Status.ROUTINE, None
            return (
                (Status.LATE, None) if tier.approver is None else (Status.APPROVER, tier.approver)
            )
    return Status.LATE, None
