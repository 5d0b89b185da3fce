"""Reading calendars from their addresses. No transaction is open while a host thinks."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from calendar_sync.errors import Unreadable
from scheduler.errors import Explained
from services.claims import Claim
from services.facts import CalendarsRead
from services.flow import plans, readings
from services.log import logger
from services.storage import plans as stored_plans

_log = logger(__name__)
_AT_ONCE = 4


def read(claim: Claim) -> None:
    """Read a calendar again: one conditional request where nothing has changed."""
    runtime = claim.runtime
    with claim.reading() as work:
        due = readings.place_of(work, runtime.keys, claim.subject)
    if due is None:
        return
    outcome = readings.read(due, runtime.settings.network)
    if isinstance(outcome, Unreadable):
        _log.warning("calendar not read", calendar=str(claim.subject))
    with claim.work(last=True) as work:
        readings.keep(work, runtime.keys, due, outcome, runtime.settings.times.refresh)


def read_for(claim: Claim) -> None:
    """Read what a plan waits for; the planner is next."""
    try:
        with claim.reading() as work:
            asked = plans.resume(work, claim.subject)
    except Explained as error:
        with claim.work(last=True) as work:
            plans.finish(work, claim.subject, None, error)
        return
    if asked is None:
        return
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda each: _read_one(claim, each), asked.stale))
    with claim.work(last=True) as work:
        work.record(CalendarsRead(claim.subject))


def _read_one(claim: Claim, calendar_id: UUID) -> None:
    """Read one of them, if it can be, and keep what came of it."""
    runtime = claim.runtime
    with claim.reading() as work:
        due = readings.place_of(work, runtime.keys, calendar_id)
    outcome = None if due is None else readings.read(due, runtime.settings.network)
    with claim.work() as work:
        if due is not None and outcome is not None:
            readings.keep(work, runtime.keys, due, outcome, runtime.settings.times.refresh)
        stored_plans.one_more_read(work, claim.subject)
