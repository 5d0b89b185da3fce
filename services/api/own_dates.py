"""One's own dates: which they are, answering them, and the address of their feed."""

from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from calendar_sync.provider import Answer
from services import door
from services.api.meetings import Said, word
from services.api.pages import Items, Page, part
from services.api.responses import moment, nothing, said
from services.api.routes import Noun
from services.api.series_shapes import NewAnswer
from services.api.words import IdText, Moment
from services.flow.series import answers, feed
from services.flow.series.views import OwnDate, OwnDates
from services.storage.rows.series import MeetingState

dates = Noun("dates", "The dates to which you are invited, and your answers", scope="me")
_BASE = "/me/groups/<uuid:group_id>"


class Own(TypedDict):
    """A date to which you are invited. open: whether it can be answered."""

    id: IdText
    start: Moment
    minutes: int
    place: str
    state: MeetingState
    answer: Said
    open: bool


class OwnSeries(TypedDict):
    """A series to which you are invited. answer: to all of it. dates: those that are to come.

    revision: rises with every change, and says with your answer what you have seen.
    """

    series_id: IdText
    attendee_id: IdText
    title: str
    place: str
    text: str
    answer: Said
    revision: int
    dates: list[Own]


class Feed(TypedDict):
    """The private address of your dates: whoever knows it can read them. null: there is none."""

    address: str | None


@dates.on("GET", f"{_BASE}/dates", {200: Items[OwnSeries]})
def index(group_id: UUID, query: Page) -> Response:
    """List the dates of a group that are yours, with what you answered."""
    found = answers.mine(door.reading(), group_id)
    return part(found, query, lambda each: each.attendee.id, _look)


@dates.on("POST", f"{_BASE}/answers", {204: None})
def answer(group_id: UUID, body: NewAnswer) -> Response:
    """Answer to a series, or to one of its dates; coordinators see it, and nobody is mailed."""
    said_so = Answer[body.answer.upper()]
    answers.say_mine(
        door.work(), group_id, body.series, body.meeting, said_so, revision=body.revision
    )
    return nothing()


@dates.on("GET", f"{_BASE}/feed", {200: Feed})
def show_feed(group_id: UUID) -> Response:
    """Show the address that you give to a calendar program, which reads your dates there."""
    return _feed(feed.mine(door.reading(), door.runtime().keys, group_id))


@dates.on("PUT", f"{_BASE}/feed", {200: Feed})
def make_feed(group_id: UUID) -> Response:
    """Let there be such an address; it stays the same until it is revoked."""
    return _feed(feed.make(door.work(), door.runtime().keys, group_id))


@dates.on("DELETE", f"{_BASE}/feed", {204: None})
def revoke_feed(group_id: UUID) -> Response:
    """Revoke the address: nobody reads anything there any more."""
    feed.revoke(door.work(), group_id)
    return nothing()


def _feed(secret: str | None) -> Response:
    base = door.runtime().settings.address
    return said(Feed(address=None if secret is None else f"{base}/feeds/{secret}.ics"))


def _look(found: OwnDates) -> OwnSeries:
    row = found.series
    return OwnSeries(
        series_id=str(row.id),
        attendee_id=str(found.attendee.id),
        title=row.title,
        place=row.place,
        text=row.text,
        answer=word(found.answer),
        revision=row.revision,
        dates=[_date(each, row.place) for each in found.dates],
    )


def _date(each: OwnDate, place: str) -> Own:
    return Own(
        id=str(each.meeting.id),
        start=moment(each.meeting.start_at),
        minutes=each.meeting.minutes,
        place=each.meeting.place or place,
        state=each.meeting.state,
        answer=word(each.answer),
        open=each.open,
    )
