"""How soon many series reach calendars from one mailbox, which sends but so many letters a minute.

One coordinator's Outlook account invites to all of them, twelve people each, to six dates of which
one is moved. The sandbox keeps Exchange's 30 letters a minute, the service sends 25: what those
would take at 30 is the floor.
`python -m benchmarks.mailbox 40` measures with so many series.
"""

import sys
import tempfile
import time
from pathlib import Path

from benchmarks import drafted
from benchmarks.drafted import GUESTS
from benchmarks.measure import load
from benchmarks.series import Bench, environment_of, line
from services.config import Settings
from services.storage import migrate
from services.storage.engine import url_of
from services.storage.rows.accounts import Host
from services.wiring import Runtime
from tests.flow.parts import parts
from tests.sandbox.crowded import crowded
from tests.servers.valkey import temporary_redis

_SIZE, _RATE, _THEIRS = 40, 25, 30


def run(size: int = _SIZE) -> None:
    """Print every line."""
    print(f"one mailbox at outlook: {size:,} series of {1 + GUESTS} people (load {load()})")
    with (
        tempfile.TemporaryDirectory() as folder,
        temporary_redis() as (redis, _),
        crowded(Path(folder) / "sandbox", 1 + GUESTS, Host.OUTLOOK, writes=True) as host,
    ):
        said = environment_of(Path(folder), host, redis, _RATE)
        settings = Settings.from_env(said)
        migrate.upgrade(url_of(settings))
        runtime = Runtime.of(settings)
        bench = Bench(runtime, host, drafted.planted(runtime, host, size, owners=1))
        with parts(("clock", "relay", "worker"), said):
            began = time.monotonic()
            bench.commit_all()
            bench.wait(size)
            took = time.monotonic() - began
        runtime.engine.dispose()
        _print(host.told("quotas")["graph"], host.told("history?kind=mail")["entries"], took)


def _print(graph: dict[str, dict[str, int]], mails: list[object], took: float) -> None:
    floor = 60 * len(mails) / _THEIRS
    line("letters that the mailbox sent", len(mails), "")
    line("of them in a minute, at most (goal 25)", max(graph["letters_in_a_minute"].values()), "")
    line("delivered, from the first press", took, "s")
    line("the floor at 30 letters a minute", floor, "s")
    line("beside it (goal 1.3)", took / floor, "times")
    line("refused by the host", sum(graph["refused"].values()), "")


if __name__ == "__main__":
    run(*map(int, sys.argv[1:2]))
