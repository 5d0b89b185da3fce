"""`python -m tests.crash.series.launch PART QUEUE...`: a process of the service, looked at.

It runs what `commonhour relay`, `clock` and `worker` run. It stops at gates, no limit of a host
makes it wait, and where it is asked to, it writes letters one by one: then the n-th call is the
same one each time. A mistake may be planted in it.
"""

import os
import signal
import sys
from dataclasses import replace
from typing import Any

from services import clock, log, reactions, relay, worker
from services.config import Settings
from services.facts import LettersDue
from services.up.orphans import end_with
from services.wiring import Runtime
from tests.crash.launch import stop_at_gates
from tests.crash.series import planted

ONE_BY_ONE, PLANTED = "CRASH_ONE_BY_ONE", "CRASH_PLANTED"
_MUCH, _PLACES = 10**8, 400


def main(part: str, *queues: str) -> None:
    """Run until SIGTERM, or worse, or until the test ends that started it."""
    end_with(os.getppid(), signal.SIGKILL)
    if os.environ.get(ONE_BY_ONE):
        letters = reactions.REACTIONS[LettersDue]
        reactions.REACTIONS[LettersDue] = tuple(replace(each, at_once=1) for each in letters)
    stop_at_gates(part, queues)
    settings = Settings.from_env()
    log.set_up(settings.log)
    runtime = unlimited(Runtime.of(settings))
    planted.plant(runtime, os.environ.get(PLANTED, ""))
    if part == "worker":
        worker.work(runtime, queues)
    else:
        {"relay": relay.run, "clock": clock.run}[part](runtime)


def unlimited(runtime: Runtime) -> Runtime:
    """Let its hosts take as many requests as there are."""
    runtime.hosts = {name: _unlimited(at) for name, at in runtime.hosts.items()}
    return runtime


def _unlimited(at: Any) -> Any:
    """Also of places: whoever dies in one keeps it for ten minutes, and many die here."""
    many = {"all_in_a_minute": _MUCH, "each_in_a_minute": _MUCH, "all_in_a_day": _MUCH}
    limits = replace(at.limits, **many)
    if limits.each_at_once is not None:
        limits = replace(limits, each_at_once=_PLACES)
    try:
        return replace(at, limits=limits)
    except TypeError:
        return at  # its limits are its own, and it is not asked here


if __name__ == "__main__":
    main(*sys.argv[1:])
