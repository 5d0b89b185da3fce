"""Who is in which state at which start: members, their attendance, and what it adds to a score."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Any, NamedTuple

from tests.judge.clock import (
    DAY,
    at_wall_clock,
    date_of,
    minutes_of_week,
    moment_of,
    nominal_minutes,
    real_minutes,
    zone_of,
)

STATES = ("free", "tentative", "protectable", "busy", "off_hours", "unknown")
OFFICE = {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "08:00", "end": "18:00"}
PLANTS = (None, "order", "dst", "member")
MISSED = "missed"  # the state of a member the planted error forgets: in no list, in no sum


class Slot(NamedTuple):
    """A start on the group's wall clock: a local day and minutes past its midnight."""

    day: date
    minute: int


class Tier(NamedTuple):
    """A clinic that is asked at least `days` ahead can be released, perhaps by an approver."""

    days: int
    approver: str | None


@dataclass(frozen=True)
class Member:
    """One member as the problem states them; minutes are those of a week in `zone`."""

    name: str
    zone: tzinfo
    required: bool
    hours: frozenset[int] | None
    preferred: frozenset[int]
    busy: tuple[tuple[datetime, datetime, str], ...]
    unknown: bool
    known_end: datetime | None
    tiers: tuple[Tier, ...]

    def state(self, start: datetime, length: int, margins: tuple[int, int], notice: int) -> str:
        """Return the state at a meeting of `length` minutes; `notice` is in days."""
        begin = start - timedelta(minutes=margins[0])
        end = start + timedelta(minutes=length + margins[1])
        kinds = {kind for since, until, kind in self.busy if since < end and until > begin}
        tentative, clinical = "tentative" in kinds, "protectable" in kinds
        unasked = clinical and not any(notice >= max(tier.days, 0) for tier in self.tiers)
        late = self.known_end is not None and end > self.known_end
        rules = (
            ("off_hours", not self._wholly_inside_hours(start, length)),
            ("busy", bool(kinds & {"busy", "unavailable"}) or (tentative and clinical) or unasked),
            ("unknown", self.unknown or late),
            ("tentative", tentative),
            ("protectable", clinical),
            ("free", True),
        )
        return next(state for state, holds in rules if holds)

    def burden(self, start: datetime, length: int) -> int:
        """Return how many minutes of the meeting lie outside the preferred hours."""
        return sum(at not in self.preferred for at in real_minutes(start, length, self.zone))

    def _wholly_inside_hours(self, start: datetime, length: int) -> bool:
        hours = self.hours
        return hours is None or all(at in hours for at in real_minutes(start, length, self.zone))


def read_member(raw: dict[str, Any], problem: dict[str, Any]) -> Member:
    """Return a member of the problem file."""
    zone = zone_of(raw.get("timezone", problem["timezone"]))
    known = raw.get("known_until")
    notice = raw.get("notice", problem.get("notice", []))
    return Member(
        name=raw["name"],
        zone=zone,
        required=raw.get("required", False),
        hours=minutes_of_week(raw["hours"]) if "hours" in raw else None,
        preferred=minutes_of_week(raw.get("preferred", [OFFICE])),
        busy=_read_busy(raw.get("busy", []), zone),
        unknown="busy" not in raw,
        known_end=at_wall_clock(date_of(known), DAY, zone) if known is not None else None,
        tiers=tuple(Tier(tier["days"], tier.get("approver")) for tier in notice),
    )


def _read_busy(items: list[list[Any]], zone: tzinfo) -> tuple[tuple[datetime, datetime, str], ...]:
    read = [
        (moment_of(item[0], zone), moment_of(item[1], zone), item[2] if len(item) > 2 else "busy")
        for item in items
    ]
    clinical = {(start, end) for start, end, kind in read if kind == "protectable"}
    return tuple(
        (start, end, kind)
        for start, end, kind in read
        if kind == "protectable" or (start, end) not in clinical
    )


class Case:
    """A problem, read: its rules as methods over slots, remembered once worked out."""

    def __init__(self, problem: dict[str, Any], plant: str | None, *, still: bool) -> None:
        meeting, quorum = problem["meeting"], problem.get("quorum", {})
        self.problem = problem
        self.plant = plant
        self.zone = zone_of(problem["timezone"])
        self.planning = date_of(problem["planning_date"])
        self.first = date_of(problem["term"]["start"])
        self.last = date_of(problem["term"]["end"])
        self.minutes: int = meeting["minutes"]
        self.grid: int = meeting.get("grid", 15)
        self.margins: tuple[int, int] = (meeting.get("before", 0), meeting.get("after", 0))
        self.cadence: dict[str, Any] = problem["cadence"]
        self.kind: str = self.cadence["kind"]
        self.windows = minutes_of_week(problem["windows"])
        self.members = [read_member(raw, problem) for raw in problem["members"]]
        self.counts = frozenset(quorum.get("counts", ["free", "protectable"]))
        self.quorum = _quorum(quorum, len(self.members))
        self.moves: dict[str, Any] = {"max_days": 0} if still else problem.get("moves", {})
        self._states: dict[Slot, tuple[str, ...]] = {}
        self._tallies: dict[Slot, tuple[int, ...]] = {}

    @cached_property
    def days(self) -> list[date]:
        """Every local day of the term."""
        length = (self.last - self.first).days + 1
        return [self.first + timedelta(days=passed) for passed in range(length)]

    @cached_property
    def starts_by_weekday(self) -> list[list[int]]:
        """For each weekday the minutes past midnight at which a meeting fits a window."""
        return [
            [at for at in range(0, DAY, self.grid) if self._fits(weekday, at)]
            for weekday in range(7)
        ]

    def _fits(self, weekday: int, minute: int) -> bool:
        return self.windows.issuperset(nominal_minutes(weekday, minute, self.minutes))

    def starts_on(self, day: date) -> list[int]:
        """Return the starts, in minutes past midnight, that fit a window on that day."""
        return self.starts_by_weekday[day.weekday()]

    def is_open(self, day: date) -> bool:
        """Return whether the day lies in the term and in no blackout."""
        return self.first <= day <= self.last and not self.in_blackout(day)

    def in_blackout(self, day: date) -> bool:
        """Return whether the day lies in a blackout."""
        return any(
            date_of(one["start"]) <= day <= date_of(one["end"])
            for one in self.problem.get("blackouts", [])
        )

    def open_slots(self, around: date, reach: int) -> list[Slot]:
        """Return every start of the grid on open days at most `reach` days from `around`."""
        near = (around + timedelta(days=step) for step in range(-reach, reach + 1))
        return [Slot(day, at) for day in near if self.is_open(day) for at in self.starts_on(day)]

    def start(self, slot: Slot) -> datetime:
        """Return the moment of a start."""
        start = at_wall_clock(slot.day, slot.minute, self.zone)
        if self.plant == "dst":
            since = at_wall_clock(self.first, 0, self.zone).astimezone(self.zone).utcoffset()
            if start.astimezone(self.zone).utcoffset() != since:
                return start + timedelta(hours=1)
        return start

    def states(self, slot: Slot) -> tuple[str, ...]:
        """Return each member's state at a start, in file order."""
        if slot not in self._states:
            start, notice = self.start(slot), (slot.day - self.planning).days
            states = [one.state(start, self.minutes, self.margins, notice) for one in self.members]
            if self.plant == "member":
                states[-1] = MISSED
            self._states[slot] = tuple(states)
        return self._states[slot]

    def expected(self, slot: Slot) -> int:
        """Return how many members are in a state that counts."""
        return sum(state in self.counts for state in self.states(slot))

    def quorum_met(self, slot: Slot) -> bool:
        """Return whether enough members are expected; the number alone."""
        return self.expected(slot) >= self.quorum

    def fails(self, slot: Slot) -> bool:
        """Return whether a date fails: blackout, quorum, or a required member."""
        lacking = any(
            member.required and state not in self.counts
            for member, state in zip(self.members, self.states(slot), strict=True)
        )
        return self.in_blackout(slot.day) or lacking or not self.quorum_met(slot)

    def protected(self, slot: Slot) -> list[Member]:
        """Return the members whose clinic must be asked when a date is held there."""
        if "protectable" not in self.counts:
            return []
        states = zip(self.members, self.states(slot), strict=True)
        return [member for member, state in states if state == "protectable"]

    def tally(self, slot: Slot) -> tuple[int, ...]:
        """Return what a held date adds: each member's absence, each one's burden, three sums.

        The sums are expected attendance, late protections and protections.
        """
        if slot not in self._tallies:
            self._tallies[slot] = self._tally(slot)
        return self._tallies[slot]

    def _tally(self, slot: Slot) -> tuple[int, ...]:
        start, states = self.start(slot), self.states(slot)
        present = [state in self.counts for state in states]
        absent = [
            state not in {"unknown", MISSED} and not here
            for state, here in zip(states, present, strict=True)
        ]
        burdens = [
            member.burden(start, self.minutes) if here else 0
            for member, here in zip(self.members, present, strict=True)
        ]
        asked = self.protected(slot)
        notice = (slot.day - self.planning).days
        late = sum(notice < max(tier.days for tier in member.tiers) for member in asked)
        return (*map(int, absent), *burdens, sum(present), late, len(asked))


def _quorum(quorum: dict[str, Any], size: int) -> int:
    if "count" in quorum:
        return int(quorum["count"])
    # The text of the number is its exact decimal: 0.3 is three tenths, not the nearest binary.
    return max(1, ceil(Fraction(str(quorum.get("share", "0.5"))) * size))
