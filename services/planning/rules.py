"""The rules of a group: what a problem file says besides its term and its members.

What is checked is kept as it was written, in the words of a problem file.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from services.planning.document import (
    Blackouts,
    Cadence,
    Meeting,
    Moves,
    Notice,
    Quorum,
    Range,
    Ranges,
    Table,
    Term,
    Tiers,
    falling,
)
from services.planning.fields import Day, Zone
from services.planning.mistakes import explained

T = TypeVar("T", bound=Table)


class Rules(Table):
    """Meeting, cadence, windows, quorum, moves and notice, as in a problem file.

    hours  the hours of every member who has none of their own
    """

    meeting: Meeting
    cadence: Cadence
    windows: Annotated[Ranges, Field(min_length=1)]
    quorum: Quorum = Quorum()
    moves: Moves | None = None
    notice: Notice
    hours: Ranges | None = None

    @model_validator(mode="after")
    def _falling_notice(self) -> Self:
        falling(self.notice)
        return self


class Person(Table):
    """What is said of a person's time. None: nothing."""

    timezone: Zone | None = None
    hours: Ranges | None = None
    preferred: Ranges | None = None
    notice: Tiers | None = None

    @model_validator(mode="after")
    def _falling_notice(self) -> Self:
        falling(self.notice or [])
        return self


class _Blackouts(Table):
    blackouts: Blackouts


class _Weekly(Table):
    weekly: Annotated[Ranges, Field(min_length=1)]


class _PlanningDate(Table):
    planning_date: Day | None


RULES = tuple(each for each in Rules.model_fields if each != "hours")  # the tables of a file
OF_TIME = tuple(Person.model_fields)  # what is said of somebody's time, by columns


def checked_rules(rules: Any) -> dict[str, Any]:
    """Check the rules of a group. Raises BadProblem."""
    written: dict[str, Any] = decimals(rules)
    read(Rules, written)
    return written


def checked_term(start: Any, end: Any) -> Term:
    """Check the first and the last day. Raises BadProblem."""
    return read(Term, {"start": start, "end": end})


def checked_planning_date(day: Any) -> date | None:
    """Check the day from which notice is counted. Raises BadProblem."""
    return read(_PlanningDate, {"planning_date": day}).planning_date


def checked_blackouts(blackouts: Any) -> list[Any]:
    """Check days without meetings. Raises BadProblem."""
    read(_Blackouts, {"blackouts": blackouts})
    return list(blackouts)


def checked_weekly(ranges: Any) -> list[Any]:
    """Check the hours of a week that are taken. Raises BadProblem."""
    read_weekly(ranges)
    return list(ranges)


def read_weekly(ranges: Any) -> list[Range]:
    """Read the hours of a week that are taken. Raises BadProblem."""
    return read(_Weekly, {"weekly": ranges}).weekly


def checked_person(**said: Any) -> dict[str, Any]:
    """Check zone, hours, preferred hours and notice. Raises BadProblem."""
    read(Person, said)
    return said


def read(kind: type[T], data: Any) -> T:
    """Check data as a table of this kind. Raises BadProblem with the first thing wrong."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise explained(error, data) from None


def decimals(value: Any) -> Any:
    """The same value with every binary fraction as the decimal that was written: 0.1 is 0.1."""
    match value:
        case float():
            return Decimal(repr(value))
        case dict():
            return {key: decimals(each) for key, each in value.items()}
        case list():
            return [decimals(each) for each in value]
        case _:
            return value
