"""Giving access to accounts back at their hosts."""

from datetime import timedelta
from uuid import UUID

from calendar_sync.errors import Wait
from calendar_sync.host import Grant
from services.flow import access, consent
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
    row = accounts.release(work, release_id)
    if row is None:
        return None
    try:
        grant = access.opened(keys, row.sealed, row.owner)
    except Unsealable:
        return None  # nobody can use it, ourselves included
    if not row.always:
        who = consent.identity(keys, row.host, grant)
        if accounts.waits_as(work, row.host, who):
            raise Wait("Its owner is asked", remedy="it goes on in a while", seconds=60)
        known = accounts.known_as(work, row.host, who)
        if known is not None and known.lost_at is None:
            return None
    return row.host, grant


def done(work: Work, release_id: UUID) -> None:
    """Forget what was given back."""
    row = accounts.release(work, release_id)
    if row is not None:
        work.session.delete(row)
