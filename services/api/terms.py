"""The semesters of a group."""

from typing import Any
from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api import versions
from services.api.bodies import said_of
from services.api.pages import Items, Page, part
from services.api.responses import made, moment, nothing
from services.api.routes import Noun
from services.api.shapes import NewTerm, TermChange
from services.api.words import DayText, IdText, Moment
from services.flow import export
from services.flow import terms as flow
from services.storage.rows.groups import TermRow

terms = Noun("terms", "Semesters, each with the rules it is planned by", scope="groups")
_BASE = "/groups/<uuid:group_id>/terms"
_ONE = f"{_BASE}/<uuid:term_id>"


class Term(TypedDict):
    """A semester."""

    id: IdText
    start: DayText
    end: DayText
    planning_date: DayText | None
    rules: dict[str, Any]
    blackouts: list[Any]
    created_at: Moment
    version: int


def look(row: TermRow) -> Term:
    """What a term looks like."""
    planned = row.planning_date
    return Term(
        id=str(row.id),
        start=row.start.isoformat(),
        end=row.end.isoformat(),
        planning_date=None if planned is None else planned.isoformat(),
        rules=row.rules,
        blackouts=row.blackouts,
        created_at=moment(row.created_at),
        version=row.version,
    )


@terms.on("GET", _BASE, {200: Items[Term]})
def index(group_id: UUID, query: Page) -> Response:
    """List the terms of a group, the latest first."""
    return part(flow.of(door.reading(), group_id), query, lambda each: each.id, look)


@terms.on("POST", _BASE, {201: Term}, versioned=True)
def add(group_id: UUID, body: NewTerm) -> Response:
    """Begin a term."""
    row = flow.add(door.work(), group_id, said_of(body))
    place = f"/groups/{group_id}/terms/{row.id}"
    return made(look(row), place, ETag=versions.tag(row.version))


@terms.on("GET", _ONE, {200: Term}, versioned=True)
def show(group_id: UUID, term_id: UUID) -> Response:
    """Show a term."""
    row = flow.one(door.reading(), group_id, term_id)
    return versions.tagged(look(row), row.version)


@terms.on("PATCH", _ONE, {200: Term}, versioned=True)
def change(group_id: UUID, term_id: UUID, body: TermChange) -> Response:
    """Change days, rules or blackouts of a term."""
    row = flow.change(door.work(), group_id, term_id, versions.needed(), said_of(body))
    return versions.tagged(look(row), row.version)


@terms.on("DELETE", _ONE, {204: None}, versioned=True)
def drop(group_id: UUID, term_id: UUID) -> Response:
    """Delete a term and its plans."""
    flow.drop(door.work(), group_id, term_id, versions.named())
    return nothing()


@terms.on("GET", f"{_ONE}/problem", {200: "application/toml"})
def problem(group_id: UUID, term_id: UUID) -> Response:
    """Export a term as a problem file. Busy time is left out: its members become unknown."""
    work = door.reading()
    data = export.problem_file(work, group_id, term_id)
    response = Response(data, mimetype="application/toml")
    response.headers["Content-Disposition"] = f'attachment; filename="term-{term_id}.toml"'
    return response
