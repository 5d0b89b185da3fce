"""The judge: a problem's whole answer by trying everything, for comparison with the planner."""

from typing import Any

from tests.judge.answer import notices, plan_by, problem_part, proposal, too_alike
from tests.judge.relaxations import relaxations
from tests.judge.search import Budget, Plan, TooLarge, least_lost, ranked
from tests.judge.states import PLANTS, Case

__all__ = ["TooLarge", "judge"]


def judge(
    problem: dict[str, Any],
    *,
    top: int = 5,
    choose: int = 1,
    plant: str | None = None,
    moves_default: bool = True,
) -> dict[str, Any]:
    """Return the `--json` answer of a valid problem, with every sentence left empty.

    `problem` is the problem file as plain values, members with inline `busy` only; `top` is the
    most proposals, `choose` the rank whose notices are told. Without any pattern that has a held
    date the answer is `{"error": "no pattern"}`. With `moves_default` false a problem without
    `moves` allows none. Raises `TooLarge` when there is too much to try.

    `plant` makes the judge wrong on purpose, to show that a comparison notices: "order" swaps
    two fields of the score, "dst" is an hour off after a clock change, "member" forgets the last
    member.
    """
    if plant not in PLANTS:
        raise ValueError(plant)
    # Decided once: a relaxation that adds a `moves` table must not switch moves on.
    still = not moves_default and "moves" not in problem
    case, budget = Case(problem, plant, still=still), Budget()
    plans = _distinct(case, budget, top)
    if not plans:
        return {"error": "no pattern"}

    def lost_of(changed: dict[str, Any]) -> int | None:
        return least_lost(Case(changed, plant, still=still), budget)

    wanting = plans[0].score.lost_dates > 0
    return {
        "problem": problem_part(case),
        "proposals": [proposal(case, plan, rank) for rank, plan in enumerate(plans, 1)],
        "relaxations": relaxations(case, plans[0], lost_of) if wanting else [],
        "notices": notices(case, plans[choose - 1]),
        "plan_by": plan_by(case, plans[choose - 1]),
    }


def _distinct(case: Case, budget: Budget, top: int) -> list[Plan]:
    chosen: list[Plan] = []
    for plan in ranked(case, budget):
        if not any(too_alike(case, plan.pattern, other.pattern) for other in chosen):
            chosen.append(plan)
        if len(chosen) == top:
            break
    return chosen
