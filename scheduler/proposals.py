"""A pattern with its dates in place, told as a proposal: date by date, with reasons."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

from scheduler.alternatives import alternatives
from scheduler.field import Field
from scheduler.grid import Grid, date_of
from scheduler.hours import Hourbook
from scheduler.model.answer import HourChange, Outcome, PlannedDate, Proposal, Rule, Score
from scheduler.model.problem import Problem, State
from scheduler.options import NOT_HELD
from scheduler.patterns import Row
from scheduler.ranking import Pattern
from scheduler.reasons import label, of_date, of_failure, of_move, of_proposal, of_skip
from scheduler.sets import listed
from scheduler.wallclock import DAY_SECONDS


def proposal_of(field: Field, pattern: Pattern, following: Score | None) -> Proposal:
    """Tell a pattern; `following` is the score of the next distinct one."""
    row, grid, problem = pattern.row, field.grid, field.problem
    rule = Rule(
        row.kind,
        row.weekday,
        int(grid.starts[pattern.start]),
        every=row.every,
        phase=row.phase,
        ordinals=row.ordinals,
    )
    dates = tuple(_date(field, pattern, place) for place in range(len(row.days)))
    held = sum(each.outcome is not Outcome.SKIPPED for each in dates)
    return Proposal(
        label(rule, problem.meeting.minutes, [date_of(grid.days[day]) for day in row.days]),
        of_proposal(pattern.score, held, len(problem.members), following, pattern.gap),
        rule,
        pattern.score,
        dates,
        _hour_changes(problem, grid, row, pattern.start),
        proven=not pattern.gap,
    )


def _date(field: Field, pattern: Pattern, place: int) -> PlannedDate:
    problem, grid = field.problem, field.grid
    cell, day = pattern.cells[place], pattern.row.days[place]
    original = day * len(grid.starts) + pattern.start
    if cell == NOT_HELD:
        return _skipped(field, original)
    attendance = _attendance(field, cell)
    sure = sum(len(attendance[state]) for state in problem.quorum.counts)
    quorum, start = problem.quorum.of(len(problem.members)), int(grid.utc.flat[cell])
    short, moved = bool(field.fails.flat[cell]), cell != original
    why = of_date(problem, attendance)
    return PlannedDate(
        start,
        start + problem.meeting.minutes * 60,
        _local(grid, cell),
        Outcome.MOVED if moved else Outcome.SHORT if short else Outcome.KEPT,
        sure >= quorum,
        (sure, sure + len(attendance[State.UNKNOWN])),
        attendance,
        _why_moved(field, original, why) if moved else why,
        int(grid.utc.flat[original]) if moved else None,
        alternatives(field, cell, _other_days(field, pattern, place)) if short else (),
    )


def _skipped(field: Field, cell: int) -> PlannedDate:
    problem, start, day = field.problem, int(field.grid.utc.flat[cell]), _local(field.grid, cell)
    nobody: dict[State, tuple[int, ...]] = dict.fromkeys(State, ())
    end, why = start + problem.meeting.minutes * 60, of_skip(problem, day)
    return PlannedDate(start, end, day, Outcome.SKIPPED, False, (0, 0), nobody, why)


def _why_moved(field: Field, original: int, why: str) -> str:
    """What the place lacks at which the pattern puts a date."""
    problem, grid = field.problem, field.grid
    if grid.blackout[original // len(grid.starts)]:
        lacked = of_skip(problem, _local(grid, original))
    else:
        lacked = "; ".join(of_failure(problem, _attendance(field, original)))
    return of_move(_on_the_wall(grid, original), lacked, why)


def _on_the_wall(grid: Grid, cell: int) -> datetime:
    day, start = divmod(cell, len(grid.starts))
    midnight = datetime.combine(date_of(grid.days[day]), time())
    return midnight + timedelta(minutes=int(grid.starts[start]))


def _other_days(field: Field, pattern: Pattern, place: int) -> list[int]:
    """Indexes of the days on which the other dates are held."""
    width = len(field.grid.starts)
    others = enumerate(pattern.cells)
    return [cell // width for at, cell in others if at != place and cell != NOT_HELD]


def _local(grid: Grid, cell: int) -> date:
    return date_of(grid.days[cell // len(grid.starts)])


def _attendance(field: Field, cell: int) -> dict[State, tuple[int, ...]]:
    day, start = divmod(cell, len(field.grid.starts))
    return {state: listed(who) for state, who in field.availability.at(day, start).items()}


def _hour_changes(problem: Problem, grid: Grid, row: Row, start: int) -> tuple[HourChange, ...]:
    """Changes of each member's wall-clock hour from one date of the pattern to the next."""
    utc, book = grid.utc[list(row.days), start], Hourbook(problem, grid)
    people: dict[str, list[int]] = {}
    for index, member in enumerate(problem.members):
        people.setdefault(member.zone, []).append(index)
    changes = []
    for zone, who in people.items():
        shown = (book.clock(zone).to_wall(utc) % DAY_SECONDS // 60).tolist()
        for place, (before, after) in enumerate(pairwise(shown), start=1):
            if before != after:
                day = date_of(grid.days[row.days[place]])
                changes += [HourChange(member, day, before, after) for member in who]
    return tuple(sorted(changes, key=lambda change: (change.day, change.member)))
