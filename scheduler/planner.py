"""The planner: a problem in, the best distinct proposals out. Rules: docs/planner.md."""

import numpy as np

from scheduler import ranking
from scheduler.availability import availability
from scheduler.errors import NoPattern
from scheduler.field import Field, field_of
from scheduler.grid import Grid, date_of, grid_of
from scheduler.hours import Hourbook
from scheduler.model.answer import Answer, HourChange, Outcome, PlannedDate, Proposal, Rule, Score
from scheduler.model.busytime import CLINICAL
from scheduler.model.problem import Problem, State
from scheduler.options import NOT_HELD
from scheduler.patterns import Row, rows
from scheduler.ranking import Pattern
from scheduler.reasons import label, of_date, of_no_notice, of_proposal, of_skip
from scheduler.sets import unpack
from scheduler.wallclock import DAY_SECONDS


def plan(problem: Problem, *, top: int = 5) -> Answer:
    """Find the best `top` distinct proposals, best first.

    Raises NoPattern when no date of any pattern could be held, BadProblem for what cannot be
    planned.
    """
    grid = grid_of(problem)
    field = field_of(problem, grid, availability(problem, grid), rows(problem, grid))
    # One more than asked for: the last proposal is compared with it.
    chosen = ranking.best(field, top + 1)
    if not chosen:
        raise NoPattern(
            "Every date of every pattern lies in a blackout",
            remedy="shorten the blackouts or lengthen the term",
        )
    following = [*(each.score for each in chosen[1:]), None]
    proposals = tuple(
        _proposal(field, pattern, after)
        for pattern, after in zip(chosen[:top], following, strict=False)
    )
    quorum = problem.quorum.of(len(problem.members))
    return Answer(quorum, len(field.row), proposals, _warnings(problem))


def _proposal(field: Field, pattern: Pattern, following: Score | None) -> Proposal:
    row, grid, problem = pattern.row, field.grid, field.problem
    rule = Rule(
        row.kind,
        row.weekday,
        int(grid.starts[pattern.start]),
        every=row.every,
        phase=row.phase,
        ordinals=row.ordinals,
    )
    dates = tuple(
        _date(field, day, pattern.start, cell)
        for day, cell in zip(row.days, pattern.cells, strict=True)
    )
    held = sum(each.outcome is not Outcome.SKIPPED for each in dates)
    return Proposal(
        label(rule, problem.meeting.minutes, dates[0].day),
        of_proposal(pattern.score, held, len(problem.members), following),
        rule,
        pattern.score,
        dates,
        _hour_changes(problem, grid, row, pattern.start),
        pattern.proven,
    )


def _date(field: Field, day: int, start: int, cell: int) -> PlannedDate:
    problem, grid = field.problem, field.grid
    original, length = int(grid.utc[day, start]), problem.meeting.minutes * 60
    if cell == NOT_HELD:
        local = date_of(grid.days[day])
        nobody: dict[State, tuple[int, ...]] = dict.fromkeys(State, ())
        why = of_skip(problem, local)
        end = original + length
        return PlannedDate(original, end, local, Outcome.SKIPPED, False, (0, 0), nobody, why)
    held_on, held_at = divmod(cell, len(grid.starts))
    outcome = Outcome.SHORT if field.fails[held_on, held_at] else Outcome.KEPT
    moved = (held_on, held_at) != (day, start)
    begin = int(grid.utc[held_on, held_at])
    attendance = _attendance(field, held_on, held_at)
    sure = sum(len(attendance[state]) for state in problem.quorum.counts)
    quorum = problem.quorum.of(len(problem.members))
    return PlannedDate(
        begin,
        begin + length,
        date_of(grid.days[held_on]),
        Outcome.MOVED if moved else outcome,
        sure >= quorum,
        (sure, sure + len(attendance[State.UNKNOWN])),
        attendance,
        of_date(problem, attendance, sure, quorum),
        original if moved else None,
    )


def _attendance(field: Field, day: int, start: int) -> dict[State, tuple[int, ...]]:
    size = len(field.problem.members)
    return {
        state: tuple(np.flatnonzero(unpack(who, size)).tolist())
        for state, who in field.availability.at(day, start).items()
    }


def _hour_changes(problem: Problem, grid: Grid, row: Row, start: int) -> tuple[HourChange, ...]:
    """Changes of each member's wall-clock hour from one date of the pattern to the next."""
    utc = grid.utc[list(row.days), start]
    book = Hourbook(problem, grid)
    zones = {member.zone for member in problem.members}
    minutes = {zone: book.clock(zone).to_wall(utc) % DAY_SECONDS // 60 for zone in zones}
    return tuple(
        HourChange(
            index, date_of(grid.days[row.days[later]]), int(shown[later - 1]), int(shown[later])
        )
        for later in range(1, len(row.days))
        for index, member in enumerate(problem.members)
        if (shown := minutes[member.zone])[later - 1] != shown[later]
    )


def _warnings(problem: Problem) -> tuple[str, ...]:
    unasked = [
        member.name
        for member in problem.members
        if member.busy is not None and not member.notice and (member.busy.group == CLINICAL).any()
    ]
    if not unasked:
        return ()
    return (of_no_notice(unasked),)
