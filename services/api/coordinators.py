"""Who coordinates a group."""

from typing import NotRequired
from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api.pages import Items, Page, part
from services.api.responses import made, moment, nothing
from services.api.routes import Noun
from services.api.shapes import Somebody
from services.api.words import IdText, Moment
from services.flow import groups as flow
from services.flow import rights
from services.storage.rows.groups import CoordinatorRow
from services.storage.rows.people import PersonRow

coordinators = Noun("coordinators", "Who plans for a group", scope="groups")


class Coordinator(TypedDict):
    """A coordinator. Members are told the name alone."""

    name: str
    person_id: NotRequired[IdText]
    email: NotRequired[str]
    since: NotRequired[Moment]


@coordinators.on("GET", "/groups/<uuid:group_id>/coordinators", {200: Items[Coordinator]})
def index(group_id: UUID, query: Page) -> Response:
    """List the coordinators of a group."""
    work = door.reading()
    whole = rights.belonging(work, group_id).coordinates
    found = flow.coordinators(work, group_id)
    return part(found, query, lambda each: each[0].person_id, lambda each: _look(each, whole))


@coordinators.on("POST", "/groups/<uuid:group_id>/coordinators", {201: Coordinator})
def add(group_id: UUID, body: Somebody) -> Response:
    """Let somebody coordinate as well; they are told by mail."""
    work = door.work()
    person = flow.add_coordinator(work, group_id, body.email, body.name)
    found = {row.person_id: (row, who) for row, who in flow.coordinators(work, group_id)}
    place = f"/groups/{group_id}/coordinators/{person.id}"
    return made(_look(found[person.id], whole=True), place)


@coordinators.on("DELETE", "/groups/<uuid:group_id>/coordinators/<uuid:person_id>", {204: None})
def remove(group_id: UUID, person_id: UUID) -> Response:
    """End somebody's coordination; the last one stays."""
    flow.remove_coordinator(door.work(), group_id, person_id)
    return nothing()


def _look(found: tuple[CoordinatorRow, PersonRow], whole: bool) -> Coordinator:  # noqa: FBT001
    row, person = found
    if not whole:
        return Coordinator(name=row.name)
    return Coordinator(
        name=row.name, person_id=str(person.id), email=person.email, since=moment(row.since)
    )
