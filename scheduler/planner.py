"""The planner: a problem in, the best distinct proposals out. Rules: docs/planner.md."""

import numpy as np

from scheduler import ranking, spreading
from scheduler.errors import BadProblem, NoPattern
from scheduler.field import Field, furthest, most_moves
from scheduler.layouts import Layouts
from scheduler.model.answer import Answer, Heat, Relaxation
from scheduler.model.cadence import Spread
from scheduler.model.problem import Problem
from scheduler.notice import notices, plan_by
from scheduler.proposals import proposal_of
from scheduler.ranking import Pattern
from scheduler.reasons import of_lowered_moves, of_no_notice
from scheduler.relaxations import relaxations


def plan(problem: Problem, *, top: int = 5, choose: int = 1) -> Answer:
    """Find the best `top` distinct proposals, best first; notices are those of number `choose`.

    Raises NoPattern when no date of any pattern could be held, BadProblem when there is no
    proposal `choose`.
    """
    return Planner().plan(problem, top=top, choose=choose)


class Planner:
    """Plans a group again and again; what did not change since the last time is not computed."""

    def __init__(self) -> None:
        self._layouts = Layouts()

    def plan(self, problem: Problem, *, top: int = 5, choose: int = 1) -> Answer:
        """Answer as `plan` does."""
        field = self._layouts.field(problem)
        # One more than asked for: the last proposal is compared with it.
        chosen = _best(field, top + 1)
        if not chosen:
            raise _nothing(problem)
        following = [*(each.score for each in chosen[1:]), None]
        proposals = tuple(
            proposal_of(field, pattern, after)
            for pattern, after in zip(chosen[:top], following, strict=False)
        )
        if choose > len(proposals):
            raise BadProblem(
                f"There is no proposal {choose}", remedy=f"choose one from 1 to {len(proposals)}"
            )
        return Answer(
            problem.quorum.of(len(problem.members)),
            _patterns(field),
            proposals,
            _warnings(problem, field),
            self._relaxations(field, chosen[0]),
            notices(problem, proposals[choose - 1]),
            plan_by(problem, proposals[choose - 1]),
            _heat(field),
        )

    def _relaxations(self, field: Field, best: Pattern) -> tuple[Relaxation, ...]:
        """What would lose fewer dates than the best proposal."""
        if not best.score.lost_dates:
            return ()
        moves = most_moves(best.row, field.problem.moves)
        return relaxations(field.problem, best.score.lost_dates, moves, self._fewest_lost)

    def _fewest_lost(self, problem: Problem) -> int | None:
        try:
            field = self._layouts.field(problem)
        except NoPattern:
            return None
        if isinstance(problem.cadence, Spread):
            return spreading.fewest_lost(field, problem.cadence)
        lost = field.lost[field.holds_any]
        return int(lost.min()) if len(lost) else None


def _best(field: Field, top: int) -> list[Pattern]:
    cadence = field.problem.cadence
    if isinstance(cadence, Spread):
        return spreading.best(field, cadence, top)
    return ranking.best(field, top)


def _patterns(field: Field) -> int:
    """How many patterns there are to choose from; of a spread one for each start."""
    if isinstance(field.problem.cadence, Spread):
        return int(np.count_nonzero(field.grid.open.any(axis=0)))
    return len(field.row)


def _nothing(problem: Problem) -> NoPattern:
    if isinstance(problem.cadence, Spread):
        return NoPattern(
            f"The term has no {problem.cadence.count} days so far apart",
            remedy="ask for fewer dates, a smaller gap or a longer term",
        )
    return NoPattern(
        "Every date of every pattern lies in a blackout",
        remedy="shorten the blackouts or lengthen the term",
    )


def _heat(field: Field) -> Heat:
    grid = field.grid
    kept, days = [], []
    for weekday in range(7):
        these = (grid.weekdays == weekday) & ~grid.blackout
        holding = np.count_nonzero(~field.fails[these], axis=0).tolist()
        opens = grid.opens[weekday]
        kept.append(tuple(n if on else None for n, on in zip(holding, opens, strict=True)))
        days.append(int(np.count_nonzero(these)))
    return Heat(tuple(grid.starts.tolist()), tuple(kept), tuple(days))


def _warnings(problem: Problem, field: Field) -> tuple[str, ...]:
    found = []
    limits = {furthest(row, field.grid) for row in field.rows if row.kind in ("weekly", "monthly")}
    wanted = problem.moves.max_days
    if wanted is not None and limits and wanted > min(limits):
        found.append(of_lowered_moves(wanted, min(limits), max(limits)))
    unasked = [
        member.name
        for member in problem.members
        if member.busy is not None and member.busy.has_clinic and not member.notice
    ]
    if unasked:
        found.append(of_no_notice(unasked))
    return tuple(found)
