"""Parts of the service as processes, without what serves people.

Run as `python -m tests.flow.parts clock relay worker worker`; they end with its standard input.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from services import clock, log, relay, worker
from services.config import Settings
from services.up.processes import fork
from services.wiring import Runtime

_ROOT = Path(__file__).parent.parent.parent


@contextmanager
def parts(names: Sequence[str], said: Mapping[str, str]) -> Iterator[dict[str, int]]:
    """Run these, with this environment; yield their processes by name, several workers by number.

    A worker is one for calendars.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "tests.flow.parts", *names],
        env=said, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin:
            pids = json.loads(process.stdout.readline())
            yield {f"{name} {n}": pid for n, (name, pid) in enumerate(pids, start=1)}


def _main(names: Sequence[str]) -> None:
    settings = Settings.from_env()
    log.set_up(settings.log)
    runtime = Runtime.of(settings)
    run = {
        "clock": partial(clock.run, runtime),
        "relay": partial(relay.run, runtime),
        "worker": partial(worker.work, runtime, ["calendars"]),
    }
    print(json.dumps([(each, fork(run[each], each)) for each in names]), flush=True)
    sys.stdin.read()  # they end when we do


if __name__ == "__main__":
    _main(sys.argv[1:])
