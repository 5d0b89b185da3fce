"""A bare loop: the calls that a file names, by so many at once, the answers thrown away.

Run as `python -m benchmarks.bare FILE AT_ONCE CA_FILE`; prints the seconds that it took.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from calendar_sync.connection import Connection


def main(file: Path, at_once: int, ca_file: Path) -> None:
    """Make the calls: each list in its order, the lists side by side."""
    connection, whole = Connection(ca_file), json.loads(file.read_text())

    def make(calls: list[list[Any]]) -> None:
        for each in calls:
            assert connection.send(*each).status == 200

    began = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(make, whole))
    print(time.monotonic() - began)


main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
