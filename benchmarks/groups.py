"""Random groups to measure with: the same for the same size."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.busytime import BusyTime
from scheduler.model.cadence import Cadence, Weekly
from scheduler.model.problem import Meeting, Member, Moves, Problem, Quorum
from scheduler.model.week import Hours

WEEKDAYS = (0, 1, 2, 3, 4)
START = date(2027, 1, 4)
BUSY_A_WEEK = 18  # events; some 470 a semester


def a_calendar(seed: int, weeks: int) -> list[BusyInterval]:
    """Busy time of one person, mostly in the working day, sorted."""
    rng = random.Random(seed)
    begin = int(datetime(START.year, START.month, START.day, tzinfo=UTC).timestamp())
    events = set()
    for _ in range(BUSY_A_WEEK * weeks):
        day = rng.randrange(7 * weeks)
        start = begin + day * 86_400 + rng.randrange(11 * 4, 24 * 4) * 900
        events.add(BusyInterval(start, start + rng.choice((1800, 3600, 5400, 14_400)), Kind.BUSY))
    return sorted(events)


def a_group(  # noqa: PLR0913 -- the parts of a group
    members: int,
    *,
    weeks: int = 26,
    grid: int = 15,
    share: str = "0.75",
    cadence: Cadence = Weekly(),  # noqa: B008 -- frozen
    moves: Moves = Moves(),  # noqa: B008 -- frozen
) -> Problem:
    """A group in New York with a window from 07:00 to 19:00."""
    return Problem(
        zone="America/New_York",
        planning_date=START - timedelta(days=34),
        start=START,
        end=START + timedelta(days=7 * weeks - 1),
        meeting=Meeting(60, grid),
        cadence=cadence,
        windows=(Hours(WEEKDAYS, 7 * 60, 19 * 60),),
        members=tuple(
            Member(f"M{n}", "America/New_York", busy=BusyTime.of(a_calendar(n, weeks)))
            for n in range(members)
        ),
        quorum=Quorum(Decimal(share)),
        moves=moves,
    )
