"""The points that were gone through, as a line and in a file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.points import Point, S


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one point.

    killed   whether somebody died there; False: nobody came by
    seconds  from the death until everything was done
    """

    point: Point[Any]
    killed: bool
    seconds: float
    faults: Sequence[str] = ()
    scene: str = ""


def line(one: Tried, number: int, of: int) -> str:
    """What came of one point, for whoever waits."""
    came = f"quiet after {one.seconds:.1f} s" if one.killed else "nobody came by"
    wrong = f"  FAULT: {'; '.join(one.faults)}\n{one.scene}" if one.faults else ""
    return f"{number}/{of} {one.point.key} ({one.point.about}): {came}{wrong}"


def note(done: Path, of: str, one: Tried) -> None:
    """Add a point that was gone through to a file."""
    told = [of, one.point.key, one.point.about, one.point.certain, one.killed, one.seconds]
    with done.open("a", encoding="utf-8") as file:
        file.write(json.dumps(told) + "\n")


def read(done: Path | None, of: str, stages: type[S]) -> dict[str, Tried]:
    """Return the points that a file names, by their keys; those of one host and database.

    stages  of the story that was told
    """
    if done is None or not done.exists():
        return {}
    found = {}
    for line in done.read_text("utf-8").splitlines():
        where, key, about, certain, died, seconds = json.loads(line)
        if where == of:
            stage, syscall, n = key.split()
            point = Point(stages[stage.upper()], syscall, int(n), about, certain)
            found[key] = Tried(point, died, seconds)
    return found
