"""The points that were gone through, as a line and in a file."""

import json
from pathlib import Path

from tests.crash.points import Point
from tests.crash.series.stages import Stage
from tests.crash.sweep import Tried


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


def read(done: Path | None, of: str) -> dict[str, Tried]:
    """Return the points that a file names, by their keys; those of one host and database."""
    if done is None or not done.exists():
        return {}
    found = {}
    for line in done.read_text("utf-8").splitlines():
        where, key, about, certain, died, seconds = json.loads(line)
        if where == of:
            stage, syscall, n = key.split()
            point = Point(Stage[stage.upper()], syscall, int(n), about, certain)
            found[key] = Tried(point, died, seconds)
    return found
