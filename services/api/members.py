"""The members of a group: everything to a coordinator, to one another the name alone."""

from collections.abc import Sequence
from typing import Any, NotRequired
from uuid import UUID

from flask import Response
from flask_openapi3.models import RawModel
from typing_extensions import TypedDict

from services import door
from services.api import bodies, versions
from services.api.bodies import said_of
from services.api.pages import Items, Page, cut
from services.api.responses import made, moment, moment_or_none, nothing, said
from services.api.routes import Noun
from services.api.shapes import MemberChange, NewMember
from services.api.words import DayText, IdText, Moment
from services.flow import coverage, groups, rights, roster
from services.flow import members as flow
from services.flow.coverage import Coverage, Known
from services.flow.members import Entry
from services.flow.series import listed
from services.storage.members import Pair
from services.storage.work import Work

members = Noun("members", "Who belongs to a group", scope="groups")
_BASE = "/groups/<uuid:group_id>/members"
_ONE = f"{_BASE}/<uuid:member_id>"


class Trouble(TypedDict):
    """What went wrong, and what to do next."""

    what: str
    remedy: str


class Covered(TypedDict):
    """How much is known of a member's time.

    reconnect: whether an account has to be connected once more, which only the member can do.
    """

    known: Known
    calendars: int
    until: DayText | None
    read_at: Moment | None
    reconnect: bool
    trouble: Trouble | None


class Member(TypedDict):
    """A member. Other members are told the name, and whether they coordinate.

    not_invited_to: the committed series with dates to come to none of which they are invited, as
    who became a member later; POST …/series/{series_id}/attendees invites them.
    """

    id: IdText
    name: str
    coordinator: bool
    email: NotRequired[str]
    required: NotRequired[bool]
    timezone: NotRequired[str | None]
    hours: NotRequired[list[Any] | None]
    preferred: NotRequired[list[Any] | None]
    notice: NotRequired[list[Any] | None]
    joined_at: NotRequired[Moment | None]
    created_at: NotRequired[Moment]
    version: NotRequired[int]
    coverage: NotRequired[Covered]
    not_invited_to: NotRequired[list[IdText]]


class Csv(RawModel):
    """A list of members, as a spreadsheet writes it."""

    mimetypes: list[str] = ["text/csv"]  # noqa: RUF012 -- the library's


class Invited(TypedDict):
    """How many were invited."""

    invited: int


@members.on("GET", _BASE, {200: Items[Member]})
def index(group_id: UUID, query: Page) -> Response:
    """List the members of a group, in the order in which they were added."""
    work = door.reading()
    _, found = flow.page(work, group_id, query.cursor, query.limit + 1)
    shown = _looks(work, group_id, found[: query.limit])
    return cut(found, query, lambda each: each[0].id, lambda each: shown[each[0].id])


@members.on("POST", _BASE, {201: Member}, versioned=True)
def add(group_id: UUID, body: NewMember) -> Response:
    """Add a member. Nobody hears of it before they are invited."""
    work = door.work()
    pair = flow.add(work, group_id, Entry(**body.model_dump()))
    [shown] = _looks(work, group_id, [pair]).values()
    tag = versions.tag(pair[0].version)
    return made(shown, f"/groups/{group_id}/members/{pair[0].id}", ETag=tag)


@members.on("POST", f"{_BASE}/csv", {201: Items[Member]})
def add_list(group_id: UUID, raw: Csv) -> Response:
    """Add everybody on a list, or nobody. Every line that is wrong is told.

    Columns: name, email, timezone, role, required, assistant_email; only the first two are needed.
    """
    entries = roster.read(bodies.text(raw, "text/csv"))
    work = door.work()
    pairs = flow.add_all(work, group_id, entries)
    shown = list(_looks(work, group_id, pairs).values())
    return made({"items": shown, "next": None}, f"/groups/{group_id}/members")


@members.on("GET", _ONE, {200: Member}, versioned=True)
def show(group_id: UUID, member_id: UUID) -> Response:
    """Show a member."""
    work = door.reading()
    _, pair = flow.one(work, group_id, member_id)
    return _tagged(work, group_id, pair)


@members.on("PATCH", _ONE, {200: Member}, versioned=True)
def change(group_id: UUID, member_id: UUID, body: MemberChange) -> Response:
    """Change what is said of a member; what they say of themselves counts before it."""
    work = door.work()
    pair = flow.change(work, group_id, member_id, versions.needed(), said_of(body))
    return _tagged(work, group_id, pair)


@members.on("DELETE", _ONE, {204: None})
def remove(group_id: UUID, member_id: UUID) -> Response:
    """Take a member out of a group, with the plans that show their time."""
    flow.remove(door.work(), group_id, member_id)
    return nothing()


@members.on("POST", f"{_ONE}/invitation", {200: Member}, versioned=True)
def invite(group_id: UUID, member_id: UUID) -> Response:
    """Send a member the mail by which they join."""
    work = door.work()
    flow.invite(work, group_id, member_id)
    return _tagged(work, group_id, rights.member_of(work, group_id, member_id))


@members.on("POST", "/groups/<uuid:group_id>/invitations", {200: Invited})
def invite_all(group_id: UUID) -> Response:
    """Invite everybody who has not joined."""
    count = flow.invite_all(door.work(), group_id)
    return said(Invited(invited=count))


def _tagged(work: Work, group_id: UUID, pair: Pair) -> Response:
    [shown] = _looks(work, group_id, [pair]).values()
    return versions.tagged(shown, shown.get("version"))


def _looks(work: Work, group_id: UUID, pairs: Sequence[Pair]) -> dict[UUID, Member]:
    """What these members of a group look like to whoever asks."""
    standing = rights.belonging(work, group_id)
    coordinating = {row.person_id for row, _ in groups.coordinators(work, group_id)}
    names = {
        member.id: Member(
            id=str(member.id), name=member.name, coordinator=member.person_id in coordinating
        )
        for member, _ in pairs
    }
    if not standing.coordinates:
        return names
    known = coverage.of_group(work, standing.group, pairs)
    shown = {pair[0].id: _whole(names[pair[0].id], pair, known[pair[0].id]) for pair in pairs}
    for series, uninvited in listed.with_uninvited(work, group_id):
        for each in uninvited:
            if each.id in shown:
                shown[each.id]["not_invited_to"].append(str(series.id))
    return shown


def _whole(shown: Member, pair: Pair, known: Coverage) -> Member:
    """Everything that a coordinator sees of a member."""
    member, person = pair
    shown["email"] = person.email
    shown["required"] = member.required
    shown["timezone"] = member.timezone
    shown["hours"] = member.hours
    shown["preferred"] = member.preferred
    shown["notice"] = member.notice
    shown["joined_at"] = moment_or_none(member.joined_at)
    shown["created_at"] = moment(member.created_at)
    shown["version"] = member.version
    shown["coverage"] = covered(known)
    shown["not_invited_to"] = []
    return shown


def covered(known: Coverage) -> Covered:
    """What is known of somebody's time, in no word of any calendar."""
    return Covered(
        known=known.known,
        calendars=known.calendars,
        until=None if known.until is None else known.until.isoformat(),
        read_at=moment_or_none(known.read_at),
        reconnect=known.reconnect,
        trouble=trouble(known.what, known.remedy),
    )


def trouble(what: str | None, remedy: str | None) -> Trouble | None:
    """What went wrong, if anything did."""
    return None if what is None else Trouble(what=what, remedy=remedy or "")
