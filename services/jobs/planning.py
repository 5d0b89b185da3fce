"""Plans that wait: their calendars are read, several at once, then the planner is asked."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from calendar_sync.errors import Unreadable
from scheduler.errors import Explained
from scheduler.model.answer import Answer
from services import wiring
from services.flow import calendars, plans
from services.flow.calendars import Taken
from services.flow.question import Question
from services.storage import calendars as stored
from services.storage import plans as stored_plans
from services.wiring import Runtime

_AT_ONCE = 4


def make(plan_id: str) -> None:
    """Read what the plan needs, then plan. Safe to run twice."""
    runtime = wiring.runtime()
    make_on(runtime, UUID(plan_id))


def sweep(_subject: str = "") -> None:
    """Go on with every plan that waits: its job may have been lost with the queue."""
    runtime = wiring.runtime()
    with runtime.reading() as work:
        waiting = list(stored_plans.waiting(work))
    for each in waiting:
        make_on(runtime, each)


def make_on(runtime: Runtime, plan_id: UUID) -> None:
    """Do the work of `make`. No transaction is open while a calendar is read or planned."""
    asked: Question | None = None
    outcome: Answer | Explained
    try:
        with runtime.reading() as work:
            asked = plans.resume(work, plan_id)
        if asked is None:
            return
        _read_all(runtime, plan_id, asked.stale)
        with runtime.reading() as work:
            asked = plans.resume(work, plan_id)
        if asked is None:
            return
        outcome = plans.answered(asked)
    except Explained as error:
        outcome = error
    with runtime.work() as work:
        plans.finish(work, plan_id, asked, outcome)


def _read_all(runtime: Runtime, plan_id: UUID, ids: list[UUID]) -> None:
    with runtime.reading() as work:
        rows = [
            (row.id, runtime.keys.opened(row.address or b"", row.id), stored.zone_of(work, row))
            for row in stored.to_read(work, ids)
        ]

    def read(row: tuple[UUID, str, str]) -> None:
        calendar_id, address, tz = row
        outcome: Taken | Unreadable
        try:
            network = runtime.settings.network
            outcome = calendars.read_address(address, tz, runtime.clock(), network)
        except Unreadable as error:
            outcome = error
        with runtime.work() as work:
            calendars.keep_reading(work, calendar_id, outcome)
            stored_plans.one_more_read(work, plan_id)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(read, rows))
