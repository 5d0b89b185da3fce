"""Reading what a plan waits for: somebody is in front of it, so several at once, and none twice."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from scheduler.errors import Explained, TryLater
from services.claims import Claim
from services.facts import CalendarsRead
from services.flow import account_readings, plans, polling, readings, together
from services.flow.host_reading import Outcome
from services.jobs.asking import SHORT_WAITS, asked, keep
from services.storage.work import Work

_AT_ONCE = 4


def read(claim: Claim) -> None:
    """Read what a plan waits for; the planner is next. Raises TryLater while others read it."""
    try:
        with claim.reading() as work:
            waiting = plans.resume(work, claim.subject)
    except Explained as error:
        with claim.work(last=True) as work:
            plans.finish(work, claim.subject, None, error)
        return
    if waiting is None:
        return
    with claim.reading() as work:
        held = account_readings.behind(work, waiting.stale)
    alone = [each for each in waiting.stale if not any(each in behind for behind in held.values())]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        reading = [pool.submit(_read_one, claim, each) for each in alone]
        reading += [pool.submit(_read_account, claim, *each) for each in held.items()]
        came = [each.result() for each in reading]
    if not all(came):
        raise together.later()  # what was read by us is not read again then
    with claim.work(last=True) as work:
        work.record(CalendarsRead(claim.subject))


def _read_account(claim: Claim, account_id: UUID, behind: Sequence[UUID]) -> bool:
    """Read an account, if it can be, and keep what came of those calendars behind it.

    False: another is reading it, and we can wait for that.
    """
    due, outcomes, once = None, dict[UUID, Outcome](), claim.runtime.settings.times.once
    try:
        with claim.work() as work:
            if polling.account_again(work, account_id, once) is None:
                if not _is_our_turn(claim, work, account_id):
                    return False
                due = account_readings.place_of(work, claim.runtime.keys, account_id)
        if due is not None:
            outcomes |= asked(claim, due)
    except TryLater as error:
        if due is not None:  # else it rests, and what is known of it stays
            outcomes |= account_readings.failed(due, error)
    with claim.work() as work:
        if due is not None:
            keep(claim, work, due, outcomes)
        together.end(work, account_id)
        for each in behind:
            plans.count_read(work, claim.subject, each)
    return True


def _read_one(claim: Claim, calendar_id: UUID) -> bool:
    """Read one of them, if it can be, and keep what came of it; False: as for an account."""
    runtime, due = claim.runtime, None
    with claim.work() as work:
        if polling.calendar_again(work, calendar_id, runtime.settings.times.once) is None:
            if not _is_our_turn(claim, work, calendar_id):
                return False
            due = readings.place_of(work, runtime.keys, calendar_id)
    outcome = None if due is None else readings.read(due, runtime.settings.network)
    with claim.work() as work:
        if due is not None and outcome is not None:
            readings.keep(work, runtime.keys, due, outcome, runtime.settings.times.refresh)
        together.end(work, calendar_id)
        plans.count_read(work, claim.subject, calendar_id)
    return True


def _is_our_turn(claim: Claim, work: Work, subject: UUID) -> bool:
    """Whether to read something for a plan now; somebody waits for it, so not for long."""
    return together.begin(work, subject) or claim.task.fence >= SHORT_WAITS
