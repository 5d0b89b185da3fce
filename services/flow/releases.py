"""Giving access to accounts back at their hosts."""

from datetime import timedelta
from uuid import UUID

from calendar_sync.errors import Wait
from calendar_sync.host import Grant
from services.flow import access, connecting
from services.keys import Keys, Unsealable
from services.storage import accounts
from services.storage.rows.accounts import Host
from services.storage.work import Work

KEPT = timedelta(days=7)  # for which it is tried


def of(work: Work, keys: Keys, release_id: UUID) -> tuple[Host, Grant] | None:
    """What is to be given back where; None: nothing any more.

    A host takes back all that somebody gave us, or nothing: what is connected by now stays. Raises
    Wait while its owner is asked whether it shall be.
    """
    row, found = accounts.release(work, release_id), grant_of(work, keys, release_id)
    if row is None or found is None:
        return None
    host, grant = found
    if not row.always:
        who = connecting.identity(keys, host, grant)
        if accounts.waits_as(work, host, who):
            raise Wait("Its owner is asked", remedy="it goes on in a while", seconds=60)
        known = accounts.known_as(work, host, who)
        if known is not None and known.lost_at is None:
            return None
    return found


def grant_of(work: Work, keys: Keys, release_id: UUID) -> tuple[Host, Grant] | None:
    """What lets us in until it is given back, and where; None: nothing any more."""
    row = accounts.release(work, release_id)
    if row is None:
        return None
    try:
        return row.host, access.opened(keys, row.sealed, row.owner)
    except Unsealable:
        return None  # nobody can use it, ourselves included


def age(work: Work, release_id: UUID) -> timedelta:
    """For how long it is tried already."""
    row = accounts.release(work, release_id)
    return timedelta() if row is None else work.now - row.created_at


def done(work: Work, release_id: UUID) -> None:
    """Forget what was given back."""
    row = accounts.release(work, release_id)
    if row is not None:
        work.session.delete(row)
