"""A semester during which processes die at any moment."""

import os
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.crash.parts import Part
from tests.crash.series.lane import Lane
from tests.crash.series.stages import UPDATES
from tests.crash.system import QUIET
from tests.crash.waiting import TooLong, until

_MOST = 2  # deaths in an update: whatever costs three lives is set aside
_LASTS = 2.0  # seconds in which an update is out, about


@dataclass(frozen=True, slots=True)
class Killed:
    """A semester, and what came of it.

    kills    how many died
    seconds  from the last death of an update until it was quiet; the longer one of both
    """

    kills: int
    seconds: float
    faults: Sequence[str]
    scene: str


def killed(chance: random.Random, most: int, lane: Lane) -> Killed:
    """Tell a semester, and kill somebody now and then, `most` times at most."""
    lane.begin()
    kills, longest, found = 0, 0.0, list[str]()
    try:
        for update in UPDATES:
            lane.update(update)
            for _ in range(min(_MOST, most - kills)):
                time.sleep(chance.uniform(0, _LASTS))
                kills += _kill(lane, chance)
            died = time.monotonic()
            until(lane.is_quiet, "quiet", QUIET)
            longest = max(longest, time.monotonic() - died)
            lane.rest()
            found += lane.faults()
    except TooLong as error:
        found.append(str(error))
    return Killed(kills, longest, found, lane.scene() if found else "")


def _kill(lane: Lane, chance: random.Random) -> int:
    """Kill a process, or the job of a worker where it has one."""
    part = chance.choice([*lane.parts.parts.values()])
    pid = chance.choice([part.pid, *_jobs(part)])
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return 0  # it has just ended
    lane.deaths.note(time.monotonic())
    return 1


def _jobs(part: Part) -> list[int]:
    return part.children()
