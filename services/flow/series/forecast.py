"""Who could come at another time, as far as calendars tell: asked before a date is moved there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler.availability import standing
from scheduler.errors import Explained
from scheduler.model.problem import Problem, State
from scheduler.model.zone import zone
from services.flow import rights
from services.flow.question import question
from services.storage import terms
from services.storage.rows.series import SeriesRow
from services.storage.work import Work

_ALWAYS = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "00:00"}


@dataclass(frozen=True, slots=True)
class Forecast:
    """Who could come at a time.

    members  per state the names of the members in it
    counts   the states that count for a quorum; of UNKNOWN nobody can say
    needed   how many make a quorum
    lacking  names of those who are required, and cannot come
    """

    members: Mapping[State, Sequence[str]]
    counts: frozenset[State]
    needed: int
    lacking: Sequence[str]

    @property
    def sure(self) -> int:
        """How many can come."""
        return sum(len(names) for state, names in self.members.items() if state in self.counts)

    @property
    def size(self) -> int:
        """How many members there are."""
        return sum(map(len, self.members.values()))

    @property
    def holds(self) -> bool:
        """Whether the date could be held then; those of whom nothing is known may yet come."""
        perhaps = self.sure + len(self.members[State.UNKNOWN])
        return perhaps >= self.needed and not self.lacking


def at(work: Work, row: SeriesRow, start: datetime, minutes: int) -> Forecast | None:
    """Look who could come then, as planning would; our own dates keep nobody from it.

    None: that cannot be told, as for a time that is over
    """
    group = rights.coordinating(work, row.group_id)
    term = terms.one(work, row.group_id, row.term_id)
    if term is None:
        return None
    day, today = (each.astimezone(zone(group.timezone)).date() for each in (start, work.now))
    try:
        asked = question(work, group, term, _only(day, minutes, today))
        problem = asked.problem()
        found = standing(problem, int(start.timestamp()))
    except Explained:
        return None
    names = list(asked.names.values())
    return None if found is None else _forecast(problem, found, names)


def _only(day: date, minutes: int, today: date) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Make a question that is about one meeting, at any minute of one day, as of today."""

    def altered(document: dict[str, Any]) -> dict[str, Any]:
        return {
            **document,
            "planning_date": today.isoformat(),
            "term": {"start": day.isoformat(), "end": day.isoformat()},
            "windows": [{**_ALWAYS, "end": "24:00"}],
            "meeting": {**document["meeting"], "minutes": minutes, "grid": 1},
            "cadence": {"kind": "once"},
            "blackouts": [],
        }

    return altered


def _forecast(
    problem: Problem, found: Mapping[State, Sequence[int]], names: Sequence[str]
) -> Forecast:
    counts, members = problem.quorum.counts, problem.members
    absent = {each for state in State if state not in counts for each in found[state]}
    absent -= set(found[State.UNKNOWN])
    return Forecast(
        {state: [names[each] for each in found[state]] for state in State},
        counts,
        problem.quorum.of(len(members)),
        [names[each] for each in sorted(absent) if members[each].required],
    )
