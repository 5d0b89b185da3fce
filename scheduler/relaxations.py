"""What would lose fewer dates: small changes to the problem, each run before it is shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from scheduler.model.answer import Change, Relaxation
from scheduler.model.cadence import Monthly, Weekly
from scheduler.model.problem import Problem
from scheduler.model.week import DAY, DAY_NAMES, Hours
from scheduler.reasons import WEEKDAYS, counted, hhmm

_MOST = 3
_STEP = 30  # minutes by which a window grows


@dataclass(frozen=True, slots=True)
class Idea:
    """A changed problem, the change in words and as a JSON Patch."""

    change: str
    patch: tuple[Change, ...]
    problem: Problem


def relaxations(
    problem: Problem, lost: int, moves: int, fewest_lost: Callable[[Problem], int | None]
) -> tuple[Relaxation, ...]:
    """Find up to three changes, at most one of a kind, that lose fewer dates than `lost`.

    moves        how many moves are in force for the best proposal
    fewest_lost  plans a problem; None when it has no pattern
    """
    kinds = (
        _shorter(problem),
        _wider(problem),
        _more_moves(problem, moves),
        _more_days(problem),
        _lower_quorum(problem),
        _optional(problem),
    )
    helpful = (_first_of(kind, lost, fewest_lost) for kind in kinds)
    return tuple(islice((each for each in helpful if each), _MOST))


def _first_of(
    ideas: Iterator[Idea], lost: int, fewest_lost: Callable[[Problem], int | None]
) -> Relaxation | None:
    for idea in ideas:
        left = fewest_lost(idea.problem)
        if left is not None and left < lost:
            gains = f"{counted(left, 'date')} lost instead of {lost}"
            return Relaxation(idea.change, idea.patch, left, gains)
    return None


def _shorter(problem: Problem) -> Iterator[Idea]:
    minutes = problem.meeting.minutes
    for value in (minutes - 5, minutes - 10, minutes - 15):
        if value > 0:
            yield Idea(
                f"{value} minutes instead of {minutes}",
                (Change("replace", "/meeting/minutes", value),),
                replace(problem, meeting=replace(problem.meeting, minutes=value)),
            )


def _wider(problem: Problem) -> Iterator[Idea]:
    for index, window in enumerate(problem.windows):
        days = ", ".join(WEEKDAYS[day] for day in window.days)
        if window.start >= _STEP:
            start = window.start - _STEP
            yield Idea(
                f"from {hhmm(start)} instead of {hhmm(window.start)} on {days}",
                (Change("replace", f"/windows/{index}/start", hhmm(start)),),
                _with_window(problem, index, replace(window, start=start)),
            )
        if window.end + _STEP <= DAY:
            end = window.end + _STEP
            yield Idea(
                f"until {hhmm(end)} instead of {hhmm(window.end)} on {days}",
                (Change("replace", f"/windows/{index}/end", hhmm(end)),),
                _with_window(problem, index, replace(window, end=end)),
            )


def _more_moves(problem: Problem, moves: int) -> Iterator[Idea]:
    if isinstance(problem.cadence, Weekly | Monthly):
        more = moves + 1
        written = problem.written
        if not written.moves:
            patch = Change("add", "/moves", {"max_count": more})
        else:
            op = "add" if problem.moves.max_count is None else "replace"
            patch = Change(op, "/moves/max_count", more)
        yield Idea(
            f"{counted(more, 'move')} instead of {moves}",
            (patch,),
            replace(problem, moves=replace(problem.moves, max_count=more)),
        )


def _more_days(problem: Problem) -> Iterator[Idea]:
    first = problem.windows[0]
    for day, name in enumerate(DAY_NAMES):
        if day not in first.days:
            yield Idea(
                f"{WEEKDAYS[day]} {hhmm(first.start)}-{hhmm(first.end)} as well",
                (Change("add", "/windows/0/days/-", name),),
                _with_window(problem, 0, replace(first, days=(*first.days, day))),
            )


def _lower_quorum(problem: Problem) -> Iterator[Idea]:
    needed = problem.quorum.of(len(problem.members))
    if needed > 1:
        fewer = needed - 1
        yield Idea(
            f"a quorum of {fewer} instead of {needed}",
            tuple(_quorum_patch(problem, fewer)),
            replace(problem, quorum=replace(problem.quorum, share=None, count=fewer)),
        )


def _quorum_patch(problem: Problem, fewer: int) -> Iterator[Change]:
    written = problem.written
    if not written.quorum:
        yield Change("add", "/quorum", {"count": fewer})
        return
    yield Change("add" if problem.quorum.count is None else "replace", "/quorum/count", fewer)
    if written.share:
        yield Change("remove", "/quorum/share")


def _optional(problem: Problem) -> Iterator[Idea]:
    for index, member in enumerate(problem.members):
        if member.required:
            others = (*problem.members[:index], replace(member, required=False))
            yield Idea(
                f"{member.name} need not be there",
                (Change("replace", f"/members/{index}/required", value=False),),
                replace(problem, members=(*others, *problem.members[index + 1 :])),
            )


def _with_window(problem: Problem, index: int, window: Hours) -> Problem:
    windows = (*problem.windows[:index], window, *problem.windows[index + 1 :])
    return replace(problem, windows=windows)
