"""What may be sent about a series. A key that is not here is refused, and the nearest is named."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from services.api.shapes import Id, Line, Somebody
from services.planning.document import Table
from services.planning.fields import Text, one_of, shown, wrong
from services.storage.rows.series import Organiser

ANSWERS = ("accepted", "tentative", "declined")
_EARLIEST, _LATEST = 1970, 2200
_ORGANISERS = [each.value for each in Organiser]
_LONGEST = 1440  # minutes: a day


def _moment(value: Any) -> datetime:
    remedy = "write one with its offset, such as 2027-02-01T10:00:00-05:00"
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong(f"{shown(value)} is no moment", remedy) from None
    if found.tzinfo is None:
        raise wrong(f"{shown(value)} says no offset from UTC", remedy)
    if not _EARLIEST < found.year < _LATEST:
        raise wrong(f"the year {found.year} is out of reach", "write a year from 1971 to 2199")
    return found.astimezone(UTC)


_NAMED = {"type": "string", "format": "uuid"}
IdOrNone = Annotated[Id | None, WithJsonSchema({"anyOf": [_NAMED, {"type": "null"}]})]
When = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Minutes = Annotated[int, Field(ge=1, le=_LONGEST)]
Inviting = Annotated[
    str, BeforeValidator(one_of(_ORGANISERS)), WithJsonSchema({"enum": _ORGANISERS})
]


class NewSeries(Table):
    """A draft of a series.

    title      as everybody reads it in their calendar; the group's where it is left out
    place      where it is held, or the link under which; text: what is said of it besides
    organiser  account: your calendar invites; mailbox: this service does, by mail. Left out: your
               calendar, if you connected one that can
    account    which of your accounts
    """

    title: Line | None = None
    place: Text = ""
    text: Text = ""
    organiser: Inviting | None = None
    account: IdOrNone = None


class SeriesChange(Table):
    """What is to be different. Who invites can be changed before it is committed alone."""

    title: Line = Field(default_factory=str)
    place: Text = Field(default_factory=str)
    text: Text = Field(default_factory=str)
    organiser: Inviting = Field(default_factory=str)
    account: IdOrNone = None


class NewTime(Table):
    """When a date is to be held. minutes: as long as before where it is left out."""

    start: When
    minutes: Minutes | None = None


class NewPlace(Table):
    """Where a date is to be held; an empty text: where all are."""

    place: Text


class NewAttendee(Table):
    """A member who is to be invited. since: the first date, by its id; left out: the next one."""

    member: Id
    since: IdOrNone = None


class NewVisitor(Somebody):
    """Somebody who comes to one date; they see that date and nothing else."""


class Whom(Table):
    """To whom it is sent again; left out: to everybody."""

    attendee: IdOrNone = None


class NewAnswer(Table):
    """What you answer. meeting: to which date; left out: to all of them.

    revision: of the series as you saw it. An answer to what has changed since is refused.
    """

    series: Id
    answer: Annotated[str, BeforeValidator(one_of([*ANSWERS])), WithJsonSchema({"enum": ANSWERS})]
    meeting: IdOrNone = None
    revision: Annotated[int, Field(ge=1)] | None = None
