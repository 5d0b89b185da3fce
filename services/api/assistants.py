"""Who looks after a member's clinics."""

from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api.pages import Items, Page, part
from services.api.responses import made, nothing
from services.api.routes import Noun
from services.api.shapes import Somebody
from services.api.words import IdText
from services.flow import members as flow
from services.storage.members import Assistant as Found

assistants = Noun("assistants", "Who looks after a member's clinics", scope="groups")
_BASE = "/groups/<uuid:group_id>/members/<uuid:member_id>/assistants"


class Assistant(TypedDict):
    """An assistant."""

    person_id: IdText
    name: str
    email: str


@assistants.on("GET", _BASE, {200: Items[Assistant]})
def index(group_id: UUID, member_id: UUID, query: Page) -> Response:
    """List who looks after a member's clinics."""
    found = flow.assistants(door.reading(), group_id, member_id)
    return part(found, query, lambda each: each[1].id, _look)


@assistants.on("POST", _BASE, {201: Assistant})
def add(group_id: UUID, member_id: UUID, body: Somebody) -> Response:
    """Say who looks after a member's clinics."""
    added = flow.add_assistant(door.work(), group_id, member_id, body.email, body.name)
    place = f"/groups/{group_id}/members/{member_id}/assistants/{added[1].id}"
    return made(_look(added), place)


@assistants.on("DELETE", f"{_BASE}/<uuid:person_id>", {204: None})
def remove(group_id: UUID, member_id: UUID, person_id: UUID) -> Response:
    """End an assistant's part for one member."""
    flow.remove_assistant(door.work(), group_id, member_id, person_id)
    return nothing()


def _look(found: Found) -> Assistant:
    row, person = found
    return Assistant(person_id=str(person.id), name=row.name, email=person.email)
