"""Leaving a host alone for as long as it asked, with one calendar or account of somebody's."""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from services.storage import tries
from services.storage.work import Work


def begin(work: Work, subject: UUID, time: timedelta) -> None:
    """Note that a host asked us to leave this calendar or account alone for so long."""
    tries.hold(work, _key(subject), work.now + time)


def until(work: Work, subject: UUID) -> datetime | None:
    """Until when the host asked us to leave it alone; None: it did not."""
    found = tries.until(work, _key(subject))
    return found if found is not None and found > work.now else None


def end(work: Work, subject: UUID) -> None:
    """Note that it is another host now: what one asked for does not bind the other."""
    tries.drop(work, _key(subject))


def _key(subject: UUID) -> bytes:
    """The key under which it is counted that a host asked for rest."""
    return sha256(b"rest" + subject.bytes).digest()
