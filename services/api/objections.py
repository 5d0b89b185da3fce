"""Not wanting to be read through the accounts of others: said, seen, and taken back."""

from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api.pages import Items, Page, part
from services.api.responses import moment, nothing
from services.api.routes import Noun
from services.api.words import IdText, Moment
from services.flow import objections as flow
from services.storage.rows.accounts import ReadingObjectionRow
from services.storage.rows.groups import GroupRow

objections = Noun(
    "objections",
    "Your word that you are not to be read through the account of a coordinator",
    scope="me",
)
_ALL = "/me/objections"
_ONE = f"{_ALL}/<uuid:group_id>"


class Objection(TypedDict):
    """What you object to. group_id, group: for which group; null: for any of yours."""

    group_id: IdText | None
    group: str | None
    made_at: Moment


@objections.on("GET", _ALL, {200: Items[Objection]})
def index(query: Page) -> Response:
    """List what you said of it, that for all groups together first."""
    return part(flow.of_own(door.reading()), query, lambda each: each[0].id, _look)


@objections.on("PUT", _ONE, {204: None})
def make(group_id: UUID) -> Response:
    """Say that you are not to be read so for a group; what was read is deleted."""
    flow.make(door.work(), group_id)
    return nothing()


@objections.on("DELETE", _ONE, {204: None})
def take_back(group_id: UUID) -> Response:
    """Take back what you said of a group; you can be read so again."""
    flow.take_back(door.work(), group_id)
    return nothing()


@objections.on("DELETE", _ALL, {204: None})
def take_back_all() -> Response:
    """Take back what you said of all groups together, as you do when you delete your data.

    What you said of a single group stays.
    """
    flow.take_back(door.work(), None)
    return nothing()


def _look(found: tuple[ReadingObjectionRow, GroupRow | None]) -> Objection:
    row, group = found
    return Objection(
        group_id=None if group is None else str(group.id),
        group=None if group is None else group.title,
        made_at=moment(row.made_at),
    )
