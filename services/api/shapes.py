"""What may be sent. A key that is not here is refused, and the nearest is named."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from services.api.words import (
    PATCH,
    ADay,
    Blackouts,
    DayOrNone,
    Ranges,
    RangesOrNone,
    Rules,
    TiersOrNone,
)
from services.planning.document import Table
from services.planning.fields import MOST_LETTERS, Day, Text, Zone, at_most, one_of, shown, wrong
from services.planning.templates import TEMPLATES
from services.storage.rows.calendars import CalendarKind


def _id(value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise wrong(f"{shown(value)} is not an id", "write it as it was listed") from None


_LINE = {"type": "string", "minLength": 1, "maxLength": MOST_LETTERS}
Line = Annotated[Text, WithJsonSchema(_LINE)]
Email = Annotated[Text, WithJsonSchema({"type": "string", "format": "email", "maxLength": 254})]
Id = Annotated[UUID, BeforeValidator(_id), WithJsonSchema({"type": "string", "format": "uuid"})]
_KINDS = [each.value for each in CalendarKind]


class NewGroup(Table):
    """A group from a template. Its rules are the template's unless it is given others."""

    template: Annotated[str, WithJsonSchema({"type": "string", "enum": list(TEMPLATES)})]
    title: Line
    timezone: Zone
    rules: Rules = Field(default_factory=dict)


class GroupChange(Table):
    """What is to be different."""

    title: Line = Field(default_factory=str)
    timezone: Zone = Field(default_factory=str)
    rules: Rules = Field(default_factory=dict)


class Somebody(Table):
    """A person, by their address of mail."""

    name: Line
    email: Email


class NewGuest(Somebody):
    """Somebody who comes to one date."""

    day: Annotated[Day, WithJsonSchema({"type": "string", "format": "date"})]


class NewMember(Somebody):
    """A member as a coordinator enters them."""

    required: bool = False
    coordinator: bool = False
    assistant_email: Email | None = None
    timezone: Zone | None = None
    hours: RangesOrNone = None
    preferred: RangesOrNone = None
    notice: TiersOrNone = None


class MemberChange(Table):
    """What is to be different."""

    name: Line = Field(default_factory=str)
    required: bool = Field(default_factory=bool)
    timezone: Zone | None = None
    hours: RangesOrNone = None
    preferred: RangesOrNone = None
    notice: TiersOrNone = None


class PersonChange(Table):
    """What is to be different; null takes it back."""

    name: Line = Field(default_factory=str)
    timezone: Zone | None = None
    hours: RangesOrNone = None
    preferred: RangesOrNone = None
    notice: TiersOrNone = None


class NewTerm(Table):
    """A semester. Its rules are the group's of today unless it is given others."""

    start: ADay
    end: ADay
    planning_date: DayOrNone = None
    rules: Rules = Field(default_factory=dict)
    blackouts: Blackouts = Field(default_factory=list)


class TermChange(Table):
    """What is to be different."""

    start: ADay = Field(default_factory=str)
    end: ADay = Field(default_factory=str)
    planning_date: DayOrNone = None
    rules: Rules = Field(default_factory=dict)
    blackouts: Blackouts = Field(default_factory=list)


class NewCalendar(Table):
    """A calendar: the text of an ICS file, its https address, or the hours of every week.

    Exactly one of the three. Only times and their kinds are kept. complete_until: the last day for
    which it tells everything; after it the member is unknown.
    """

    kind: Annotated[str, BeforeValidator(one_of(_KINDS)), WithJsonSchema({"enum": _KINDS})]
    ics: Annotated[str, WithJsonSchema({"type": "string"})] | None = None
    address: Annotated[str, WithJsonSchema({"type": "string", "format": "uri"})] | None = None
    weekly: Ranges = None
    complete_until: DayOrNone = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [each for each in ("ics", "address", "weekly") if getattr(self, each) is not None]
        if len(given) != 1:
            raise wrong(
                f"{' and '.join(given) or 'no source'} is given", "give one of ics, address, weekly"
            )
        return self


class Chosen(Table):
    """A calendar of an account that counts. mark: as it was listed."""

    mark: Annotated[str, WithJsonSchema({"type": "string", "minLength": 24, "maxLength": 24})]
    kind: Annotated[str, BeforeValidator(one_of(_KINDS)), WithJsonSchema({"enum": _KINDS})]


class Choice(Table):
    """The calendars of an account that count; those that are left out do not."""

    calendars: Annotated[list[Chosen], at_most(250)]

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        marks = [each.mark for each in self.calendars]
        if len(set(marks)) < len(marks):
            raise wrong("a calendar stands twice", "give each mark once")
        return self


class ReadingChoice(Table):
    """The account through which members are read: one of your own."""

    account: Id


class NewPlan(Table):
    """A plan.

    what_if  changes to try on the problem, as relaxations are: nothing is stored
    read     whether calendars that were not read lately are read first
    top      how many proposals
    """

    what_if: Annotated[list[dict[str, Any]], at_most(100), WithJsonSchema(PATCH)] | None = None
    read: bool = True
    top: Annotated[int, Field(ge=1, le=10)] = 5
