"""Handing on what a page began. If nobody can be reached now, the workers find it by themselves."""

import logging
from uuid import UUID

from services import door
from services.queue import NoQueue

_log = logging.getLogger(__name__)


def hand_on_mails() -> None:
    """Have the mails of new links written."""
    _hand_on("notices.send_links")


def mails_when_kept() -> None:
    """Have them written once what this request does has been kept."""
    door.work().then(hand_on_mails)


def plan_when_kept(plan_id: UUID) -> None:
    """Have a plan's calendars read once it has been kept."""
    door.work().then(lambda: _hand_on("calendars.read_for", plan_id))


def _hand_on(job: str, subject: UUID | None = None) -> None:
    try:
        door.runtime().enqueue(job, subject)
    except NoQueue as error:
        _log.info("%s waits for a sweep: %s", job, error.what)
