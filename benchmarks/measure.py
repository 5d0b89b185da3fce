"""Time a function, compare two, print a line."""

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 9


def median(function: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Median seconds of a call, after one to warm up."""
    function()
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def row(name: str, seconds: float, note: str = "") -> None:
    """Print one measured line."""
    print(f"  {name:<46}{seconds * 1000:>10.2f} ms  {note}".rstrip())


def same(ours: object, theirs: object, what: str) -> None:
    """End the run when an answer differs from its peer's."""
    if ours != theirs:
        print(f"  DIFFERENT ANSWERS: {what}")
        sys.exit(1)


def load() -> str:
    """The machine's load average over 1, 5 and 15 minutes."""
    return " ".join(f"{each:.2f}" for each in os.getloadavg())
