"""The clock: records what is due, each second. Due times live in SQL.

A due time is moved on in the transaction that records the fact, so that of two clocks one finds
it, and one that was away for days finds everything once.
"""

from services.flow import due
from services.turning import Turning
from services.wiring import Runtime


def tick(runtime: Runtime) -> bool:
    """Record what is due by now; whether there may be more."""
    watched = runtime.settings.push_url is not None
    mails = runtime.settings.imap_url is not None
    with runtime.reading() as work:
        if not due.anything(work, watched=watched, mails=mails):
            return False
    with runtime.work() as work:
        gates = runtime.opening.gates
        spent = [host for host, each in gates.items() if each.is_nearly_spent(work)]
        return due.record(work, spent, watched=watched, mails=mails)


def run(runtime: Runtime) -> None:
    """Tick until SIGTERM or SIGINT."""
    Turning(runtime, "clock").run(lambda: tick(runtime), runtime.settings.times.tick)
