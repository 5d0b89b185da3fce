"""The dates of a series: who comes, how each is delivered, and changing one of them."""

from collections.abc import Sequence
from typing import Literal, cast
from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from calendar_sync.provider import Answer
from services import door
from services.api.members import Trouble, trouble
from services.api.pages import Items, Page, part
from services.api.responses import moment, said
from services.api.routes import Noun
from services.api.series import ONE as SERIES
from services.api.series import settling
from services.api.series_shapes import NewPlace, NewTime
from services.api.words import IdText, Moment
from services.flow.rights import missing
from services.flow.series import changing, drafts, keeping, showing
from services.flow.series.views import Date, Delivered, Delivery, Shown
from services.storage import attendees as stored_attendees
from services.storage.rows.series import AttendeeRow, MeetingState
from services.storage.work import Work

meetings = Noun("meetings", "The dates of a series", scope="series")
_BASE = f"{SERIES}/meetings"
ONE = f"{_BASE}/<uuid:meeting_id>"

Said = Literal["waiting", "accepted", "tentative", "declined"]


class Expected(TypedDict):
    """Who comes, as far as they have answered; needed: how many make a quorum.

    certain: enough have accepted, and all who are required. possible: they still can come.
    """

    accepted: int
    tentative: int
    declined: int
    waiting: int
    needed: int
    certain: bool
    possible: bool


class Invitee(TypedDict):
    """How a date stands with somebody who is invited to it."""

    attendee_id: IdText
    name: str
    answer: Said
    delivery: Delivered
    trouble: Trouble | None


class Meeting(TypedDict):
    """A date of a series. original: where its rule puts it. place: "" where it is the series'."""

    id: IdText
    original: Moment
    start: Moment
    minutes: int
    place: str
    state: MeetingState
    attendance: Expected
    invited: list[Invitee]


@meetings.on("GET", _BASE, {200: Items[Meeting]})
def index(group_id: UUID, series_id: UUID, query: Page) -> Response:
    """List the dates of a series as they are held: answers, quorum, and what was delivered."""
    work = door.reading()
    found, people = _shown(work, group_id, series_id)
    return part(found.dates, query, lambda each: each.meeting.id, lambda each: _look(each, people))


@meetings.on("POST", f"{ONE}/move", {200: Meeting})
def move(group_id: UUID, series_id: UUID, meeting_id: UUID, body: NewTime) -> Response:
    """Hold a date at another time; who is invited to it is told, and nobody else."""
    work = door.work()
    changing.move(
        work, group_id, series_id, meeting_id, body.start, body.minutes, settle=settling()
    )
    return _said(work, group_id, series_id, meeting_id)


@meetings.on("POST", f"{ONE}/cancel", {200: Meeting})
def cancel(group_id: UUID, series_id: UUID, meeting_id: UUID) -> Response:
    """Do not hold a date; who is invited to it is told, and nobody else."""
    work = door.work()
    changing.cancel(work, group_id, series_id, meeting_id, settle=settling())
    return _said(work, group_id, series_id, meeting_id)


@meetings.on("POST", f"{ONE}/keep", {200: Meeting})
def keep(group_id: UUID, series_id: UUID, meeting_id: UUID) -> Response:
    """Hold a date after all that was cancelled, as long as nobody was told of that."""
    work = door.work()
    keeping.keep(work, group_id, series_id, meeting_id, settle=settling())
    return _said(work, group_id, series_id, meeting_id)


@meetings.on("POST", f"{ONE}/place", {200: Meeting})
def place(group_id: UUID, series_id: UUID, meeting_id: UUID, body: NewPlace) -> Response:
    """Hold a date somewhere else, or under another link."""
    work = door.work()
    changing.place(work, group_id, series_id, meeting_id, body.place, settle=settling())
    return _said(work, group_id, series_id, meeting_id)


def _said(work: Work, group_id: UUID, series_id: UUID, meeting_id: UUID) -> Response:
    work.session.flush()
    found, people = _shown(work, group_id, series_id)
    for each in found.dates:
        if each.meeting.id == meeting_id:
            return said(_look(each, people))
    raise missing("date")


def _shown(work: Work, group_id: UUID, series_id: UUID) -> tuple[Shown, list[AttendeeRow]]:
    """A series, and everybody who is or was invited to any of it."""
    row = drafts.one(work, group_id, series_id)
    return showing.shown(work, row), [each for each, _ in stored_attendees.of(work, row.id)]


def _look(date: Date, people: Sequence[AttendeeRow]) -> Meeting:
    row, comes = date.meeting, date.attendance
    return Meeting(
        id=str(row.id),
        original=moment(row.original_at),
        start=moment(row.start_at),
        minutes=row.minutes,
        place=row.place,
        state=row.state,
        attendance=Expected(
            accepted=comes.accepted,
            tentative=comes.tentative,
            declined=comes.declined,
            waiting=comes.waiting,
            needed=comes.needed,
            certain=comes.certain and row.state is MeetingState.HELD,
            possible=comes.possible and row.state is MeetingState.HELD,
        ),
        invited=[
            _invited(each, date.answers[each.id], date.deliveries[each.id])
            for each in people
            if each.id in date.answers
        ],
    )


def _invited(row: AttendeeRow, answer: Answer, delivery: Delivery) -> Invitee:
    return Invitee(
        attendee_id=str(row.id),
        name=row.name,
        answer=word(answer),
        delivery=delivery.state,
        trouble=trouble(delivery.what or None, delivery.remedy),
    )


def word(answer: Answer) -> Said:
    """What somebody answered, in a word."""
    return cast(Said, answer.name.lower())
