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
class Answer:
    """The best distinct proposals, best first, and what they were chosen from.

    warnings  sentences about the input, for whoever reads the answer
    """

    quorum: int
    patterns: int
    proposals: tuple[Proposal, ...]
    warnings: tuple[str, ...] = ()
