"""Reading calendars, at addresses and in accounts. No transaction is open while a host thinks."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from calendar_sync.errors import ReconnectNeeded, Unreadable
from scheduler.errors import Explained, TryLater
from services.claims import Claim
from services.facts import CalendarsRead
from services.flow import account_readings, colleagues, plans, readings, releases
from services.flow.host_reading import Due, Outcome
from services.log import logger
from services.storage import plans as stored_plans
from services.storage.work import Work

_log = logger(__name__)
_AT_ONCE = 4
_SHORT = 60.0  # seconds of a wait that is not worth a word
_SHORT_WAITS = 4  # of one task


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


def read_account(claim: Claim) -> None:
    """Read what has changed in the calendars of an account. Raises TryLater when it has to wait."""
    runtime = claim.runtime
    with claim.reading() as work:
        due = account_readings.place_of(work, runtime.keys, claim.subject)
    if due is None:
        with claim.work(last=True) as work:
            account_readings.grow_old(work, runtime.keys, claim.subject)
        return
    outcomes = _asked(claim, due)
    with claim.work(last=True) as work:
        _keep(claim, work, due, outcomes)


def give_back(claim: Claim) -> None:
    """Give access back at its host. Raises TryLater when it has to wait."""
    runtime = claim.runtime
    with claim.reading() as work:
        found = releases.of(work, runtime.keys, claim.subject)
    if found is not None:
        host, grant = found
        try:
            runtime.hosts[host].give_back(grant)
        except TryLater as error:  # later each time, for a week
            error.seconds = max(error.seconds, min(30.0 * 2**claim.task.fence, 6 * 3600))
            raise
    with claim.work(last=True) as work:
        releases.done(work, claim.subject)


def _asked(claim: Claim, due: Due) -> Mapping[UUID, Outcome]:
    """Ask the host. Raises TryLater the first times that it asks for a short wait."""
    runtime = claim.runtime

    def allowed() -> set[UUID]:
        with runtime.reading() as work:
            return {each.id for each in colleagues.allowed(work, due.account_id)}

    try:
        with runtime.opening.provider(due.host, due.account_id, due.scopes) as provider:
            return account_readings.read(due, provider, allowed)
    except ReconnectNeeded:
        with runtime.work() as work:
            account_readings.lose(work, due.account_id, due.began)
        return {}
    except TryLater as error:
        with runtime.work() as work:
            account_readings.rest(work, due.account_id, error.seconds)
        if claim.task.fence < _SHORT_WAITS and error.seconds <= _SHORT:
            raise
        _log.warning("account not read", account=str(due.account_id))
        return account_readings.failed(due, error)


def _keep(claim: Claim, work: Work, due: Due, outcomes: Mapping[UUID, Outcome]) -> None:
    runtime = claim.runtime
    account_readings.keep(work, runtime.keys, due, outcomes, runtime.settings.times.refresh)


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
    with claim.reading() as work:
        accounts = account_readings.behind(work, asked.stale)
    alone = [
        each for each in asked.stale if not any(each in behind for behind in accounts.values())
    ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        reading = [pool.submit(_read_one, claim, each) for each in alone]
        reading += [pool.submit(_read_account, claim, *each) for each in accounts.items()]
        for each in reading:
            each.result()
    with claim.work(last=True) as work:
        work.record(CalendarsRead(claim.subject))


def _read_account(claim: Claim, account_id: UUID, behind: Sequence[UUID]) -> None:
    """Read an account, if it can be, and keep what came of those calendars behind it."""
    due, outcomes = None, dict[UUID, Outcome]()
    try:
        with claim.reading() as work:
            due = account_readings.place_of(work, claim.runtime.keys, account_id)
        if due is not None:
            outcomes |= _asked(claim, due)
    except TryLater as error:
        if due is not None:  # else it rests, and what is known of it stays
            outcomes |= account_readings.failed(due, error)
    with claim.work() as work:
        if due is not None:
            _keep(claim, work, due, outcomes)
        for _ in behind:
            stored_plans.one_more_read(work, claim.subject)


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
