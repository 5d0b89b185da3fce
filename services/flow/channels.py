"""Channels, by which hosts tell that something has changed: what follows when one speaks.

A host says nothing but "look": whatever was lost, repeated or late, the next reading finds what
there is. An account is looked at once a minute at most, however often its host speaks.
"""

import random
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from services.facts import AccountDue
from services.flow import proof
from services.keys import Keys
from services.storage import accounts, replies, tries
from services.storage import channels as stored
from services.storage.rows.accounts import AccountRow
from services.storage.rows.channels import ChannelRow
from services.storage.work import Work

_BEGINNING = timedelta(seconds=10)  # a reading takes a while to begin, and then its minute
_OPENING = timedelta(minutes=2)  # in which whoever asked for a channel keeps what the host said


def heard(work: Work, row: ChannelRow, once: float) -> None:
    """Have an account looked at, because its host says that something has changed.

    once  seconds in which nothing is read twice
    """
    account = _concerned(work, row)
    if account is not None:
        row.heard_at = work.now
        _look(work, account, once)


def removed(work: Work, row: ChannelRow, once: float) -> None:
    """Have another channel opened for one that its host has closed, and what was missed found."""
    account = _concerned(work, row)
    if account is not None:
        account.watch_at = None
        _look(work, account, once)
    stored.drop(work, row.id)


def renew_now(work: Work, row: ChannelRow) -> None:
    """Have another channel opened in place of this one, at once."""
    account = _concerned(work, row)
    if account is not None:
        account.watch_at = None
        row.heard_at = row.renew_at = work.now


def met(work: Work, keys: Keys, row: ChannelRow, resource: str, once: float) -> None:
    """Note what the host calls a channel whose secret it knows, where we did not hear it before.

    It speaks before whoever asked for the channel has its answer; and long after, if they died
    before they could keep it. Then there may be two of them by now.
    """
    account = _concerned(work, row)  # first: everybody locks accounts before their channels
    if account is not None:
        _find_missed(work, account, row, once)
        if row.opened_at < work.now - _OPENING:
            account.watch_at = None
    _keep(keys, row, resource, row.until_at)


def opened(  # noqa: PLR0913 -- what the host said, and of what
    work: Work, keys: Keys, row: ChannelRow, resource: str, *, until: datetime, once: float
) -> None:
    """Note what a host said of a channel that it has opened just now.

    once  as for `heard`
    """
    account = _concerned(work, row)
    row.opened_at = work.now
    if account is not None:
        _find_missed(work, account, row, once)
    _keep(keys, row, resource, until)


def _keep(keys: Keys, row: ChannelRow, resource: str, until: datetime) -> None:
    """Note what a host calls a channel: it is renewed before half of its time is over."""
    row.remote = proof.hashed(resource)
    row.sealed = keys.sealed(resource, row.id)
    row.until_at = until
    part = random.uniform(0.45, 0.5)  # noqa: S311 -- what was opened together ends apart
    row.renew_at = row.opened_at + (until - row.opened_at) * part


def _find_missed(work: Work, account: AccountRow, row: ChannelRow, once: float) -> None:
    """Have found what changed while nobody told of it: since the last reading, until now.

    It is only another reading. As a look it would keep away the news that comes until then.
    """
    if stored.is_told(work, row, account.consented_at):
        return  # by the channel that this one replaces
    at = max(work.now, (accounts.tried_at(work, account.id) or work.now) + timedelta(seconds=once))
    account.due_at = min(account.due_at or at, at)


def look_at(work: Work, account_id: UUID) -> datetime | None:
    """When an account is to be looked at because its host spoke; None: nothing is to be found."""
    found = tries.until(work, _key(account_id))
    return found if found is not None and found > work.now else None


def next_look(work: Work, account_id: UUID) -> datetime | None:
    """When an account that was read is to be looked at all the same; None: it need not be.

    A reading that began before a channel was open cannot know what changed in between.
    """
    found = look_at(work, account_id)
    last = accounts.tried_at(work, account_id)
    if last is not None and stored.is_opened_since(work, account_id, last):
        return work.now
    return found


def _look(work: Work, account: AccountRow, once: float) -> None:
    """Have an account looked at: now, or a while after the last look began."""
    if look_at(work, account.id) is not None:
        return  # that look finds this as well
    apart = _BEGINNING + timedelta(seconds=once)
    last = accounts.tried_at(work, account.id), tries.until(work, _key(account.id))
    at = max([work.now, *(each + apart for each in last if each is not None)])
    tries.hold(work, _key(account.id), at)
    replies.ask_soon(work, account.id, at)
    if at <= work.now:
        work.record(AccountDue(account.id))
    else:
        account.due_at = min(account.due_at or at, at)


def _concerned(work: Work, row: ChannelRow) -> AccountRow | None:
    """The account of a channel; None: it is not read any more, or not before its owner consents."""
    account = None if row.account_id is None else accounts.locked(work, row.account_id)
    return None if account is None or account.lost_at is not None else account


def _key(account_id: UUID) -> bytes:
    """The key under which it stands when an account is looked at, or was the last time."""
    return sha256(b"look" + account_id.bytes).digest()
