"""`make bench`: ratios against named peers measured in the same run, and how cost grows.

Every line is the median of several rounds. An answer that differs from its peer's ends the run
with status 1: a fast wrong answer is not a result.
"""

import importlib.metadata
import platform
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import accounts, changed, exact, facts, free, growth, rank, series, service
from benchmarks.measure import ROUNDS, load


def main() -> None:
    """Run every benchmark, or those named on the command line."""
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "portion", "ortools")
    )
    print(f"Python {platform.python_version()}, {versions}; medians of {ROUNDS} rounds")
    print(f"load average at the start {load()}")
    wanted = sys.argv[1:]
    for each in (free, rank, exact, changed, growth, service, facts, accounts, series):
        if not wanted or each.__name__.rpartition(".")[2] in wanted:
            print()
            each.run()
    print(f"\nload average at the end {load()}")


main()
