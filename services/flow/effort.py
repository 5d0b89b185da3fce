"""How much one question may ask of the planner, and how many are answered at once.

A plan is made within a request: none may keep the others waiting.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from scheduler.model.cadence import Spread
from scheduler.model.problem import Problem
from scheduler.model.week import Week
from services.flow.errors import Busy, Unfit

# Members times starts. A thousand members over a semester, nine hours a day, every quarter of an
# hour, are 4.7 million; forty members over two years, every five minutes of such days, 2.5.
MOST = 20_000_000
_SPREAD = 4  # a date of a spread costs as much as so many passes over all starts
_AT_ONCE = 2
_PATIENCE = 10  # seconds
_places = BoundedSemaphore(_AT_ONCE)


def bounded(problem: Problem) -> Problem:
    """Return the problem, unless it asks for too much. Raises Unfit, with the arithmetic."""
    days = (problem.end - problem.start).days + 1
    minutes = sum(end - start for start, end in Week.of(problem.windows).ranges)
    starts = days * minutes // (7 * problem.meeting.grid)
    cadence = problem.cadence
    dates = _SPREAD * cadence.count if isinstance(cadence, Spread) else 1
    asked = starts * len(problem.members) * dates
    if asked > MOST:
        times = f", {cadence.count} dates of a spread," if isinstance(cadence, Spread) else ""
        raise Unfit(
            f"{len(problem.members)} members at {starts} starts{times} are too much to weigh at "
            f"once: {asked / 1e6:.0f} million, and {MOST / 1e6:.0f} million are the most",
            remedy="take a wider grid, shorter windows or a shorter term",
        )
    return problem


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait for one's turn to plan in this process. Raises Busy."""
    if not _places.acquire(timeout=_PATIENCE):
        raise Busy("Others are planning at this moment", remedy="try again in a moment")
    try:
        yield
    finally:
        _places.release()
