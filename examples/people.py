"""The words the examples are written in: a group, its people, and the habits of their weeks.

Everyone in here is invented, and so is every hospital and university.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

TimeKind = Literal["busy", "tentative", "free", "away", "elsewhere"]

AUTUMN = date(2026, 9, 8)  # habits of the year begin after Labor Day
TERM_START = date(2027, 1, 4)  # clinic templates begin with the semester
TERM_END = date(2027, 6, 30)
HOLIDAYS = {
    date(2027, 1, 18): "Martin Luther King Jr. Day",
    date(2027, 2, 15): "Presidents' Day",
    date(2027, 5, 31): "Memorial Day",
    date(2027, 6, 18): "Juneteenth (observed)",
}


@dataclass(frozen=True, slots=True)
class Habit:
    """Something that comes back.

    when  words as in "mon wed 08:00-12:00", "fortnightly thu 17:00-18:00" or
          "1st 3rd tue 07:00-08:00"; an end before the start is the next morning's
    """

    when: str
    title: str
    kind: TimeKind = "busy"
    since: date = AUTUMN


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
    hours     as in the problem file: days, start, end
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

    @property
    def last(self) -> date:
        """The last day the calendar says anything about."""
        return self.known_until or TERM_END


@dataclass(frozen=True, slots=True)
class Group:
    """An example folder: the problem's own words, and its members."""

    folder: str
    preamble: str
    people: tuple[Person, ...]
