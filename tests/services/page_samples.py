"""Answers written by hand for the tests of the page: four members, twelve, forty."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from scheduler.model.answer import (
    Alternative,
    Answer,
    Change,
    Heat,
    HourChange,
    Notice,
    Outcome,
    PlanBy,
    PlannedDate,
    Proposal,
    Relaxation,
    Rule,
    Score,
    Status,
)
from scheduler.model.cadence import Monthly, Weekly
from scheduler.model.problem import Blackout, Meeting, Member, Problem, State
from scheduler.model.week import Hours
from scheduler.model.zone import zone

NEW_YORK = "America/New_York"
WORKDAYS = (0, 1, 2, 3, 4)
LONG = "Maximiliana-Theodora von Hohenfels-Abernathys"
MARKUP = "<script>alert('Ada & Co')</script>"
NAMES = (
    "Ada Lovelace", "José Ñúñez Ærøskøbing", LONG, "אביגיל כהן", "ليلى الحداد", MARKUP,
    "Nguyễn Thị Minh", "Lee", "R&D desk <b>Kim</b>", "Zoë O'Connor-Smythe", "李秀英", "Quentin Ade",
)  # fmt: skip
ZONES = (NEW_YORK, "America/Chicago", "America/Denver", "America/Los_Angeles", "Asia/Tokyo")
SECOND_WEDNESDAYS = [
    date(2027, 1, 13), date(2027, 2, 10), date(2027, 3, 10),
    date(2027, 4, 14), date(2027, 5, 12), date(2027, 6, 9),
]  # fmt: skip
ROADMAP_STARTS = (*range(390, 451, 15), *range(690, 751, 15))
# Who stands where, as if by accident: mostly free, every state among them.
_LOT = [State.FREE] * 9 + [State.BUSY] * 2 + [State.PROTECTABLE, State.FREE, State.TENTATIVE,
        State.OFF_HOURS, State.FREE, State.UNKNOWN]  # fmt: skip


def instant(day: date, hour: int, minute: int = 0) -> int:
    """UTC seconds of a wall clock in New York."""
    return int(
        datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone(NEW_YORK)).timestamp()
    )


def a_problem(size: int, **changes: Any) -> Problem:
    """A group of that size: the names above first, then numbered ones."""
    numbered = (f"Member {number}" for number in range(len(NAMES) + 1, size + 1))
    fields: dict[str, Any] = {
        "zone": NEW_YORK,
        "planning_date": date(2026, 12, 1),
        "start": date(2027, 1, 4),
        "end": date(2027, 6, 30),
        "meeting": Meeting(60),
        "cadence": Monthly(),
        "windows": (Hours(WORKDAYS, 390, 510), Hours(WORKDAYS, 690, 810)),
        "members": tuple(
            Member(name, ZONES[n % len(ZONES)] if size > 4 else NEW_YORK, required=n == 3)
            for n, name in enumerate([*NAMES[:size], *numbered])
        ),
    }
    return Problem(**(fields | changes))


def a_date(problem: Problem, day: date, number: int, hour: int = 7, absent: int = 0) -> PlannedDate:
    """A kept date; `number` stirs who stands where, `absent` members are certainly busy."""
    size = len(problem.members)
    states = [_LOT[(m * 7 + number * 11 + m * number) % len(_LOT)] for m in range(size)]
    states[:absent] = [State.BUSY] * absent
    who = {state: tuple(m for m, each in enumerate(states) if each is state) for state in State}
    sure = sum(len(who[state]) for state in problem.quorum.counts)
    start = instant(day, hour)
    return PlannedDate(
        start=start,
        end=start + problem.meeting.minutes * 60,
        day=day,
        outcome=Outcome.KEPT,
        quorum_met=sure >= problem.quorum.of(size),
        expected=(sure, sure + len(who[State.UNKNOWN])),
        attendance=who,
        why=f"missing: {', '.join(problem.members[m].name for m in who[State.BUSY])} (busy)",
    )


def skipped(planned: PlannedDate, why: str) -> PlannedDate:
    """The same date, not held."""
    return replace(
        planned, outcome=Outcome.SKIPPED, quorum_met=False, expected=(0, 0), why=why,
        attendance=dict.fromkeys(State, ()),
    )  # fmt: skip


def moved(planned: PlannedDate, moved_from: int) -> PlannedDate:
    """The same date, said to be moved from there."""
    return replace(planned, outcome=Outcome.MOVED, moved_from=moved_from)


def a_proposal(problem: Problem, dates: Iterable[PlannedDate], **fields: Any) -> Proposal:
    """A proposal whose score is that of its dates."""
    dates = tuple(dates)
    outcomes = [each.outcome for each in dates]
    counts = problem.quorum.counts
    absences = [
        sum(
            m in each.attendance[s]
            for each in dates
            for s in State
            if s not in {*counts, State.UNKNOWN}
        )
        for m in range(len(problem.members))
    ]
    score = Score(
        lost_dates=outcomes.count(Outcome.SHORT) + outcomes.count(Outcome.SKIPPED),
        moves=outcomes.count(Outcome.MOVED),
        worst_absences=max(absences),
        expected_attendance=sum(each.expected[0] for each in dates),
        late_protections=2,
        protections=sum(len(each.attendance[State.PROTECTABLE]) for each in dates),
        burden=(390, 2580),
    )
    why = f"{len(dates)} dates; ahead of the next by 1 date moved against 2."
    given: dict[str, Any] = {"why": why, "score": score, "dates": dates, "hour_changes": ()}
    return Proposal(**(given | fields))


def a_heat(starts: Sequence[int], alike: int = 15) -> Heat:
    """A map in which Wednesdays are best; starts within `alike` minutes hold as many."""
    kept = tuple(
        tuple(max(0, 26 - 4 * abs(day - 2) - start // alike * 3 % 11) for start in starts)
        if day in WORKDAYS
        else (None,) * len(starts)
        for day in range(7)
    )
    return Heat(tuple(starts), kept, (25, 26, 26, 26, 26, 25, 25))


def small() -> tuple[Problem, Answer]:
    """Four members, one zone, six dates that all hold, one of them moved."""
    problem = a_problem(4, title="Breakfast group", windows=(Hours(WORKDAYS, 390, 510),))
    dates = [a_date(problem, day, n + 5) for n, day in enumerate(SECOND_WEDNESDAYS)]
    dates[3] = moved(a_date(problem, date(2027, 4, 15), 3), dates[3].start)
    rule = Rule("monthly", 2, 420, ordinals=(2,))
    proposal = a_proposal(problem, dates, label="2nd Wednesday, 07:00-08:00", rule=rule)
    return problem, Answer(
        quorum=2, patterns=125, proposals=(proposal,), heat=a_heat(ROADMAP_STARTS[:5])
    )


def twelve() -> tuple[Problem, Answer]:
    """Twelve members in five zones: moved, short and skipped dates, and all that follows."""
    problem = a_problem(
        12,
        title="Inter-institution group <I2PEER> & friends",
        blackouts=(Blackout(date(2027, 3, 8), date(2027, 3, 12), "spring break"),),
    )
    best = _with_trouble(problem)
    return problem, Answer(
        quorum=6,
        patterns=245,
        proposals=(best, _at_noon(problem), _on_fridays(problem)),
        warnings=("Clinical time counts as busy where no notice is known: give a notice for Lee.",),
        relaxations=(
            Relaxation(
                "55 minutes instead of 60", (Change("replace", "/meeting/minutes", 55),),
                lost_dates=1, gains="5 good dates instead of 4",
            ),
            Relaxation(
                f"{NAMES[3]} optional", (Change("remove", "/members/3/required"),),
                lost_dates=1, gains="5 good dates instead of 4",
            ),
        ),
        notices=tuple(_notices(best)),
        plan_by=PlanBy(date(2026, 11, 14), date(2026, 12, 14)),
        heat=a_heat(ROADMAP_STARTS),
    )  # fmt: skip


def _notices(proposal: Proposal) -> Iterable[Notice]:
    asked = [(each, m) for each in proposal.dates for m in each.attendance[State.PROTECTABLE]]
    for n, (each, member) in enumerate(asked):
        status = list(Status)[n % 3]
        approver = "section head & chair" if status is Status.APPROVER else None
        yield Notice(member, each.start, each.day - timedelta(days=60), status, approver)


def _with_trouble(problem: Problem) -> Proposal:
    dates = [a_date(problem, day, n) for n, day in enumerate(SECOND_WEDNESDAYS)]
    dates[1] = moved(a_date(problem, date(2027, 2, 12), 1, hour=12), dates[1].start)
    dates[2] = skipped(dates[2], "in a blackout: spring break")
    dates[4] = replace(
        a_date(problem, SECOND_WEDNESDAYS[4], 4, absent=6),
        outcome=Outcome.SHORT,
        why=f"5 of 12 can come, 6 are needed; missing: {', '.join(NAMES[:6])} (busy)",
        alternatives=(
            Alternative(instant(date(2027, 5, 13), 7), (8, 9)),
            Alternative(instant(date(2027, 5, 20), 12), (7, 7)),
        ),
    )
    return a_proposal(
        problem, dates,
        label="2nd Wednesday, 07:00-08:00",
        rule=Rule("monthly", 2, 420, ordinals=(2,)),
        hour_changes=tuple(HourChange(m, date(2027, 4, 14), 1260, 1200) for m in (4, 9)),
    )  # fmt: skip


def _at_noon(problem: Problem) -> Proposal:
    days = [day + timedelta(days=1) for day in SECOND_WEDNESDAYS]
    return a_proposal(
        problem,
        (a_date(problem, day, n + 6, hour=12) for n, day in enumerate(days)),
        label="2nd Thursday, 12:00-13:00",
        rule=Rule("monthly", 3, 720, ordinals=(2,)),
    )


def _on_fridays(problem: Problem) -> Proposal:
    days = [date(2027, 1, 8), date(2027, 4, 9)]  # months without a date lie between
    return a_proposal(
        problem,
        (a_date(problem, day, n + 12) for n, day in enumerate(days)),
        label="2nd Friday, 07:00-08:00",
        rule=Rule("spread", None, 420),
        proven=False,
    )


def forty() -> tuple[Problem, Answer]:
    """Forty members, every Tuesday of half a year, starts every five minutes."""
    problem = a_problem(
        40, cadence=Weekly(), windows=(Hours(WORKDAYS, 480, 1080),), meeting=Meeting(60, 5)
    )
    return problem, Answer(
        quorum=20,
        patterns=545,
        proposals=(_weekly(problem),),
        heat=a_heat(range(480, 1021, 5), alike=60),
    )


def _weekly(problem: Problem) -> Proposal:
    days = [date(2027, 1, 5) + timedelta(days=7 * n) for n in range(26)]
    dates = [a_date(problem, day, n, hour=12) for n, day in enumerate(days)]
    for n in (4, 17):
        dates[n] = moved(dates[n], instant(days[n] - timedelta(days=1), 12))
    dates[9] = replace(a_date(problem, days[9], 9, 12, absent=24), outcome=Outcome.SHORT)
    dates[10] = skipped(dates[10], "in a blackout")
    rule = Rule("weekly", 1, 720, every=1, phase=0)
    return a_proposal(problem, dates, label="Every Tuesday, 12:00-13:00", rule=rule)


SAMPLES: dict[str, Callable[[], tuple[Problem, Answer]]] = {
    "small": small,
    "twelve": twelve,
    "forty": forty,
}
