"""Asking the host of an account, for a job, and keeping what came of it."""

from collections.abc import Mapping
from time import monotonic
from uuid import UUID

from calendar_sync.errors import ReconnectNeeded, Unreadable
from scheduler.errors import TryLater
from services.claims import Claim
from services.flow import account_readings, colleagues, slowness
from services.flow.host_reading import Due, Outcome
from services.flow.restless import is_restless
from services.log import logger
from services.storage.work import Work

_log = logger(__name__)
_SHORT = 60.0  # seconds of a wait that is not worth a word
SHORT_WAITS = 4  # of one task


def asked(claim: Claim, due: Due) -> Mapping[UUID, Outcome]:
    """Ask the host. Raises TryLater the first times that it asks for a short wait."""
    runtime, began = claim.runtime, monotonic()

    def allowed() -> set[UUID]:
        with runtime.reading() as work:
            return {each.id for each in colleagues.allowed(work, due.account_id)}

    try:
        with runtime.opening.provider(due.host, due.account_id, due.scopes) as provider:
            outcomes = account_readings.read(due, provider, allowed)
    except ReconnectNeeded:
        with runtime.work() as work:
            account_readings.lose(work, due.account_id, due.began)
        return {}
    except TryLater as error:
        with runtime.work() as work:
            account_readings.rest(work, due.account_id, error.seconds)
        _note_vain(claim, due, began)
        if claim.task.fence < SHORT_WAITS and error.seconds <= _SHORT:
            raise
        _log.warning("account not read", account=str(due.account_id))
        return account_readings.failed(due, error)
    if outcomes and _is_vain(outcomes):
        _note_vain(claim, due, began)
    return outcomes


def keep(claim: Claim, work: Work, due: Due, outcomes: Mapping[UUID, Outcome]) -> None:
    """Keep what the host told of each calendar."""
    runtime = claim.runtime
    account_readings.keep(work, runtime.keys, due, outcomes, runtime.settings.times)
    if outcomes and not _is_vain(outcomes):
        slowness.answered(work, due.host)


def _is_vain(outcomes: Mapping[UUID, Outcome]) -> bool:
    return all(isinstance(each, Unreadable) and not is_restless(each) for each in outcomes.values())


def _note_vain(claim: Claim, due: Due, began: float) -> None:
    """Note that an account was asked in vain, and since when (`monotonic`)."""
    with claim.runtime.work() as work:
        slowness.note(work, due.host, monotonic() - began)
