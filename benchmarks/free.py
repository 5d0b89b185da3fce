"""*free*: every start of the term at which a quorum is free.

Peers: a plain Python sweep (each member's events and the slots, both sorted, walked together)
and, where everyone must be free, interval arithmetic with `portion`.
"""

import portion

from benchmarks.groups import a_calendar, a_group
from benchmarks.measure import median, row, same
from scheduler.availability import availability
from scheduler.grid import grid_of
from scheduler.model.busy import BusyInterval
from scheduler.model.problem import Problem
from scheduler.sets import count

MEMBERS, WEEKS, LENGTH = 12, 26, 3600


def run() -> None:
    """Compare the slot search with both peers."""
    print(f"free: {MEMBERS} members, {WEEKS} weeks, starts every 15 minutes")
    calendars = [a_calendar(n, WEEKS) for n in range(MEMBERS)]
    three_quarters = a_group(MEMBERS, weeks=WEEKS)
    slots = sorted(int(start) for start in grid_of(three_quarters).utc.ravel())
    needed = three_quarters.quorum.of(MEMBERS)

    same(ours(three_quarters), sweep(calendars, slots, needed), "free against the sweep")
    fast = median(lambda: ours(three_quarters))
    slow = median(lambda: sweep(calendars, slots, needed))
    row("ours, quorum three quarters", fast)
    row("plain Python sweep", slow, f"{slow / fast:.0f} x ours (goal 5)")

    everyone = a_group(MEMBERS, weeks=WEEKS, share="1")
    same(ours(everyone), by_portion(calendars, slots), "free against portion")
    fast = median(lambda: ours(everyone))
    slow = median(lambda: by_portion(calendars, slots), rounds=3)
    row("ours, everyone", fast)
    row("portion", slow, f"{slow / fast:.0f} x ours (goal 100)")


def ours(problem: Problem) -> list[int]:
    """The planner's way: one bit a member over the grid."""
    grid = grid_of(problem)
    enough = count(availability(problem, grid).attending) >= problem.quorum.of(MEMBERS)
    found: list[int] = grid.utc[enough].tolist()
    return found


def sweep(calendars: list[list[BusyInterval]], slots: list[int], needed: int) -> list[int]:
    """Walk each member's events along the slots and count who is free."""
    free = [0] * len(slots)
    for events in calendars:
        at, reach = 0, 0
        for number, slot in enumerate(slots):
            while at < len(events) and events[at].start < slot + LENGTH:
                reach = max(reach, events[at].end)
                at += 1
            free[number] += reach <= slot
    return [slot for slot, how_many in zip(slots, free, strict=True) if how_many >= needed]


def by_portion(calendars: list[list[BusyInterval]], slots: list[int]) -> list[int]:
    """Unite all busy time, then ask which slots lie outside it."""
    busy = portion.Interval(
        *(portion.closedopen(e.start, e.end) for events in calendars for e in events)
    )
    return [slot for slot in slots if not portion.closedopen(slot, slot + LENGTH).overlaps(busy)]
