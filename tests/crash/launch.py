"""`python -m tests.crash.launch PART QUEUE...`: a process of the service, with one more reaction.

It runs what `commonhour relay`, `clock` and `worker` run, and differs in two things: an object at
the recorder follows from every change of a calendar, and it stops at gates.
"""

import os
import signal
import sys

from services import clock, log, reactions, relay, worker
from services.config import Settings
from services.facts import BusyChanged
from services.reactions import Reaction
from services.up.orphans import end_with
from services.wiring import Runtime
from services.worker import JOBS
from tests.crash.effect import KINDS, PLANTED
from tests.crash.gates import pass_by


def main(part: str, *queues: str) -> None:
    """Run until SIGTERM, or worse, or until the test ends that started it."""
    end_with(os.getppid(), signal.SIGKILL)
    reactions.REACTIONS[BusyChanged] += (Reaction("planning.effect"),)
    JOBS["services.jobs.planning.effect"] = KINDS[os.environ.get(PLANTED, "effect")]
    stop_at_gates(part, queues)
    settings = Settings.from_env()
    log.set_up(settings.log)
    runtime = Runtime.of(settings)
    if part == "worker":
        worker.work(runtime, queues)
    else:
        {"relay": relay.run, "clock": clock.run}[part](runtime)


def stop_at_gates(part: str, queues: tuple[str, ...]) -> None:
    """Relay and clock stop before a turn, when nothing is open; a worker's job when it is born."""
    if part == "worker":
        os.register_at_fork(after_in_child=lambda: pass_by(f"{queues[0]}.job"))
        return
    turn, tick = relay.Relay.turn, clock.tick

    def gated_turn(self: relay.Relay) -> bool:
        pass_by("relay")
        return turn(self)

    def gated_tick(runtime: Runtime) -> bool:
        pass_by("clock")
        return tick(runtime)

    relay.Relay.turn = gated_turn  # type: ignore[method-assign]
    clock.tick = gated_tick


if __name__ == "__main__":
    main(*sys.argv[1:])
