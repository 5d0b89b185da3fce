"""Plans that calendars have overtaken: asked again, they would be answered otherwise."""

from dataclasses import replace
from uuid import UUID

from scheduler.errors import BadProblem, Explained, NoPattern
from scheduler.model.answer import Proposal, Rule
from scheduler.model.problem import State
from services.flow import plans
from services.flow.errors import Unfit
from services.flow.memory import Reading
from services.flow.question import question
from services.planning.kept import from_kept
from services.storage import calendars
from services.storage import plans as stored
from services.storage.rows.plans import PlanRow, PlanState
from services.storage.work import Work

# Of a proposal: its rule, and per date when it is, what becomes of it, and who can come.
Said = tuple[Rule, tuple[tuple[int, int, str, dict[State, tuple[int, ...]]], ...]]


def concerned(work: Work, calendar_id: UUID) -> list[UUID]:
    """The latest plan of each term for which a calendar counts, unless it is marked already."""
    row = calendars.one(work, calendar_id)
    if row is None:
        return []
    today = work.now.date()
    return list(stored.latest_of(work, calendars.groups_of(work, row), today))


def is_answered_otherwise(memory: Reading, plan_id: UUID) -> bool:
    """Ask the question of a plan once more, with the calendars as they are now.

    Compared are the dates of its proposals and who can come to them, and only of plans whose
    members and rules are still the same and whose term has lost no day since: the time of days
    that are over is not kept. Raises Busy.
    """
    with memory.reading() as work:
        row = stored.by_id(work, plan_id)
        if row is None or row.state is not PlanState.READY or row.outdated_at is not None:
            return False
        group, term = stored.group_and_term(work, row)
        try:
            now = question(work, group, term)
        except Explained:
            return False
    document = row.document
    assert document is not None
    same = term.version == row.term_version and list(now.names) == row.members
    if not same or document["term"] != now.document["term"]:
        return False
    before, known = _proposals(row), _as_known(document, now.document)
    try:
        answer = plans.answered(replace(now, document=known), top=len(before))
    except (BadProblem, NoPattern, Unfit):
        return True
    return [_said(each) for each in answer.proposals] != [_said(each) for each in before]


def mark(work: Work, plan_ids: list[UUID]) -> None:
    """Note on these plans that calendars have changed since."""
    for each in plan_ids:
        row = stored.by_id(work, each)
        if row is not None and row.outdated_at is None:
            row.outdated_at = work.now
            work.note("plan.outdated", row.id)


def _as_known(document: dict[str, object], now: dict[str, object]) -> dict[str, object]:
    """The question as it was asked, on that day, with what is known of each member now."""
    return {**document, "members": now["members"]}


def _proposals(row: PlanRow) -> list[Proposal]:
    assert row.answer is not None
    return list(from_kept(row.answer, {}).proposals)


def _said(proposal: Proposal) -> Said:
    """What somebody would notice to be different; not in which words it is explained."""
    dates = ((each.start, each.end, each.outcome, each.attendance) for each in proposal.dates)
    return proposal.rule, tuple(dates)
