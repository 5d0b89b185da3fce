"""What the planner answers: the best few proposals, date by date, with reasons."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from scheduler.model.cadence import Ordinals
from scheduler.model.problem import State


class Score(NamedTuple):
    """How good a proposal is, in the order in which it counts; see docs/planner.md."""

    lost_dates: int
    moves: int
    worst_absences: int
    expected_attendance: int
    late_protections: int
    protections: int
    burden: tuple[int, int]


class Outcome(StrEnum):
    """What becomes of a date of the pattern."""

    KEPT = "kept"
    MOVED = "moved"
    SHORT = "short"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Rule:
    """What the dates of a proposal have in common; fields that do not apply are None.

    weekday  0 is Monday
    time     minutes past midnight, the group's wall clock
    """

    kind: str
    weekday: int | None
    time: int
    every: int | None = None
    phase: int | None = None
    ordinals: Ordinals | None = None


class Alternative(NamedTuple):
    """Another start (UTC seconds) for a short date, and who could come then."""

    start: int
    expected: tuple[int, int]


@dataclass(frozen=True, slots=True)
class PlannedDate:
    """One date of a proposal.

    start, end  UTC seconds
    day         the local day of the start, in the group's zone
    moved_from  the original start of a moved date
    expected    members who attend, and the same plus those of whom nothing is known
    attendance  per state the members in it, by their place in the problem
    """

    start: int
    end: int
    day: date
    outcome: Outcome
    quorum_met: bool
    expected: tuple[int, int]
    attendance: dict[State, tuple[int, ...]]
    why: str
    moved_from: int | None = None
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class HourChange:
    """A member's wall clock shows another hour from that date on (minutes past midnight)."""

    member: int
    day: date
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A semester of dates. `proven` says that no pattern is better."""

    label: str
    why: str
    rule: Rule
    score: Score
    dates: tuple[PlannedDate, ...]
    hour_changes: tuple[HourChange, ...]
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One operation of a JSON Patch (RFC 6902) on the problem; `remove` has no value."""

    op: str
    path: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A change to the problem that was run and found to lose fewer dates."""

    change: str
    patch: tuple[Change, ...]
    lost_dates: int
    gains: str


class Status(StrEnum):
    """How a clinic can still be asked for its time."""

    ROUTINE = "routine"
    APPROVER = "approver"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Notice:
    """Ask for a member's clinical time at a held date, on `ask_by` at the latest.

    member    by place in the problem
    start     of the date, UTC seconds
    approver  who may approve it, where the status is APPROVER
    """

    member: int
    start: int
    ask_by: date
    status: Status
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class PlanBy:
    """The last planning days on which no protection is late, and on which each meets a tier.

    Both are None where nothing is to be protected.
    """

    routine: date | None = None
    any_tier: date | None = None


@dataclass(frozen=True, slots=True)
class Heat:
    """How many days of the term each weekday-and-time keeps, for the map of the week.

    starts  minutes past midnight, ascending
    kept    per weekday (Monday first) and start, the days that do not fail; None: no window there
    days    per weekday, the days of the term outside blackouts
    """

    starts: tuple[int, ...] = ()
    kept: tuple[tuple[int | None, ...], ...] = ()
    days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The best distinct proposals, best first, and what they were chosen from.

    relaxations       what would lose fewer dates, when the best proposal loses any
    notices, plan_by  of the chosen proposal
    warnings          sentences about the input, for whoever reads the answer
    """

    quorum: int
    patterns: int
    proposals: tuple[Proposal, ...]
    warnings: tuple[str, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    notices: tuple[Notice, ...] = ()
    plan_by: PlanBy = PlanBy()
    heat: Heat = Heat()
