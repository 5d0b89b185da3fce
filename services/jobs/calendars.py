"""Reading calendars from their addresses, several at once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from calendar_sync.errors import Unreadable
from scheduler.errors import Explained
from services import wiring
from services.flow import calendars, plans
from services.flow.calendars import Taken
from services.storage import calendars as stored
from services.storage import plans as stored_plans
from services.wiring import Runtime

_AT_ONCE = 4


def read_for(plan_id: str) -> None:
    """Read what a plan waits for, then hand it to the planner. Safe to run twice."""
    runtime = wiring.runtime()
    subject = UUID(plan_id)
    try:
        with runtime.reading() as work:
            asked = plans.resume(work, subject)
    except Explained as error:
        with runtime.work() as work:
            plans.finish(work, subject, None, error)
        return
    if asked is not None:
        _read_all(runtime, subject, asked.stale)
        runtime.enqueue("planning.make", subject)


def _read_all(runtime: Runtime, plan_id: UUID, ids: list[UUID]) -> None:
    with runtime.reading() as work:
        rows = [
            (row.id, runtime.keys.opened(row.address or b"", row.id), stored.zone_of(work, row))
            for row in stored.to_read(work, ids)
        ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda row: _read(runtime, plan_id, *row), rows))


def _read(runtime: Runtime, plan_id: UUID, calendar_id: UUID, address: str, tz: str) -> None:
    """Read, with no transaction open, then keep what came of it."""
    outcome: Taken | Unreadable
    try:
        network = runtime.settings.network
        outcome = calendars.read_address(address, tz, runtime.clock(), network)
    except Unreadable as error:
        outcome = error
    with runtime.work() as work:
        calendars.keep_reading(work, calendar_id, outcome)
        stored_plans.one_more_read(work, plan_id)
