"""Connecting the accounts of a person: a new one, and once more one that is there.

It is told apart from others by who it is at its host, and belongs to one person here.
"""

from hmac import compare_digest
from uuid import UUID

from calendar_sync.host import Grant
from services.facts import AccountDue
from services.flow import access, rights
from services.flow.errors import Conflict
from services.flow.question import TRUSTED
from services.flow.rights import missing
from services.keys import Keys
from services.storage import accounts, channels, series
from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow, Host
from services.storage.work import Work

MOST = 5  # accounts of one person


def entered(
    work: Work, keys: Keys, host: Host, grant: Grant, account_id: UUID | None = None
) -> AccountRow:
    """Connect an account that its owner entered with a password: that is their word for it.

    account_id  of an account that is entered once more
    Raises Conflict where it cannot be connected.
    """
    if account_id is not None:
        return again(work, keys, own(work, account_id).id, grant)
    person_id = rights.actor(work)
    known = accounts.known_as(work, host, identity(keys, host, grant))
    if known is None:
        has_room(work, person_id)
        return connected(work, keys, host, grant)
    if known.person_id != person_id:
        raise Conflict(
            "This account is connected to another person here",
            remedy="choose another account, or disconnect it there",
        )
    return again(work, keys, known.id, grant)


def connected(work: Work, keys: Keys, host: Host, grant: Grant) -> AccountRow:
    """Connect an account that is new here, of the one who asks."""
    row = AccountRow(
        id=new_id(),
        person_id=rights.actor(work),
        host=host,
        identity=identity(keys, host, grant),
        sealed=b"",
        scopes=sorted(grant.scopes),
        created_at=work.now,
        consented_at=work.now,
        fence=0,
    )
    row.sealed = access.sealed(keys, grant, access.owner_of(row))
    work.add(row)
    work.session.flush()
    work.note("account.connected", row.id)
    return row


def again(work: Work, keys: Keys, account_id: UUID, grant: Grant) -> AccountRow:
    """Connect an account once more, which is read anew. Raises Conflict if it is another one."""
    row = accounts.locked(work, account_id)
    if row is None:
        raise missing("account")
    if not compare_digest(row.identity, identity(keys, row.host, grant)):
        raise Conflict(
            "You signed in with another account than the one that is connected here",
            remedy="try again with that account, or connect the other one as a new account",
        )
    row.sealed = access.sealed(keys, grant, access.owner_of(row))
    row.scopes, row.lost_at, row.renewing_until = sorted(grant.scopes), None, None
    row.consented_at = work.now
    row.watch_at, row.watch_failures = None, 0
    row.fence += 1
    for each in accounts.read_through(work, row.id):
        # It is being read again, and says what comes of it; what is too old is unknown till then.
        recent = each.read_at is not None and each.read_at >= work.now - TRUSTED
        if each.failed_what == access.OVER[0] and recent:
            each.failed_what = each.failed_remedy = None
    series.hasten(work, row.id)
    channels.outdate(work, row.id)  # who knows which of them outlived the consent
    work.session.flush()
    work.note("account.reconnected", row.id)
    work.record(AccountDue(row.id))
    return row


def has_room(work: Work, person_id: UUID) -> None:
    """Check that somebody may connect one more account. Raises Conflict."""
    if accounts.count(work, person_id) >= MOST:
        raise Conflict(f"There are {MOST} accounts already", remedy="disconnect one first")


def own(work: Work, account_id: UUID) -> AccountRow:
    """An account of the one who asks. Raises Missing."""
    person_id = rights.actor(work)
    row = accounts.one(work, account_id)
    if row is None or row.person_id != person_id:
        raise missing("account")
    return row


def identity(keys: Keys, host: Host, grant: Grant) -> bytes:
    """Who this is at a host, as a hash that means nothing without our key."""
    return keys.hashed(f"{host.value} {grant.subject}")
