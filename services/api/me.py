"""One's own person: what is kept of it, changing it, and leaving."""

from typing import Any
from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api import versions
from services.api.bodies import said_of
from services.api.pages import Items, Page, part
from services.api.responses import moment, nothing, said
from services.api.routes import Noun
from services.api.shapes import PersonChange
from services.api.words import DayText, IdText, Moment
from services.flow import groups, members
from services.flow import people as flow
from services.flow.stored import stored
from services.storage.rows.groups import GroupRow, GuestRow, MemberRow
from services.storage.rows.people import PersonRow

me = Noun("me", "You, and what is kept of you", scope="me")


class Me(TypedDict):
    """Yourself. Hours and notice are as in a problem file; null: nothing was said."""

    id: IdText
    email: str
    name: str
    timezone: str | None
    hours: list[Any] | None
    preferred: list[Any] | None
    notice: list[Any] | None
    created_at: Moment
    version: int


class Membership(TypedDict):
    """A group of which you are a member."""

    group_id: IdText
    group: str
    member_id: IdText
    name: str
    joined: bool


class Visit(TypedDict):
    """A date to which you are invited as a guest."""

    group_id: IdText
    group: str
    day: DayText


class Assisted(TypedDict):
    """A member whose clinics you look after."""

    group_id: IdText
    group: str
    member: str


@me.on("GET", "/me", {200: Me}, versioned=True)
def show() -> Response:
    """Show yourself."""
    row = flow.me(door.reading())
    return versions.tagged(_look(row), row.version)


@me.on("PATCH", "/me", {200: Me}, versioned=True)
def change(body: PersonChange) -> Response:
    """Change what you say of yourself; it counts in every group that you joined."""
    row = flow.change_me(door.work(), versions.needed(), **said_of(body))
    return versions.tagged(_look(row), row.version)


@me.on("DELETE", "/me", {204: None})
def forget() -> Response:
    """Remove yourself, with everything that is kept about you."""
    work, runtime = door.work(), door.runtime()
    mails, seal = runtime.forget_mails, runtime.last_seal
    flow.forget(work, flow.me(work).id, mails=mails, seal=seal)
    return nothing()


@me.on("GET", "/me/stored", {200: dict[str, Any]})
def everything() -> Response:
    """Read everything that is kept about you."""
    work = door.reading()
    return said(stored(work, flow.me(work).id, door.runtime().keys))


@me.on("DELETE", "/me/data", {204: None})
def delete_data() -> Response:
    """Delete all that is known of your time; you stay a member, and are unknown from now on."""
    flow.delete_data(door.work())
    return nothing()


@me.on("GET", "/me/memberships", {200: Items[Membership]})
def memberships(query: Page) -> Response:
    """List the groups of which you are a member."""
    return part(members.mine(door.reading()), query, lambda each: each[0].id, _membership)


@me.on("DELETE", "/me/memberships/<uuid:group_id>", {204: None})
def leave(group_id: UUID) -> Response:
    """Leave a group."""
    members.leave(door.work(), group_id)
    return nothing()


@me.on("GET", "/me/guest-dates", {200: Items[Visit]})
def visits(query: Page) -> Response:
    """List the dates to which you are invited as a guest."""
    return part(groups.visits(door.reading()), query, lambda each: each[0].id, _visit)


@me.on("GET", "/me/assisted", {200: Items[Assisted]})
def assisted(query: Page) -> Response:
    """List the members whose clinics you look after."""
    return part(members.assisting(door.reading()), query, lambda each: each[0].id, _assisted)


def _look(row: PersonRow) -> Me:
    return Me(
        id=str(row.id),
        email=row.email,
        name=row.name,
        timezone=row.timezone,
        hours=row.hours,
        preferred=row.preferred,
        notice=row.notice,
        created_at=moment(row.created_at),
        version=row.version,
    )


def _membership(found: tuple[MemberRow, GroupRow]) -> Membership:
    member, group = found
    return Membership(
        group_id=str(group.id),
        group=group.title,
        member_id=str(member.id),
        name=member.name,
        joined=member.joined_at is not None,
    )


def _visit(found: tuple[GuestRow, GroupRow]) -> Visit:
    guest, group = found
    return Visit(group_id=str(group.id), group=group.title, day=guest.day.isoformat())


def _assisted(found: tuple[MemberRow, GroupRow]) -> Assisted:
    member, group = found
    return Assisted(group_id=str(group.id), group=group.title, member=member.name)
