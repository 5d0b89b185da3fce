"""What a group asks the planner: its term, its rules, its members. Rules: docs/planner.md."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil

from scheduler.model.busytime import BusyTime
from scheduler.model.cadence import Cadence
from scheduler.model.week import ALWAYS, OFFICE_HOURS, Hours, Week


class State(StrEnum):
    """Where a member stands at a date; exactly one, in the order in which the first holds."""

    OFF_HOURS = "off_hours"
    BUSY = "busy"
    UNKNOWN = "unknown"
    TENTATIVE = "tentative"
    PROTECTABLE = "protectable"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Tier:
    """How many days ahead a clinic must be asked, and who may approve it then."""

    days: int
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class Blackout:
    """Days on which the group does not meet; both inclusive, in the group's zone."""

    start: date
    end: date
    name: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """How long a meeting lasts, in minutes.

    grid           starts are multiples of this many minutes past midnight
    before, after  margins that must be free of busy time
    """

    minutes: int
    grid: int = 15
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many members must attend, as a share of all or as a count, and which states count."""

    share: Decimal | None = Decimal("0.5")
    count: int | None = None
    counts: frozenset[State] = frozenset({State.FREE, State.PROTECTABLE})

    def of(self, members: int) -> int:
        """The smallest whole number that meets it, at least 1."""
        if self.count is not None:
            return self.count
        assert self.share is not None
        return max(1, ceil(Fraction(self.share) * members))


@dataclass(frozen=True, slots=True)
class Moves:
    """How many local days a failing date may move, and how many may; None: the default.

    The default of `max_days`, and its limit, is what keeps two dates from meeting; that of
    `max_count` is a quarter of the dates, rounded up.
    """

    max_days: int | None = None
    max_count: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """Which optional tables and keys the problem was written with; a JSON Patch must know."""

    moves: bool = False
    quorum: bool = False
    share: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One person of the group.

    zone         IANA name; hours, preferred and known_until are in it
    busy         None: nothing is known of this person's time
    known_until  the last day of which anything is known; None: everything is
    notice       tiers in falling order of days; empty: none is known
    """

    name: str
    zone: str
    required: bool = False
    hours: Week = ALWAYS
    preferred: Week = OFFICE_HOURS
    busy: BusyTime | None = None
    known_until: date | None = None
    notice: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Everything the planner looks at. `start` and `end` of the term are both inclusive."""

    zone: str
    planning_date: date
    start: date
    end: date
    meeting: Meeting
    cadence: Cadence
    windows: tuple[Hours, ...]
    members: tuple[Member, ...]
    quorum: Quorum = Quorum()
    moves: Moves = Moves()
    blackouts: tuple[Blackout, ...] = ()
    title: str = ""
    written: Written = Written()
