"""What a proposal keeps and what it costs, in words."""

from collections.abc import Iterator

from scheduler.model.answer import Outcome, Proposal
from scheduler.model.problem import Problem
from services.planning.page.strip import holding
from services.planning.page.words import counted, duration


def facts(problem: Problem, proposal: Proposal) -> Iterator[tuple[str, str, str]]:
    """Name, value and a remark (often empty) for everything that was weighed, as it counts."""
    score = proposal.score
    good, of = holding(proposal)
    held = sum(each.outcome is not Outcome.SKIPPED for each in proposal.dates)
    yield "Dates that hold", f"{good} of {of}", _moved(score.moves)
    yield "Most absences", str(score.worst_absences), f"of one member, in {counted(held, 'date')}"
    places = held * len(problem.members)
    yield "Places taken", f"{score.expected_attendance} of {places}", "members times dates"
    late = f"{score.late_protections or 'none'} of them late" if score.protections else ""
    yield "Clinic hours to ask for", str(score.protections), late
    largest, total = score.burden
    remark = f"at most for one; {duration(total)} in all" if total else "for anybody"
    yield "Outside preferred hours", duration(largest), remark


def _moved(moves: int) -> str:
    return f"{moves} of them moved" if moves else "none of them moved"
