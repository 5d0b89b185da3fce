"""Reading what a plan waits for: somebody is in front of it, so several at once, and none twice."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
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
    if None in came:
        raise together.later()  # what was read by us is not read again then
    with claim.work(last=True) as work:
        for each in chain.from_iterable(untried or () for untried in came):
            plans.count_read(work, claim.subject, each)
        work.record(CalendarsRead(claim.subject))


def _read_account(
    claim: Claim, account_id: UUID, behind: Sequence[UUID]
) -> Collection[UUID] | None:
    """Read an account, if it can be, and keep what came of those calendars behind it.

    Return those that nobody was asked about, which are yet to be counted. None: another is reading
    it, and we can wait for that.
    """
    due, outcomes, once = None, dict[UUID, Outcome](), claim.runtime.settings.times.once
    try:
        with claim.work() as work:
            if polling.account_again(work, account_id, once) is None:
                if not _is_our_turn(claim, work, account_id):
                    return None
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
    return _counted(claim, behind)


def _read_one(claim: Claim, calendar_id: UUID) -> Collection[UUID] | None:
    """Read one of them, if it can be, and keep what came of it; return the same."""
    runtime, due, outcome, is_crowded = claim.runtime, None, None, False
    with claim.work() as work:
        if polling.calendar_again(work, calendar_id, runtime.settings.times.once) is None:
            if not _is_our_turn(claim, work, calendar_id):
                return None
            due = readings.place_of(work, runtime.keys, calendar_id)
    try:
        outcome = None if due is None else readings.read(due, runtime.settings.network)
    except TryLater:  # its host has said nothing: what is known of it stays
        is_crowded = True
    with claim.work() as work:
        if due is not None and outcome is not None:
            readings.keep(work, runtime.keys, due, outcome, runtime.settings.times.refresh)
        together.end(work, calendar_id)
    if is_crowded and not _has_waited(claim):
        return None
    return _counted(claim, [calendar_id])


def _counted(claim: Claim, calendar_ids: Sequence[UUID]) -> Collection[UUID]:
    """Count those that were asked about, and return the others.

    These are counted when all have come: to the next try they would be the oldest, and take the
    place of those for which it waits. It is done by itself, as nobody who holds a plan may wait
    for who holds a calendar or an account.
    """
    with claim.work() as work:
        tried = [each for each in calendar_ids if plans.is_tried(work, claim.subject, each)]
        for each in tried:
            plans.count_read(work, claim.subject, each)
    return [each for each in calendar_ids if each not in tried]


def _is_our_turn(claim: Claim, work: Work, subject: UUID) -> bool:
    """Whether to read something for a plan now; somebody waits for it, so not for long."""
    return together.begin(work, subject) or _has_waited(claim)


def _has_waited(claim: Claim) -> bool:
    return claim.task.fence >= SHORT_WAITS
