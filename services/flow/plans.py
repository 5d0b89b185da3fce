"""Asking the planner, and keeping what it answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from scheduler.errors import Explained
from scheduler.model.answer import Answer, Change
from scheduler.model.problem import Problem
from scheduler.planner import Planner
from services.facts import PlanAsked, ProposalsReady
from services.flow import ages, polling, rights
from services.flow.calendars import stale
from services.flow.effort import in_turn
from services.flow.errors import Conflict, Outdated, Unfit
from services.flow.question import Question, no_today, question
from services.flow.rights import missing
from services.flow.what_if import patched
from services.planning.document import read_document
from services.planning.kept import from_kept, named_document, to_kept
from services.planning.problem import problem_of
from services.planning.rules import RULES, checked_rules
from services.storage import calendars, members, terms
from services.storage import plans as stored
from services.storage.ids import new_id
from services.storage.rows.groups import TermRow
from services.storage.rows.plans import PlanRow, PlanState
from services.storage.work import Work

_FAILED = "plan again; whoever runs this service finds the reason by commonhour outbox list"


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan with its people called by their names, as any door shows it."""

    row: PlanRow
    problem: Problem
    answer: Answer


def ask(
    work: Work,
    group_id: UUID,
    term_id: UUID,
    changes: list[dict[str, Any]] | None = None,
    *,
    refresh: bool = False,
) -> Question:
    """Put the question of a term together, for a coordinator; with changes it is a what-if.

    changes  a JSON Patch (RFC 6902) of the problem, as relaxations are
    refresh  whether every calendar is to be read first, but those that were in this minute

    Raises BadProblem or Unfit.
    """
    group = rights.coordinating(work, group_id)
    altered = None if changes is None else partial(patched, changes=changes)
    to_read = partial(stale, before=work.now - polling.ONCE) if refresh else None
    return question(work, group, _term(work, group_id, term_id), altered, to_read)


def answered(asked: Question, *, planner: Planner | None = None, top: int = 5) -> Answer:
    """Ask the planner: milliseconds, no transaction open. Raises BadProblem or NoPattern."""
    problem = asked.problem()
    with in_turn():
        return (planner or Planner()).plan(problem, top=top)


def still(work: Work, asked: Question) -> Question:
    """Look again, before anything is kept, whether the question may be asked and is the same.

    Otherwise a plan could show the time of somebody who has just deleted it. Raises Conflict.
    """
    rights.coordinating(work, asked.group_id)
    term = _term(work, asked.group_id, asked.term_id)
    if (term.version, calendars.seen(work, asked.group_id)) != (asked.term_version, asked.seen):
        raise Conflict("Something was changed while it was planned", remedy="plan again")
    return asked


def is_overtaken(work: Work, asked: Question) -> bool:
    """Whether members or calendars have changed since a question was put together."""
    return calendars.seen(work, asked.group_id) != asked.seen


def keep(work: Work, asked: Question, answer: Answer) -> PlanRow:
    """Keep a plan that is ready."""
    row = _row(work, asked, PlanState.READY)
    _finish(work, row, asked, answer)
    work.add(row)
    work.session.flush()
    work.note("plan.made", row.id)
    polling.wake(work, row.group_id)
    return row


def wait(work: Work, asked: Question) -> PlanRow:
    """Keep a plan whose calendars are read first; a worker goes on from here."""
    row = _row(work, asked, PlanState.READING)
    row.to_read = len(asked.stale)
    work.add(row)
    work.session.flush()
    work.note("plan.asked", row.id)
    work.record(PlanAsked(row.id))
    polling.wake(work, row.group_id)
    return row


def resume(work: Work, plan_id: UUID) -> Question | None:
    """The question of a plan that waits, as it stands now; None when there is nothing to do."""
    row = stored.by_id(work, plan_id)
    if row is None or row.state is not PlanState.READING:
        return None
    group, term = stored.group_and_term(work, row)
    # What it was to read, whichever that was, without what was read of it by now.
    to_read = partial(stale, before=row.created_at, most=max(0, row.to_read - row.read))
    return question(work, group, term, to_read=to_read)


def is_tried(work: Work, plan_id: UUID, calendar_id: UUID) -> bool:
    """Whether a calendar was tried since a plan was asked for."""
    plan, row = stored.by_id(work, plan_id), calendars.one(work, calendar_id)
    if plan is None or row is None or row.tried_at is None:
        return False
    return row.tried_at >= plan.created_at


def count_read(work: Work, plan_id: UUID, calendar_id: UUID) -> None:
    """Count that the turn of a calendar has come which is read for a plan, whatever it told."""
    plan, row = stored.by_id(work, plan_id), calendars.one(work, calendar_id)
    in_vain = (
        plan is not None
        and row is not None
        and ages.told_nothing(row, plan.created_at, polling.ONCE)
    )
    stored.one_more_read(work, plan_id, in_vain=in_vain)


def finish(work: Work, plan_id: UUID, asked: Question | None, outcome: Answer | Explained) -> None:
    """Keep what came of a plan that waited."""
    row = stored.by_id(work, plan_id)
    if row is None or row.state is not PlanState.READING:
        return
    if isinstance(outcome, Explained):
        row.state, row.ready_at = PlanState.FAILED, work.now
        row.failed_what, row.failed_remedy = outcome.what, outcome.remedy
        work.note("plan.failed", row.id)
    else:
        assert asked is not None
        _finish(work, row, asked, outcome)
        work.note("plan.made", row.id)


def hopeless(work: Work) -> Sequence[UUID]:
    """The plans that wait for a task that was set aside."""
    return stored.waiting_for_set_aside(work, ("calendars.read_for", "planning.make"))


def fail_hopeless(work: Work, plan_ids: Sequence[UUID]) -> None:
    """Let these plans fail: nobody works on them any more."""
    for each in plan_ids:
        finish(work, each, None, Explained("Planning failed", remedy=_FAILED))


def page(work: Work, group_id: UUID, before: UUID | None, most: int) -> list[PlanRow]:
    """Plans of a group, the latest first."""
    rights.coordinating(work, group_id)
    return list(stored.page(work, group_id, before, most))


def one(work: Work, group_id: UUID, plan_id: UUID) -> PlanRow:
    """One plan. Raises Missing or NotAllowed."""
    rights.coordinating(work, group_id)
    row = stored.one(work, group_id, plan_id)
    if row is None:
        raise missing("plan")
    return row


def shown(work: Work, row: PlanRow) -> Shown:
    """A plan that is ready, with names."""
    assert row.document is not None
    assert row.answer is not None
    return Shown(row, *_named(row.document, row.answer, names_of(work, row)))


def names_of(work: Work, row: PlanRow) -> dict[str, str]:
    """What to call the members of a plan; who has left since is a former member."""
    called = {str(member.id): member.name for member, _ in members.of(work, row.group_id)}
    return {each: called.get(each, f"former member {n}") for n, each in enumerate(row.members, 1)}


def apply(work: Work, group_id: UUID, plan_id: UUID, number: int) -> TermRow:
    """Change the term, or a member, as relaxation `number` (from 1) of a plan says.

    Raises Outdated when the term has changed since the plan was made.
    """
    row = one(work, group_id, plan_id)
    if row.state is not PlanState.READY:
        raise Conflict("The plan is not ready", remedy="wait until it is")
    found = shown(work, row).answer.relaxations
    if not 1 <= number <= len(found):
        raise Unfit(f"There is no relaxation {number}", remedy=f"there are {len(found)}")
    term = _term(work, group_id, row.term_id)
    if term.version != row.term_version:
        raise Outdated("The term has changed since the plan was made", remedy="plan again first")
    patch = [_operation(each) for each in found[number - 1].patch]
    assert row.document is not None
    changed = patched(row.document, patch)
    for said, member_id in zip(changed["members"], row.members, strict=True):
        pair = members.one(work, group_id, UUID(member_id))
        if pair is not None and pair[0].required != said["required"]:
            pair[0].required = said["required"]
    kept = {"hours": term.rules["hours"]} if "hours" in term.rules else {}
    rules = {key: changed[key] for key in RULES if key in changed}
    term.rules = checked_rules({**rules, **kept})
    work.session.flush()
    work.note("relaxation.applied", term.id, term.version)
    return term


def drop(work: Work, group_id: UUID, plan_id: UUID) -> None:
    """Delete a plan."""
    work.session.delete(one(work, group_id, plan_id))
    work.note("plan.dropped", plan_id)


def _named(document: dict[str, Any], kept: str, names: Mapping[str, str]) -> tuple[Problem, Answer]:
    read = read_document(named_document(document, names))
    problem = problem_of(read, [None] * len(read.members), today=no_today)
    return problem, from_kept(kept, names)


def _operation(change: Change) -> dict[str, Any]:
    said = {"op": change.op, "path": change.path}
    return said if change.op == "remove" else {**said, "value": change.value}


def _row(work: Work, asked: Question, state: PlanState) -> PlanRow:
    return PlanRow(
        id=new_id(),
        group_id=asked.group_id,
        term_id=asked.term_id,
        term_version=asked.term_version,
        state=state,
        to_read=0,
        read=0,
        failed=0,
        members=list(asked.names),
        created_at=work.now,
    )


def _finish(work: Work, row: PlanRow, asked: Question, answer: Answer) -> None:
    row.members, row.term_version = list(asked.names), asked.term_version
    row.document, row.answer = asked.document, to_kept(answer)
    row.state, row.ready_at = PlanState.READY, work.now
    row.oldest_reading_at = asked.age.oldest
    row.unread = None if asked.age.unread is None else asked.age.unread.as_kept()
    work.record(ProposalsReady(row.id))


def _term(work: Work, group_id: UUID, term_id: UUID) -> TermRow:
    term = terms.one(work, group_id, term_id)
    if term is None:
        raise missing("term")
    return term
