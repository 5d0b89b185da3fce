"""Plans: asked for, waited for, looked at, and applied."""

import json
from collections.abc import Mapping
from typing import Any, NotRequired, cast
from uuid import UUID

from flask import Response, current_app
from typing_extensions import TypedDict

from services import door
from services.api import once, terms, versions
from services.api.members import Trouble, trouble
from services.api.pages import Items, Page, cut
from services.api.planners import Planners
from services.api.responses import moment, moment_or_none, nothing, said, told
from services.api.routes import Noun
from services.api.shapes import NewPlan
from services.api.terms import Term
from services.api.words import IdText, Moment, OldestReading
from services.flow import plans as flow
from services.flow import polling
from services.flow.question import Question
from services.planning.answer import as_object
from services.planning.kept import named_json
from services.storage.rows.plans import PlanRow, PlanState
from services.storage.work import Work

plans = Noun("plans", "What the planner proposes for a term", scope="plans")
_BASE = "/groups/<uuid:group_id>/plans"
_ONE = f"{_BASE}/<uuid:plan_id>"


class Progress(TypedDict):
    """How far the calendars are that are read first.

    read: of how many the turn has come. of: how many there are. failed: how many of those read
    told nothing; what was known of them before counts on for a while, or their time is unknown.
    """

    read: int
    of: int
    failed: int


class Plan(TypedDict):
    """A plan. answer: as `commonhour plan --json` writes it, null until the plan is ready.

    outdated_at: since when a changed calendar leads to other proposals, null while none does.
    """

    id: IdText
    term_id: IdText
    state: PlanState
    progress: Progress
    created_at: Moment
    ready_at: Moment | None
    outdated_at: Moment | None
    oldest_reading: OldestReading
    trouble: Trouble | None
    answer: NotRequired[dict[str, Any] | None]


class WhatIf(TypedDict):
    """What the answer would be; nothing is stored."""

    answer: dict[str, Any]


@plans.on(
    "POST",
    "/groups/<uuid:group_id>/terms/<uuid:term_id>/plans",
    {200: WhatIf, 201: Plan, 202: Plan},
)
def make(group_id: UUID, term_id: UUID, body: NewPlan) -> Response:
    """Plan a term. Calendars that were not read lately are read first, unless read is false."""
    asked = flow.ask(door.reading(), group_id, term_id, body.what_if)
    door.put_down()
    if body.what_if is not None:
        found = _planners().answered(asked, body.top)
        if once.is_kept():  # nobody's time who has just taken it back
            flow.still(door.work(), asked)
        return told(_named(WhatIf(answer=as_object(*found)), asked))
    if asked.stale and body.read:
        return _wait(asked)
    problem, answer = _planners().answered(asked, body.top)
    work = door.work()
    row = flow.keep(work, flow.still(work, asked), answer)
    shown = {**_look(row), "answer": as_object(problem, answer)}
    return told(_named(shown, asked), 201, Location=_place(row))


@plans.on("GET", _BASE, {200: Items[Plan]})
def index(group_id: UUID, query: Page) -> Response:
    """List the plans of a group, the latest first, without their answers."""
    work = door.reading()
    found = flow.page(work, group_id, query.cursor, query.limit + 1)
    return cut(found, query, lambda each: each.id, _look)


@plans.on("GET", _ONE, {200: Plan})
def show(group_id: UUID, plan_id: UUID) -> Response:
    """Show a plan, with its answer when it is ready."""
    row = flow.one(door.reading(), group_id, plan_id)
    door.put_down()
    polling.looked_at(door.runtime(), group_id)
    work = door.reading()
    return said({**_look(row), "answer": _answer(work, row)})


@plans.on("DELETE", _ONE, {204: None})
def drop(group_id: UUID, plan_id: UUID) -> Response:
    """Delete a plan."""
    flow.drop(door.work(), group_id, plan_id)
    return nothing()


@plans.on("POST", f"{_ONE}/relaxations/<number:number>", {200: Term}, versioned=True)
def apply(group_id: UUID, plan_id: UUID, number: int) -> Response:
    """Change the term, or a member, as a relaxation of the plan says; the first is number 1."""
    row = flow.apply(door.work(), group_id, plan_id, number)
    return versions.tagged(terms.look(row), row.version)


def _wait(asked: Question) -> Response:
    """Have the calendars read by a worker, who plans then."""
    work = door.work()
    row = flow.wait(work, flow.still(work, asked))
    shown = {**_look(row), "answer": None}
    return said(shown, 202, Location=_place(row))


def _named(shown: Mapping[str, Any], asked: Question) -> str:
    """Write it, with the people of the question called by their names."""
    return named_json(json.dumps(shown, ensure_ascii=False), asked.names)


def _place(row: PlanRow) -> str:
    return f"/api/v1/groups/{row.group_id}/plans/{row.id}"


def _planners() -> Planners:
    return cast(Planners, current_app.extensions["commonhour-planners"])


def _look(row: PlanRow) -> Plan:
    return Plan(
        id=str(row.id),
        term_id=str(row.term_id),
        state=row.state,
        progress=Progress(read=row.read, of=row.to_read, failed=row.failed),
        created_at=moment(row.created_at),
        ready_at=moment_or_none(row.ready_at),
        outdated_at=moment_or_none(row.outdated_at),
        oldest_reading=moment_or_none(row.oldest_reading_at),
        trouble=trouble(row.failed_what, row.failed_remedy),
    )


def _answer(work: Work, row: PlanRow) -> dict[str, Any] | None:
    if row.state is not PlanState.READY:
        return None
    found = flow.shown(work, row)
    return as_object(found.problem, found.answer)
