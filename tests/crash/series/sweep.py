"""The sweep: a semester told again and again, and somebody killed each time, one point further on.

`python -m tests.crash.series.sweep --host google --database sqlite --done points.txt` runs all of
it; with `--kills 1000` processes die at any moment instead.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.chaos.nursery import Nursery, a_nursery
from tests.crash.noting import Tried, line, note, read
from tests.crash.points import Point, Points, points_of
from tests.crash.series.killing import Killed, killed
from tests.crash.series.lane import Lane
from tests.crash.series.settling import BY_MAIL, HOSTS
from tests.crash.series.stages import OWNERS, UPDATES, Stage, Told, stages_of
from tests.crash.series.turns import Turn, lanes_on
from tests.crash.sweep import DATABASES, Sweep
from tests.crash.system import QUIET
from tests.crash.tracing import Call, Strace
from tests.crash.waiting import TooLong, until

_TRIES = 3  # until a point is given up that a telling did not come by
_WRITING = ("disk", "sql", "the host", "other")
_LATER = 0.6  # seconds in which idle processes may still come by
Say = Callable[[str], None]


def listed(lane: Lane, tellings: int) -> Points[Stage]:
    """Tell the story undisturbed so often, and list its calls."""
    stages = stages_of(by_mail=lane.host == BY_MAIL)
    return points_of(stages, [_undisturbed(lane, stages) for _ in range(tellings)])


def _undisturbed(lane: Lane, stages: Sequence[Stage]) -> dict[Stage, list[Call]]:
    lane.begin()
    found = dict[Stage, list[Call]]()
    for update in UPDATES:
        told = Told(lane, stages)
        try:
            told.tell(update)
            lane.rest()
        finally:
            told.end()
        found |= {stage: trace.calls() for stage, trace in told.traces.items()}
    wrong = [*lane.faults(), *(f"no calls of {each}" for each in stages if not found[each])]
    assert not wrong, "\n".join([*wrong, lane.scene()])
    return found


def tried(lane: Lane, point: Point[Stage]) -> Tried:
    """Kill somebody at this point, and see what comes of it. Raises TooLong."""
    deaths = {name: part.deaths for name, part in lane.parts.parts.items()}
    died, found = _told(lane, point)
    for _ in range(_TRIES - 1 if point.certain else 0):
        if died is not None or found:
            break
        died, found = _told(lane, point)
    if died is not None and point.stage.who in OWNERS:
        deaths[OWNERS[point.stage.who]] += 1
    by_themselves = [
        f"{name} ended by itself"
        for name, part in lane.parts.parts.items()
        if part.deaths > deaths[name]
    ]
    return Tried(point, died is not None, died or 0.0, [*found, *by_themselves])


def _told(lane: Lane, point: Point[Stage]) -> tuple[float | None, list[str]]:
    """Return the seconds from the death until all was done, and what is wrong; None: no death."""
    died, found = None, list[str]()
    lane.begin()
    for update in UPDATES:
        told = Told(lane, (point.stage,), (point.syscall, point.n))
        try:
            told.tell(update)
            if point.stage in told.traces:
                died = _death(lane, told.traces[point.stage])
        finally:
            told.end()
            lane.rest()
        found += lane.faults()
    return died, found


def _death(lane: Lane, trace: Strace) -> float | None:
    until(lambda: trace.ended or _is_over(lane), "a death, or an end", QUIET)
    died = time.monotonic()
    lane.gates.reset()
    if not trace.killed:
        return None
    lane.deaths.note(died)
    until(lane.is_quiet, "quiet", QUIET)
    return time.monotonic() - died


def _is_over(lane: Lane) -> bool:
    """Whether nobody will come by any more."""
    if not (lane.is_quiet() and lane.is_idle()):
        return False
    time.sleep(_LATER)
    return True


def sweep(
    nursery: Nursery,
    host: str,
    database: str,
    folder: Path,
    *,
    seed: int,
    sample: int | None = None,
    only: str = "",
    tellings: int = 2,
    done: Path | None = None,
    say: Say = print,
) -> Sweep:
    """List the points of this host on this database, and go through all of them, or a sample.

    only  the beginning of the names of stages that are gone through
    done  a file of points that were gone through already, without a fault: they are kept there
    """
    with lanes_on(nursery, host, database, folder) as lanes, ExitStack() as stack:
        turn = Turn(lanes, stack)
        points = turn.do(lambda lane: listed(lane, tellings), lambda _: [])
        found = Sweep(f"{host} on {database}", points, _chosen(points, seed, sample, only))
        before = read(done, found.database, Stage)
        found.tried += [before[each.key] for each in found.chosen if each.key in before]
        say(f"{found.summary()}\n  seed {seed}, {len(found.tried)} gone through before")
        for point in found.chosen:
            if point.key in before:
                continue
            one = turn.do(partial(_or_too_long, point), lambda each: each.faults)
            found.tried.append(one)
            say(line(one, len(found.tried), len(found.chosen)))
            if done is not None and not one.faults:
                note(done, found.database, one)
    return found


def random_kills(
    nursery: Nursery,
    host: str,
    database: str,
    folder: Path,
    *,
    seed: int,
    kills: int,
    say: Say = print,
) -> list[Killed]:
    """Kill so often, at any moment, whoever may be killed; return each semester told so."""
    chance, told = random.Random(seed), list[Killed]()
    with (
        lanes_on(nursery, host, database, folder, at_once=True) as lanes,
        ExitStack() as stack,
    ):
        turn = Turn(lanes, stack)
        while (done := sum(each.kills for each in told)) < kills:
            one = turn.do(partial(killed, chance, kills - done), lambda each: each.faults)
            told.append(one)
            wrong = f"  FAULT: {'; '.join(one.faults)}\n{one.scene}" if one.faults else ""
            say(f"{done + one.kills}/{kills} kills: quiet after {one.seconds:.1f} s{wrong}")
    return told


def _chosen(points: Points[Stage], seed: int, sample: int | None, only: str) -> list[Point[Stage]]:
    """All of them; or so many of those where something is written, which every telling has."""
    chosen = [*points.due, *points.still_run(seed)]
    if sample is not None:
        writing = [each for each in points.due if each.certain and each.about in _WRITING]
        chosen = random.Random(seed).sample(writing, min(sample, len(writing)))
    return [each for each in chosen if each.key.startswith(only)]


def _or_too_long(point: Point[Stage], lane: Lane) -> Tried:
    try:
        found = tried(lane, point)
    except TooLong as error:
        found = Tried(point, killed=True, seconds=QUIET, faults=[str(error)])
    if found.faults:
        return Tried(point, found.killed, found.seconds, found.faults, lane.scene())
    return found


def main() -> None:
    """Run the whole sweep for one host on one database, and say how it went."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--host", choices=HOSTS, required=True)
    asked.add_argument("--database", choices=DATABASES, required=True)
    asked.add_argument("--done", type=Path, default=os.environ.get("COMMONHOUR_SWEEP_DONE"))
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--sample", type=int)
    asked.add_argument("--only", default="", help="stages whose names begin so")
    asked.add_argument("--kills", type=int, help="so many at any moment, in place of a sweep")
    given = asked.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    def say(text: str) -> None:
        print(text, flush=True)

    with a_nursery() as nursery, tempfile.TemporaryDirectory() as name:
        where = (nursery, given.host, given.database, Path(name))
        if given.kills:
            told = random_kills(*where, seed=given.seed, kills=given.kills, say=say)
            sys.exit(any(each.faults for each in told))
        done = given.done and Path(given.done)
        found = sweep(
            *where, seed=given.seed, sample=given.sample, only=given.only, done=done, say=say
        )
    print("\n".join([found.summary(), *found.faults]))
    sys.exit(bool(found.faults))


if __name__ == "__main__":
    main()
