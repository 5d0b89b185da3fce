"""Who is invited to a series: its members, and guests of single dates."""

from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api.meetings import ONE as MEETING
from services.api.pages import Items, Page, part
from services.api.responses import made, moment, moment_or_none, nothing
from services.api.routes import Noun
from services.api.series import ONE as SERIES
from services.api.series import settling
from services.api.series_shapes import NewAttendee, NewVisitor, Whom
from services.api.words import IdText, Moment
from services.flow.rights import missing
from services.flow.series import attending, deliveries, drafts
from services.storage import attendees as stored_attendees
from services.storage.attendees import Invited
from services.storage.rows.series import AttendeeRow
from services.storage.work import Work

attendees = Noun("attendees", "Who is invited to a series", scope="series")
_BASE = f"{SERIES}/attendees"
_ONE = f"{_BASE}/<uuid:attendee_id>"


class Attendee(TypedDict):
    """Somebody who is invited. meeting_id: of a guest, their only date; null: to the series.

    member_id: null for guests and for who left the group. since, until: the part of the series to
    which they are invited, by where its rule puts the dates; null: from its first, to its last.
    """

    id: IdText
    name: str
    email: str
    member_id: IdText | None
    meeting_id: IdText | None
    since: Moment | None
    until: Moment | None
    created_at: Moment


@attendees.on("GET", _BASE, {200: Items[Attendee]})
def index(group_id: UUID, series_id: UUID, query: Page) -> Response:
    """List who is or was invited, in the order in which they were."""
    found = _pairs(door.reading(), group_id, series_id)
    return part(found, query, lambda each: each[0].id, _look)


@attendees.on("POST", _BASE, {201: Attendee})
def join(group_id: UUID, series_id: UUID, body: NewAttendee) -> Response:
    """Invite a member to a series that is committed, from one of its dates on.

    Where a Google account invites, Google may mail the others that the event was changed.
    """
    work = door.work()
    row = attending.join(work, group_id, series_id, body.member, body.since, settle=settling())
    return _made(work, group_id, row)


@attendees.on("POST", f"{MEETING}/guests", {201: Attendee})
def add_guest(group_id: UUID, series_id: UUID, meeting_id: UUID, body: NewVisitor) -> Response:
    """Invite somebody to one date; they see that date and nothing else.

    Where a Google account invites, Google may mail the others of that date that it was changed.
    """
    work = door.work()
    row = attending.add_guest(
        work, group_id, series_id, meeting_id, body.name, body.email, settle=settling()
    )
    return _made(work, group_id, row)


@attendees.on("DELETE", _ONE, {204: None})
def leave(group_id: UUID, series_id: UUID, attendee_id: UUID) -> Response:
    """Invite somebody no more, from the next date on; what they attended stays.

    Where a Google account invites, Google may mail the others that the event was changed. Where an
    Outlook account invites, Outlook invites them once more to each date that they keep; what they
    answered before counts until they answer again, but for dates that were moved.
    """
    work = door.work()
    row, _ = _one(work, group_id, series_id, attendee_id)
    if row.meeting_id is not None:
        attending.remove_guest(work, group_id, series_id, attendee_id, settle=settling())
    else:
        attending.leave(work, group_id, series_id, attendee_id, None, settle=settling())
    return nothing()


@attendees.on("POST", f"{SERIES}/resend", {204: None})
def resend(group_id: UUID, series_id: UUID, body: Whom) -> Response:
    """Send again what did not arrive, to one of those who are invited or to all of them."""
    work = door.work()
    if body.attendee is not None:
        _one(work, group_id, series_id, body.attendee)
    deliveries.resend(work, group_id, series_id, body.attendee)
    return nothing()


def _pairs(work: Work, group_id: UUID, series_id: UUID) -> list[Invited]:
    drafts.one(work, group_id, series_id)
    return stored_attendees.of(work, series_id)


def _one(work: Work, group_id: UUID, series_id: UUID, attendee_id: UUID) -> Invited:
    for each in _pairs(work, group_id, series_id):
        if each[0].id == attendee_id:
            return each
    raise missing("attendee")


def _made(work: Work, group_id: UUID, row: AttendeeRow) -> Response:
    work.session.flush()
    place = f"/groups/{group_id}/series/{row.series_id}/attendees/{row.id}"
    return made(_look(_one(work, group_id, row.series_id, row.id)), place)


def _look(found: Invited) -> Attendee:
    row, person = found
    return Attendee(
        id=str(row.id),
        name=row.name,
        email=person.email,
        member_id=None if row.member_id is None else str(row.member_id),
        meeting_id=None if row.meeting_id is None else str(row.meeting_id),
        since=moment_or_none(row.since_at),
        until=moment_or_none(row.until_at),
        created_at=moment(row.created_at),
    )
