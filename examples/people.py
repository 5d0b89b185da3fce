"""The words the examples are written in: a group, its people, and the habits of their weeks.

Everyone in here is invented, and so is every hospital and university.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

TimeKind = Literal["busy", "tentative", "free", "away", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Term:
    """First and last day, holidays among them, and since when the habits of that year run."""

    start: date
    end: date
    habits: date
    holidays: Mapping[date, str] = field(hash=False)


SEMESTER = Term(
    date(2027, 1, 4),
    date(2027, 6, 30),
    date(2026, 9, 8),  # after Labor Day
    {
        date(2027, 1, 18): "Martin Luther King Jr. Day",
        date(2027, 2, 15): "Presidents' Day",
        date(2027, 5, 31): "Memorial Day",
        date(2027, 6, 18): "Juneteenth (observed)",
    },
)
CHIEF_YEAR = Term(
    date(2027, 7, 1),
    date(2028, 6, 30),
    date(2027, 7, 1),
    {
        date(2027, 7, 5): "Independence Day (observed)",
        date(2027, 9, 6): "Labor Day",
        date(2027, 11, 25): "Thanksgiving",
        date(2027, 12, 24): "Christmas Day (observed)",
        date(2027, 12, 31): "New Year's Day (observed)",
        date(2028, 1, 17): "Martin Luther King Jr. Day",
        date(2028, 2, 21): "Presidents' Day",
        date(2028, 5, 29): "Memorial Day",
        date(2028, 6, 19): "Juneteenth",
    },
)


@dataclass(frozen=True, slots=True)
class Habit:
    """Something that comes back.

    when  words as in "mon wed 08:00-12:00", "fortnightly thu 17:00-18:00" or
          "1st 3rd tue 07:00-08:00"; an end before the start is the next morning's
    since  when it began; left out: with the others of that year
    """

    when: str
    title: str
    kind: TimeKind = "busy"
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """Whole days elsewhere, both ends included."""

    title: str
    start: date
    end: date
    kind: TimeKind = "away"


@dataclass(frozen=True, slots=True)
class Service:
    """Inpatient weeks: Monday to Sunday, one week in six, counted from the term's first."""

    title: str
    first: int
    blocks: bool = False  # 07:00-18:00 on each day, instead of one line across the week
    every: int = 6


@dataclass(frozen=True, slots=True)
class Person:
    """A member, and what fills their calendar.

    key       names the files: key.ics, key-clinic.ics
    place     where they work, for the reader of the problem file
    style     whose dialect the calendar is written in; empty: they shared none
    hours     as in the problem file: days, start, end; so are preferred and required
    notice    TOML of their own notice tiers; empty: the group's
    copies    the clinic sessions stand in the ordinary calendar too
    calls     nights on call: the first, counted in days from the term's start, and one in how many
    one_offs  meetings a week that happen once
    typed     busy time the coordinator typed in: TOML of `busy`
    """

    key: str
    name: str
    place: str
    zone: str = "new-york"
    style: str = ""
    hours: tuple[tuple[str, str, str], ...] = ()
    preferred: tuple[tuple[str, str, str], ...] = ()
    required: bool = False
    notice: str = ""
    clinics: tuple[str, ...] = ()
    copies: bool = False
    habits: tuple[Habit, ...] = ()
    service: Service | None = None
    away: tuple[Away, ...] = ()
    calls: tuple[int, int] | None = None
    one_offs: int = 3
    known_until: date | None = None
    typed: str = ""
    term: Term = SEMESTER

    @property
    def last(self) -> date:
        """The last day the calendar says anything about."""
        return self.known_until or self.term.end


@dataclass(frozen=True, slots=True)
class Group:
    """An example folder: the problem's own words, and its members."""

    folder: str
    preamble: str
    people: tuple[Person, ...]
