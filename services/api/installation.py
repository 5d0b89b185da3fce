"""What the operator sees of an installation: numbers, and nobody."""

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api.responses import said
from services.api.routes import Noun
from services.flow import installation as flow

installation = Noun("installation", "Numbers for the operator", scope="groups", hidden=True)


class Calendars(TypedDict):
    """How many calendars there are, by how they fare."""

    known: int
    unread: int
    failing: int


class Installation(TypedDict):
    """What this installation holds."""

    groups: int
    people: int
    calendars: Calendars
    waiting_mails: int


@installation.on("GET", "/installation", {200: Installation})
def show() -> Response:
    """Count what this installation holds. To everybody but its operator there is no such page."""
    found = flow.counts(door.reading())
    return said(
        Installation(
            groups=found.groups,
            people=found.people,
            calendars=Calendars(known=found.known, unread=found.unread, failing=found.failing),
            waiting_mails=found.waiting_mails,
        )
    )
