"""The sweep: the story told again and again, and somebody killed each time, one point further on.

`python -m tests.crash.sweep --database sqlite --lanes 2 --done points.txt` runs all of it.
"""

import argparse
import os
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any

from tests.crash.noting import Tried, line, note, read
from tests.crash.points import Point, Points, listed
from tests.crash.stages import Stage, Told
from tests.crash.system import QUIET, REAL, TENTH, Lane, a_lane
from tests.crash.waiting import TooLong, until
from tests.servers.postgres import fresh_database, temporary_postgres

DATABASES = ("sqlite", "postgres")
_TRIES = 3  # until a point is given up that a telling did not come by
_LATER = 0.6  # seconds in which idle processes may still come by
_OWNERS = {
    Stage.CLOCK: "clock",
    Stage.RELAY_READ: "relay",
    Stage.RELAY_EFFECT: "relay",
    Stage.CALENDARS: "calendars",
    Stage.PLANNING: "planning",
}
Say = Callable[[str], None]
Lanes = Callable[[], AbstractContextManager[Lane]]


@dataclass
class Sweep:
    """A sweep and its outcome."""

    database: str
    points: Points[Any]
    chosen: Sequence[Point[Any]]
    tried: list[Tried] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Everything that is wrong, a point a line."""
        wrong = [
            f"{each.point.key} ({each.point.about}): {'; '.join(each.faults)}\n{each.scene}"
            for each in self.tried
            if each.faults
        ]
        missing = len(self.chosen) - len(self.tried)
        missed = [e for e in self.tried if e.point.certain and not e.killed and not e.faults]
        if missing:
            wrong.append(f"{missing} points were not tried")
        # How often a relay looks is a matter of time: a telling may have a call fewer than the
        # one that was listed. One in twenty may be missed so, and one of a few.
        if len(missed) > max(1, len(self.tried) // 20):
            wrong.append(f"nobody came by at {', '.join(each.point.key for each in missed)}")
        return wrong

    def summary(self) -> str:
        """Tell it in a few lines."""
        killed = [each for each in self.tried if each.killed]
        times = sorted(each.seconds for each in killed) or [0.0]
        stages = Counter(each.stage for each in self.points.due)
        about = Counter(each.about.rstrip("?") for each in self.points.due)
        wrong = sum(bool(each.faults) for each in self.tried)
        of = ", ".join(f"{number} {what}" for what, number in about.items())
        lines = [
            f"{self.database}: {len(self.points.due)} points ({of})",
            *(f"  {number:4} {stage}" for stage, number in stages.items()),
            f"  {len(self.points.left_out)} left out; {len(self.chosen)} chosen of all",
            f"  {len(killed)} deaths, {len(self.tried) - len(killed)} points where nobody came by",
            f"  {wrong} faults; load {os.getloadavg()[0]:.1f}",
            f"  quiet after {statistics.median(times):.1f} s (median), {times[-1]:.1f} s (longest)",
        ]
        return "\n".join(lines)


def tried(lane: Lane, point: Point[Stage]) -> Tried:
    """Kill somebody at this point, and see what comes of it. Raises TooLong."""
    deaths = {name: part.deaths for name, part in lane.parts.parts.items()}
    died = None
    for _ in range(_TRIES if point.certain else 1):
        died = _told(lane, point)
        if died is not None:
            break
    lane.rest()
    now = {name: part.deaths for name, part in lane.parts.parts.items()}
    if died is not None and point.stage in _OWNERS:
        deaths[_OWNERS[point.stage]] += 1
    by_themselves = [f"{name} ended by itself" for name in now if now[name] > deaths[name]]
    return Tried(point, died is not None, died or 0.0, [*lane.faults(), *by_themselves])


def _told(lane: Lane, point: Point[Stage]) -> float | None:
    """Return the seconds from the death until everything was done; None: nobody came by."""
    told = Told(lane, (point.stage,), (point.syscall, point.n))
    try:
        told.tell()
        trace = told.traces[point.stage]
        until(lambda: trace.ended or _is_over(lane), "a death, or an end", QUIET)
        died = time.monotonic()
        lane.gates.reset()
        if not trace.killed:
            return None
        lane.recorder.answer()
        until(lane.is_quiet, "quiet", QUIET)
        return time.monotonic() - died
    finally:
        told.end()
        lane.rest()


def _is_over(lane: Lane) -> bool:
    """Whether nobody will come by any more."""
    if not (lane.is_quiet() and lane.is_idle()):
        return False
    time.sleep(_LATER)
    return True


def run(
    lanes: Lanes,
    first: Lane,
    points: Sequence[Point[Stage]],
    *,
    at_once: int,
    keep: Callable[[Tried], None],
) -> None:
    """Try all these points, several at once; each lane that is found at fault is replaced."""
    left = SimpleQueue[Point[Stage]]()
    for each in points:
        left.put(each)

    def go(lane: Lane | None) -> None:
        while lane is not None and not _faulty(lane, left, keep):
            pass
        while not left.empty():
            with lanes() as fresh:
                while not _faulty(fresh, left, keep):
                    pass

    with ThreadPoolExecutor(at_once) as pool:
        try:
            list(pool.map(go, [first, *[None] * (at_once - 1)]))
        finally:
            while not left.empty():  # we were interrupted: the points at hand are the last
                left.get()


def _faulty(lane: Lane, left: "SimpleQueue[Point[Stage]]", keep: Callable[[Tried], None]) -> bool:
    """Try the next point; whether the lane is of no more use."""
    try:
        point = left.get_nowait()
    except Empty:
        return True
    try:
        found = tried(lane, point)
    except TooLong as error:
        found = Tried(point, killed=True, seconds=QUIET, faults=[str(error)])
    if found.faults:
        found = Tried(point, found.killed, found.seconds, found.faults, lane.scene())
    keep(found)
    return bool(found.faults)


@contextmanager
def lanes_on(
    database: str, folder: Path, times: Mapping[str, str] = TENTH, planted: str = ""
) -> Iterator[Lanes]:
    """Lanes with databases of their own, in one server."""
    numbers = count(1)
    with ExitStack() as stack:
        server = stack.enter_context(temporary_postgres()) if database == "postgres" else None

        @contextmanager
        def lane() -> Iterator[Lane]:
            home = folder / f"lane-{next(numbers)}"
            with ExitStack() as own:
                url = f"sqlite:///{home / 'commonhour.db'}"
                if server is not None:
                    url = own.enter_context(fresh_database(server))
                yield own.enter_context(a_lane(home, url, times, planted))

        yield lane


def sweep(
    database: str,
    folder: Path,
    *,
    at_once: int,
    seed: int,
    sample: int | None = None,
    tellings: int = 3,
    times: Mapping[str, str] = TENTH,
    done: Path | None = None,
    say: Say = print,
) -> Sweep:
    """List the points of this database, and go through all of them, or a sample.

    done  a file of points that were gone through already, without a fault: they are kept there
    """
    lock = Lock()
    with lanes_on(database, folder, times) as lanes, lanes() as first:
        points = listed(first, tellings)
        chosen = (
            [*points.due, *points.still_run(seed)]
            if sample is None
            else points.sample(seed, sample)
        )
        found = Sweep(database, points, chosen)
        before = read(done, database, Stage)
        found.tried += [before[each.key] for each in chosen if each.key in before]
        say(f"{found.summary()}\n  seed {seed}, {len(found.tried)} gone through before")

        def keep(one: Tried) -> None:
            with lock:
                found.tried.append(one)
                say(line(one, len(found.tried), len(chosen)))
                if done is not None and not one.faults:
                    note(done, database, one)

        left = [each for each in chosen if each.key not in before]
        run(lanes, first, left, at_once=at_once, keep=keep)
    return found


def main() -> None:
    """Run the whole sweep on one database, and say how it went."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--database", choices=DATABASES, required=True)
    asked.add_argument("--lanes", type=int, default=2)
    asked.add_argument("--done", type=Path, default=os.environ.get("COMMONHOUR_SWEEP_DONE"))
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--sample", type=int)
    asked.add_argument("--real", action="store_true", help="at the real figures, not a tenth")
    given = asked.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder:
        found = sweep(
            given.database,
            Path(folder),
            at_once=given.lanes,
            seed=given.seed,
            sample=given.sample,
            times=REAL if given.real else TENTH,
            done=given.done and Path(given.done),
            say=lambda text: print(text, flush=True),
        )
    print("\n".join([found.summary(), *found.faults]))
    sys.exit(bool(found.faults))


if __name__ == "__main__":
    main()
