"""A case of a larger problem: the same rules, with what is asked often looked up instead."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.judge.clock import date_of
from tests.judge.states import Case, Member, Slot


class Table(Case):
    """A case that finds the events near a day once, not for every start of it."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem, None, still=False)
        self._near: dict[date, list[Member]] = {}
        self._starts: dict[Slot, datetime] = {}
        self._failing: dict[Slot, bool] = {}
        self._closed = {
            day
            for one in problem.get("blackouts", [])
            for day in self.days
            if date_of(one["start"]) <= day <= date_of(one["end"])
        }

    def in_blackout(self, day: date) -> bool:
        """Return whether the day, one of the term, lies in a blackout."""
        return day in self._closed

    def start(self, slot: Slot) -> datetime:
        """Return the moment of a start."""
        if slot not in self._starts:
            self._starts[slot] = super().start(slot)
        return self._starts[slot]

    def states(self, slot: Slot) -> tuple[str, ...]:
        """Return each member's state at a start, in file order."""
        if slot not in self._states:
            start, notice = self.start(slot), (slot.day - self.planning).days
            self._states[slot] = tuple(
                one.state(start, self.minutes, self.margins, notice)
                for one in self._members_near(start.date())
            )
        return self._states[slot]

    def fails(self, slot: Slot) -> bool:
        """Return whether a date fails: blackout, quorum, or a required member."""
        if slot not in self._failing:
            self._failing[slot] = super().fails(slot)
        return self._failing[slot]

    def _members_near(self, day: date) -> list[Member]:
        """Return the members with only those events that a meeting starting that day can meet."""
        if day not in self._near:
            midnight = datetime.combine(day, time(), UTC)
            begin = midnight - timedelta(minutes=self.margins[0])
            end = midnight + timedelta(days=1, minutes=self.minutes + self.margins[1])
            self._near[day] = [_during(member, begin, end) for member in self.members]
        return self._near[day]


def _during(member: Member, begin: datetime, end: datetime) -> Member:
    return replace(
        member, busy=tuple(one for one in member.busy if one[0] < end and one[1] > begin)
    )
