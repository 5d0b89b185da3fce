"""A problem file as it is written: its keys, their types, what each table must hold by itself.

pydantic checks the types; the sentences are ours, because a coordinator reads them.
"""

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from services.planning.fields import (
    Day,
    Line,
    Minute,
    Ordinals,
    Share,
    Text,
    Weekdays,
    Zone,
    at_most,
    nearest,
    one_of,
    shown,
    wrong,
)
from services.planning.mistakes import explained

_WEEK = 7 * 24 * 60
_DAYS = 800  # of a term
_YEARS = 3660  # days; longer notice than ten years is a slip of the pen
_COUNTING = ["free", "protectable", "tentative", "off_hours"]
MOST_RANGES = 60  # of one list: eight for every day of a week
MOST_TIERS = 20
MOST_BLACKOUTS = 200


class Table(BaseModel):
    """A table whose keys are all known; an unknown one is an error that names the nearest."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, value: Any) -> Any:
        if isinstance(value, dict):
            for key in value:
                if key not in cls.model_fields:
                    known = list(cls.model_fields)
                    raise wrong(f"the key {shown(key)} is not known", nearest(str(key), known))
        return value


class Range(Table):
    """Wall-clock hours of some weekdays."""

    days: Weekdays
    start: Minute
    end: Minute

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end <= self.start:
            raise wrong(
                "the end is not after the start",
                "let it end later, or write two, split at midnight (24:00 and 00:00)",
            )
        return self


Ranges = Annotated[list[Range], at_most(MOST_RANGES)]


class Term(Table):
    """First and last day."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.end < self.start:
            raise wrong("the term ends before it starts", "exchange start and end")
        if (self.end - self.start).days + 1 > _DAYS:
            raise wrong("the term is longer than 800 days", "plan one semester at a time")
        return self


class Meeting(Table):
    """Minutes of a meeting, of its grid and of its margins."""

    minutes: Annotated[int, Field(ge=1, le=_WEEK)]
    grid: Annotated[int, Field(ge=1, le=24 * 60)] = 15
    before: Annotated[int, Field(ge=0, le=_WEEK)] = 0
    after: Annotated[int, Field(ge=0, le=_WEEK)] = 0


class Cadence(Table):
    """The rule of the dates; keys that belong to another kind are ignored."""

    kind: Annotated[str, BeforeValidator(one_of(["once", "weekly", "monthly", "spread"]))]
    every: Annotated[int, Field(ge=1, le=_DAYS)] = 1
    ordinals: Ordinals = [[1], [2], [3], [4], [-1]]
    count: Annotated[int | None, Field(ge=1, le=_DAYS)] = None
    min_gap_days: Annotated[int | None, Field(ge=0, le=_DAYS)] = None

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.every != 1 and self.kind != "weekly":
            raise wrong(
                f"every {self.every} does not go with the kind {self.kind}",
                "leave it out, or choose the kind weekly",
            )
        if self.kind == "spread" and (self.count is None or self.min_gap_days is None):
            raise wrong("spread needs count and min_gap_days", "add them")
        return self


class Quorum(Table):
    """How many members must attend, and which states count."""

    share: Share | None = None
    count: Annotated[int | None, Field(ge=1)] = None
    counts: Annotated[
        list[Annotated[str, BeforeValidator(one_of(_COUNTING))]], at_most(len(_COUNTING))
    ] = ["free", "protectable"]

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.share is not None and self.count is not None:
            raise wrong("both share and count are given", "leave one of them out")
        if "free" not in self.counts:
            raise wrong("counts leaves out free", "add free to it")
        return self


class Moves(Table):
    """How far and how many failing dates may move."""

    max_days: Annotated[int | None, Field(ge=0, le=_DAYS)] = None
    max_count: Annotated[int | None, Field(ge=0, le=_DAYS)] = None


class Blackout(Table):
    """Days without meetings, both inclusive."""

    start: Day
    end: Day
    name: Line = ""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end < self.start:
            raise wrong("the blackout ends before it starts", "exchange start and end")
        return self


class Tier(Table):
    """How many days ahead a clinic must be asked."""

    days: Annotated[int, Field(ge=0, le=_YEARS)]
    approver: Line | None = None


def falling(tiers: list[Tier]) -> list[Tier]:
    """Refuse tiers that do not fall."""
    days = [tier.days for tier in tiers]
    if days != sorted(set(days), reverse=True):
        raise wrong("the tiers are not in falling order", "write the most days first")
    return tiers


Tiers = Annotated[list[Tier], at_most(MOST_TIERS)]
Notice = Annotated[Tiers, Field(default_factory=list)]
Blackouts = Annotated[list[Blackout], at_most(MOST_BLACKOUTS)]
Paths = Annotated[list[str], Field(fail_fast=True)]  # however many there are


class Member(Table):
    """One person; times without an offset are in this person's zone."""

    name: Annotated[Text, Field(min_length=1)]
    timezone: Zone | None = None
    required: bool = False
    hours: Ranges | None = None
    preferred: Ranges | None = None
    calendars: Paths | None = None
    clinical: Paths | None = None
    busy: list[Any] | None = None
    known_until: Day | None = None
    notice: Tiers | None = None

    @model_validator(mode="after")
    def _falling_notice(self) -> Self:
        falling(self.notice or [])
        return self


class ProblemDocument(Table):
    """The whole file."""

    title: Line = ""
    timezone: Zone
    planning_date: Day | None = None
    notice: Notice
    term: Term
    meeting: Meeting
    cadence: Cadence
    windows: Annotated[Ranges, Field(min_length=1)]
    quorum: Quorum = Quorum()
    moves: Moves | None = None
    blackouts: Blackouts = []
    members: Annotated[list[Member], Field(min_length=1, fail_fast=True)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        falling(self.notice)
        names: set[str] = set()
        for member in self.members:
            if member.name in names:
                raise wrong(
                    f"the name {shown(member.name)} stands twice among the members",
                    "tell them apart",
                )
            names.add(member.name)
        return self


def read_document(data: Any) -> ProblemDocument:
    """Check a problem as TOML or JSON gave it. Raises BadProblem with the first thing wrong."""
    try:
        return ProblemDocument.model_validate(data)
    except ValidationError as error:
        raise explained(error, data) from None
