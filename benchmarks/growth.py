"""*growth*: how the cost of a slot search and of a plan grows with members and grid."""

from benchmarks import free
from benchmarks.groups import a_group
from benchmarks.measure import median, row
from scheduler.model.problem import Moves
from scheduler.planner import plan

SIZES = (12, 64, 256, 1000)
NAMES = ("slot search", "plan without moves")


def run() -> None:
    """Print both costs at every size, as multiples of the smallest."""
    for weeks, grid in ((26, 15), (52, 5)):
        print(f"growth: {weeks} weeks, starts every {grid} minutes")
        least: list[float] = []
        for members in SIZES:
            problem = a_group(members, weeks=weeks, grid=grid, moves=Moves(max_days=0))
            costs = [median(lambda: free.ours(problem), 5), median(lambda: plan(problem), 5)]  # noqa: B023
            least = least or costs
            for name, cost, first in zip(
                ("slot search", "plan without moves"), costs, least, strict=True
            ):
                goal = " (goal 30)" if members == SIZES[-1] else ""
                row(f"{members:>5} members, {name}", cost, f"{cost / first:.1f} x of 12{goal}")
