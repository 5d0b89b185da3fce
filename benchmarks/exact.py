"""*moves* and *spread*: whole plans against CP-SAT, which proves that nothing better exists.

The peer chooses among the same patterns by the same rules; all its time counts, reading the
problem into tables included, as all of ours does, from busy time to proposals with reasons.
"""

import statistics

from benchmarks.measure import median, same
from scheduler.planner import plan
from services.planning.answer import as_object
from tests.builders import as_problem
from tests.judge.larger import larger_problem
from tests.judge.solver import solve

CASES, SECONDS = 60, 30


def run() -> None:
    """Compare scores and times on half a year of 12 to 40 people, with moves or spread."""
    ratios: dict[str, list[float]] = {"moves": [], "spread": []}
    undecided = []
    for seed in range(CASES):
        written = larger_problem(seed)
        problem = as_problem(written)
        score, theirs = solve(written, seconds=SECONDS)
        if score is None:
            undecided.append(seed)
            continue
        same(as_object(problem, plan(problem))["proposals"][0]["score"], score, f"problem {seed}")
        ours = median(lambda: plan(problem), rounds=3)  # noqa: B023
        name = "spread" if written["cadence"]["kind"] == "spread" else "moves"
        ratios[name].append(theirs / ours)
    print(f"exact: {CASES} problems, {len(undecided)} not decided by CP-SAT in {SECONDS} s")
    for name, found in ratios.items():
        middle, least, most = statistics.median(found), min(found), max(found)
        print(f"  {name}: {len(found)} scores equal in every field")
        print(f"  CP-SAT {middle:.0f} x ours in the median, {least:.0f} to {most:.0f} (goal 1000)")
