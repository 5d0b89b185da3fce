"""Who comes to one date of a group."""

from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api.pages import Items, Page, part
from services.api.responses import made, nothing
from services.api.routes import Noun
from services.api.series import settling
from services.api.shapes import NewGuest
from services.api.words import DayText, IdText
from services.flow import groups
from services.flow import guests as flow
from services.storage.rows.groups import GuestRow

guests = Noun("guests", "Who comes to one date", scope="groups")
_BASE = "/groups/<uuid:group_id>/guests"


class Guest(TypedDict):
    """A guest of one date."""

    id: IdText
    name: str
    email: str
    day: DayText


@guests.on("GET", _BASE, {200: Items[Guest]})
def index(group_id: UUID, query: Page) -> Response:
    """List the guests of a group, by date."""
    found = groups.guests(door.reading(), group_id)
    return part(found, query, lambda each: each[0].id, lambda each: _look(each[0], each[1].email))


@guests.on("POST", _BASE, {201: Guest})
def add(group_id: UUID, body: NewGuest) -> Response:
    """Invite somebody to one date; they see that date and nothing else."""
    work = door.work()
    guest = flow.add(work, group_id, body.email, body.name, body.day, settle=settling())
    emails = {row.id: person.email for row, person in groups.guests(work, group_id)}
    return made(_look(guest, emails[guest.id]), f"/groups/{group_id}/guests/{guest.id}")


@guests.on("DELETE", f"{_BASE}/<uuid:guest_id>", {204: None})
def remove(group_id: UUID, guest_id: UUID) -> Response:
    """Take an invitation to one date back."""
    flow.remove(door.work(), group_id, guest_id, settle=settling())
    return nothing()


def _look(row: GuestRow, email: str) -> Guest:
    return Guest(id=str(row.id), name=row.name, email=email, day=row.day.isoformat())
