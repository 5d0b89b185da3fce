"""Groups, as far as whoever asks may see them."""

from typing import Any, NotRequired
from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api import once, versions
from services.api.bodies import said_of
from services.api.pages import Items, Page, cut
from services.api.responses import made, moment, nothing
from services.api.routes import Noun
from services.api.shapes import GroupChange, NewGroup
from services.api.words import IdText, Moment
from services.flow import groups as flow
from services.flow import rights
from services.flow.rights import Role, Standing
from services.storage.rows.groups import GroupRow

groups = Noun("groups", "Groups, and the rules they meet by", scope="groups")


class Group(TypedDict):
    """A group. Assistants and guests are not told its rules."""

    id: IdText
    title: str
    timezone: str
    roles: list[Role]
    template: NotRequired[str]
    rules: NotRequired[dict[str, Any]]
    created_at: NotRequired[Moment]
    version: NotRequired[int]


def look(found: Standing) -> Group:
    """What a group looks like to whoever asks."""
    row = found.group
    shown = Group(id=str(row.id), title=row.title, timezone=row.timezone, roles=list(found.roles))
    if Role.COORDINATOR in found.roles or Role.MEMBER in found.roles:
        shown["template"] = row.template
        shown["rules"] = row.rules
        shown["created_at"] = moment(row.created_at)
        shown["version"] = row.version
    return shown


@groups.on("GET", "/groups", {200: Items[Group]})
def index(query: Page) -> Response:
    """List the groups in which you have a part."""
    found = flow.page(door.reading(), query.cursor, query.limit + 1)
    return cut(found, query, lambda each: each.group.id, look)


@groups.on("POST", "/groups", {201: Group}, versioned=True)
def form(body: NewGroup) -> Response:
    """Form a group from a template; you coordinate it."""
    row = flow.form(door.work(), body.template, body.title, body.timezone, body.rules or None)
    once.tells_of(row.id)
    tag = versions.tag(row.version)
    return made(_mine(row), f"/groups/{row.id}", ETag=tag)


@groups.on("GET", "/groups/<uuid:group_id>", {200: Group}, versioned=True)
def show(group_id: UUID) -> Response:
    """Show a group."""
    shown = look(rights.standing(door.reading(), group_id))
    return versions.tagged(shown, shown.get("version"))


@groups.on("PATCH", "/groups/<uuid:group_id>", {200: Group}, versioned=True)
def change(group_id: UUID, body: GroupChange) -> Response:
    """Change a group. Terms that exist keep the rules they have."""
    row = flow.change(door.work(), group_id, versions.needed(), said_of(body))
    return versions.tagged(look(rights.standing(door.work(), group_id)), row.version)


@groups.on("DELETE", "/groups/<uuid:group_id>", {204: None}, versioned=True)
def dissolve(group_id: UUID) -> Response:
    """Delete a group with everything that belongs to it alone."""
    flow.dissolve(door.work(), group_id, versions.named())
    return nothing()


def _mine(row: GroupRow) -> Group:
    return look(Standing(row, (Role.COORDINATOR,)))
