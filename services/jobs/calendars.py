"""Reading calendars, at addresses and in accounts. No transaction is open while a host thinks."""

from calendar_sync.errors import Unreadable
from scheduler.errors import TryLater
from services.claims import Claim
from services.flow import (
    account_readings,
    closing,
    polling,
    readings,
    releases,
    slowness,
    together,
    watching,
)
from services.flow.series import host_answers, publishing, turns
from services.flow.watchlist import Here
from services.jobs import for_plans
from services.jobs.asking import asked, keep
from services.log import logger
from services.storage import accounts, calendars

_log = logger(__name__)


def read(claim: Claim) -> None:
    """Read a calendar again: one conditional request where nothing has changed.

    Raises TryLater while a plan has it read.
    """
    runtime = claim.runtime
    with claim.reading() as work:
        due = readings.place_of(work, runtime.keys, claim.subject)
        again = polling.calendar_again(work, claim.subject, claim.runtime.settings.times.once)
        if again is None:
            together.let_end(work, claim.subject)
    if due is None:
        return
    if again is not None:
        with claim.work(last=True) as work:
            polling.put_off(calendars.locked(work, claim.subject), again)
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
        again = polling.account_again(work, claim.subject, claim.runtime.settings.times.once)
        if due is not None and again is None:
            together.let_end(work, claim.subject)
            slowness.let_rest(work, due.host)
    if due is None:
        with claim.work(last=True) as work:
            account_readings.grow_old(work, runtime.keys, claim.subject)
        return
    if again is not None:
        with claim.work(last=True) as work:
            polling.put_off(accounts.locked(work, claim.subject), again)
        return
    outcomes = asked(claim, due)
    with claim.work(last=True) as work:
        keep(claim, work, due, outcomes)


def watch(claim: Claim) -> None:
    """Have the host of an account tell of changes in its calendars."""
    runtime = claim.runtime
    at = runtime.settings.push_url
    if at is None:
        return
    here = Here(at, runtime.settings.times.once)
    trouble = watching.tend(claim, runtime.keys, runtime.opening, claim.subject, here)
    if trouble is not None:
        with claim.reading() as work:
            row = accounts.one(work, claim.subject)
        first = row is not None and row.watch_failures == 1  # it is tried again, and said once
        say = _log.warning if first else _log.info
        say("account not watched", account=str(claim.subject), why=type(trouble).__name__)


def give_back(claim: Claim) -> None:
    """Give access back at its host. Raises TryLater when it has to wait."""
    runtime = claim.runtime
    closing.close_left(claim, runtime.keys, runtime.opening, claim.subject)
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


def publish(claim: Claim) -> None:
    """Write out what is new of a series. Raises TryLater when it has to wait."""
    runtime = claim.runtime
    times = runtime.settings.times
    publishing.publish(claim, runtime.keys, runtime.opening, claim.subject, times)


def read_for(claim: Claim) -> None:
    """Read what a plan waits for; the planner is next. Raises TryLater while others read it."""
    for_plans.read(claim)


def read_replies(claim: Claim) -> None:
    """Ask the host of a series for its guests' answers. Raises TryLater when it has to wait."""
    runtime = claim.runtime
    here = turns.Here(runtime.settings.push_url, runtime.settings.times.replies)
    host_answers.read_from_host(claim, runtime.keys, runtime.opening, claim.subject, here)
