"""*rank*: the best of all patterns of all cadences, against the sweep's one list of slots."""

from functools import partial

from benchmarks import free
from benchmarks.groups import a_calendar, a_group
from benchmarks.measure import median, row
from scheduler import ranking
from scheduler.availability import availability
from scheduler.field import field_of
from scheduler.grid import grid_of
from scheduler.model.cadence import Cadence, Monthly, Once, Weekly
from scheduler.model.problem import Moves
from scheduler.patterns import rows
from scheduler.planner import plan

CADENCES: list[Cadence] = [Once(), Monthly(), Weekly(1), Weekly(2), Weekly(3), Weekly(4)]


def run() -> None:
    """Rank the patterns of every cadence, from busy time to the five best of each."""
    still = Moves(max_days=0)
    problems = [a_group(free.MEMBERS, cadence=cadence, moves=still) for cadence in CADENCES]
    grid = grid_of(problems[0])
    who = availability(problems[0], grid)

    def rank() -> int:
        patterns = 0
        for problem in problems:
            field = field_of(problem, grid, who, rows(problem, grid))
            ranking.best(field, 5)
            patterns += len(field.row)
        return patterns

    print(f"rank: {free.MEMBERS} members, {free.WEEKS} weeks, {len(CADENCES)} cadences")
    ours = median(rank)
    calendars = [a_calendar(n, free.WEEKS) for n in range(free.MEMBERS)]
    slots = sorted(int(start) for start in grid.utc.ravel())
    peer = median(lambda: free.sweep(calendars, slots, 9))
    row(f"ours, {rank()} patterns, the five best of each", ours)
    row("plain Python sweep, one list of slots", peer, f"{peer / ours:.1f} x ours (goal 1)")
    for cadence in CADENCES:
        problem = a_group(free.MEMBERS, cadence=cadence)
        name = f"whole answer with moves, {cadence.kind} {getattr(cadence, 'every', '')}"
        row(name.rstrip(), median(partial(plan, problem)))
