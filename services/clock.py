"""The clock: records what is due, each second. Due times live in SQL.

A due time is moved on in the transaction that records the fact, so that of two clocks one finds
it, and one that was away for days finds everything once.
"""

from services.flow import due
from services.turning import Turning
from services.wiring import Runtime


def tick(runtime: Runtime) -> bool:
    """Record what is due by now; whether there may be more."""
    with runtime.reading() as work:
        if not due.anything(work):
            return False
    with runtime.work() as work:
        return due.record(work)


def run(runtime: Runtime) -> None:
    """Tick until SIGTERM or SIGINT."""
    Turning(runtime, "clock").run(lambda: tick(runtime), runtime.settings.times.tick)
