"""Why: the sentences of an answer, for a coordinator to read and to pass on."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeAlias

from scheduler.model.answer import Rule, Score
from scheduler.model.problem import Problem, State
from scheduler.model.week import DAY

Attendance: TypeAlias = dict[State, tuple[int, ...]]  # per state the members in it

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ORDINALS = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", -1: "last"}
_MISSING = {
    State.BUSY: "busy",
    State.OFF_HOURS: "outside their hours",
    State.TENTATIVE: "tentatively busy",
    State.PROTECTABLE: "in clinic",
    State.UNKNOWN: "not known",
}


def hhmm(minute: int) -> str:
    """Write minutes past midnight as a wall clock shows them; midnight at the end is 24:00."""
    return "24:00" if minute == DAY else f"{minute % DAY // 60:02}:{minute % 60:02}"


def label(rule: Rule, minutes: int, days: Sequence[date]) -> str:
    """Name the dates of a rule, as in "2nd Wednesday, 07:00-08:00"."""
    hours = f"{hhmm(rule.time)}-{hhmm(rule.time + minutes)}"
    if rule.weekday is None:
        return f"{counted(len(days), 'date')} at {hours}"
    weekday, first = WEEKDAYS[rule.weekday], days[0]
    if rule.ordinals is not None:
        return f"{_and(_ORDINALS[each] for each in rule.ordinals)} {weekday}, {hours}"
    if rule.kind == "once":
        return f"{weekday} {first}, {hours}"
    match rule.every:
        case 1:
            return f"Every {weekday}, {hours}"
        case 2:
            return f"Every other {weekday} from {first}, {hours}"
        case every:
            return f"Every {every} weeks on {weekday} from {first}, {hours}"


def of_date(problem: Problem, attendance: Attendance) -> str:
    """Say what a date fails for, and who is missing from it, by state."""
    lacking = [
        f"{_and(problem.members[each].name for each in who)} ({_MISSING[state]})"
        for state, who in attendance.items()
        if who and state not in problem.quorum.counts
    ]
    missing = [f"missing: {', '.join(lacking)}"] if lacking else []
    return "; ".join([*of_failure(problem, attendance), *missing])


def of_failure(problem: Problem, attendance: Attendance) -> list[str]:
    """Say which of its conditions a date does not meet."""
    sure = sum(len(attendance[state]) for state in problem.quorum.counts)
    needed = problem.quorum.of(len(problem.members))
    parts = []
    if sure < needed:
        parts.append(f"{sure} of {len(problem.members)} can come, {needed} are needed")
    required = [
        problem.members[each].name
        for state, who in attendance.items()
        if state not in problem.quorum.counts
        for each in who
        if problem.members[each].required
    ]
    if required:
        parts.append(f"{_and(required)} must be there")
    return parts


def of_skip(problem: Problem, day: date) -> str:
    """Say which blackout a date lies in."""
    names = [each.name for each in problem.blackouts if each.start <= day <= each.end]
    named = _and(name for name in names if name)
    return f"in a blackout: {named}" if named else "in a blackout"


def of_move(original: datetime, lacked: str, why: str) -> str:
    """Say from where a date was moved (the group's wall clock), why, and who is missing now."""
    weekday = WEEKDAYS[original.weekday()][:3]
    moved = f"moved from {weekday} {original:%Y-%m-%d %H:%M}: {lacked}"
    return f"{moved}; {why}" if why else moved


def of_lowered_moves(wanted: int, least: int, most: int) -> str:
    """Warn that moves reach less far than asked for."""
    limit = str(least) if least == most else f"{least} to {most}, by pattern"
    return f"moves.max_days {wanted} is lowered to {limit}, so that no two dates can meet."


def of_no_notice(names: Iterable[str]) -> str:
    """Warn that clinical time cannot be asked for."""
    who = _and(names)
    return f"Clinical time counts as busy where no notice is known: give a notice for {who}."


def of_proposal(score: Score, held: int, members: int, following: Score | None, gap: str) -> str:
    """Say what a proposal keeps, and what it wins by against the next distinct one."""
    lost = f"{counted(score.lost_dates, 'date')} lost, " if score.lost_dates else ""
    summary = f"{lost}{score.expected_attendance} of {held * members} places taken"
    ahead = [] if following is None else [_ahead(score, following)]
    unproven = [f"not proven the best: {gap}"] if gap else []
    return f"{'; '.join([summary, *ahead, *unproven])}."


def _ahead(score: Score, following: Score) -> str:
    """The first field in which two scores differ, in words."""
    # One entry per field of Score, in its order: what is counted, and which way is better.
    words: Sequence[tuple[str, str]] = (
        ("{} lost", "date"),
        ("{} moved", "date"),
        ("{} at most for any member", "absence"),
        ("{} expected", "attendance"),
        ("{} asked for late", "protection"),
        ("{} to ask for", "protection"),
    )
    begin = "better than the next:"
    for (phrase, noun), ours, theirs in zip(words, score, following, strict=False):
        if ours != theirs:
            assert isinstance(ours, int)
            assert isinstance(theirs, int)
            return f"{begin} {phrase.format(counted(ours, noun))} against {theirs}"
    if score.burden != following.burden:
        ours, theirs = score.burden[0], following.burden[0]
        if ours != theirs:
            return f"{begin} {ours} minutes outside preferred hours at most against {theirs}"
        ours, theirs = score.burden[1], following.burden[1]
        return f"{begin} {ours} minutes outside preferred hours in all against {theirs}"
    return "as good as the next, and earlier"


def counted(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _and(words: Iterable[str]) -> str:
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last
