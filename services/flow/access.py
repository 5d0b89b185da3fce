"""What lets us into connected accounts: opened for one request, renewed by one of many.

A new access that comes with a new renewal is kept before it is used: the host may have made the
earlier one worthless in that moment.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from calendar_sync.errors import ReconnectNeeded, Wait
from calendar_sync.host import Gate, Grant
from calendar_sync.host import Host as At
from calendar_sync.provider import Provider
from services.facts import AccessReleased, AccountLost
from services.flow.gates import Gates
from services.flow.memory import Memory
from services.flow.question import TRUSTED
from services.keys import Keys, Unsealable
from services.storage import accounts, channels
from services.storage.rows.accounts import AccountRow, Host, ReleaseRow
from services.storage.work import Work

_EARLY = timedelta(minutes=1)  # before its end an access is renewed
_LEASE = timedelta(minutes=3)  # in which one of us renews it: longer than any exchange takes
_KEPT = timedelta(seconds=5)  # for which it is not looked up again: so soon its owner's no counts
OVER = (
    "Access to the account was taken back or has ended",
    "connect it once more on your page",
)


def owner_of(row: AccountRow) -> str:
    """Whose seal a grant has: of another account, person or host it does not open."""
    return f"{row.host.value} {row.person_id} {row.id}"


def sealed(keys: Keys, grant: Grant, owner: str) -> bytes:
    """Seal a grant."""
    said = {
        "access": grant.access,
        "until": grant.until.isoformat(),
        "renewal": grant.renewal,
        "scopes": sorted(grant.scopes),
        "subject": grant.subject,
        "email": grant.email,
    }
    return keys.sealed(json.dumps(said), owner)


def opened(keys: Keys, seal: bytes, owner: str) -> Grant:
    """Open a grant. Raises Unsealable."""
    said = json.loads(keys.opened(seal, owner))
    until = datetime.fromisoformat(said["until"]).astimezone(UTC)
    return Grant(**{**said, "until": until, "scopes": frozenset(said["scopes"])})


def email_of(keys: Keys, row: AccountRow) -> str | None:
    """The address of mail that somebody has at the host; None: it does not open."""
    try:
        return opened(keys, row.sealed, owner_of(row)).email
    except Unsealable:
        return None


def lost(work: Work, row: AccountRow) -> None:
    """Note that an account needs consent once more; its owner hears of it once."""
    if row.lost_at is None:
        row.lost_at = work.now
        row.due_at = work.now + TRUSTED  # then what is known of it is too old
        row.fence += 1
        for each in accounts.read_through(work, row.id):  # nobody reads them until then
            each.failed_what, each.failed_remedy = OVER
        work.session.flush()
        work.note("account.lost", row.id)
        work.record(AccountLost(row.id))


def release(work: Work, host: Host, seal: bytes, owner: str, *, always: bool = False) -> ReleaseRow:
    """Have access given back at its host, in a minute, by whoever works there.

    always  even if its owner has connected the account anew by then: others may know what we have
    """
    row = ReleaseRow(host=host, sealed=seal, owner=owner, always=always, created_at=work.now)
    work.add(row)
    work.session.flush()
    work.record(AccessReleased(row.id))
    return row


def let_go(work: Work, row: AccountRow, *, always: bool = False) -> None:
    """Have the access of an account given back, and before that its channels closed."""
    released = release(work, row.host, row.sealed, owner_of(row), always=always)
    channels.leave(work, row.id, released.id)


@dataclass(slots=True)
class Held:
    """What lets us into one account (`calendar_sync.host.Access`)."""

    memory: Memory
    keys: Keys
    at: At
    account_id: UUID
    now: Callable[[], datetime]
    _kept: tuple[str, datetime] | None = field(default=None, init=False, repr=False)

    def token(self, refused: str | None = None) -> str:
        kept, now = self._kept, self.now()
        if refused is None and kept is not None and now < kept[1]:
            return kept[0]
        grant = self._looked_up(refused)
        self._kept = grant.access, min(now + _KEPT, grant.until - _EARLY)
        return grant.access

    def _looked_up(self, refused: str | None) -> Grant:
        with self.memory.reading() as work:
            row = accounts.one(work, self.account_id)
            if row is None or row.lost_at is not None:
                raise ReconnectNeeded(OVER[0], remedy=OVER[1])
            fence, owner, seal = row.fence, owner_of(row), row.sealed
        grant = self._opened(seal, owner)
        if grant.access != refused and grant.until > self.now() + _EARLY:
            return grant
        return self._renewed(grant, fence, owner)

    def _renewed(self, grant: Grant, fence: int, owner: str) -> Grant:
        with self.memory.work() as work:
            ours = accounts.begin_renewal(work, self.account_id, fence, work.now + _LEASE)
        if not ours:
            raise _moment("Access is being renewed")
        try:
            fresh = self.at.renew(grant, self.now())
        except ReconnectNeeded:
            if self._lose(fence + 1):
                raise
            raise _moment("Access was renewed by another") from None
        except BaseException:
            self._end(fence + 1)
            raise
        if not self._end(fence + 1, fresh, owner):
            raise _moment("Access was renewed by another")
        return fresh

    def _end(self, fence: int, grant: Grant | None = None, owner: str = "") -> bool:
        seal = None if grant is None else sealed(self.keys, grant, owner)
        scopes = () if grant is None else sorted(grant.scopes)
        with self.memory.work() as work:
            return accounts.end_renewal(work, self.account_id, fence, sealed=seal, scopes=scopes)

    def _lose(self, fence: int) -> bool:
        with self.memory.work() as work:
            row = accounts.locked(work, self.account_id)
            if row is None or row.fence != fence:
                return False  # it is gone, or its owner connected it meanwhile
            row.renewing_until = None
            lost(work, row)
            return True

    def _opened(self, seal: bytes, owner: str) -> Grant:
        try:
            return opened(self.keys, seal, owner)
        except Unsealable as error:  # no fault of its owner: consent is as good as it was
            raise Wait(error.what, remedy=error.remedy, seconds=3600, whole=True) from None


def _moment(what: str) -> Wait:
    return Wait(what, remedy="it goes on in a second", seconds=1)


@dataclass(slots=True)
class Given:
    """What lets us into an account that was let go (`calendar_sync.host.Access`)."""

    at: At
    grant: Grant
    now: Callable[[], datetime]

    def token(self, refused: str | None = None) -> str:
        if refused is not None or self.grant.until <= self.now():
            self.grant = self.at.renew(self.grant, self.now())
            if self.grant.access == refused:
                raise ReconnectNeeded(OVER[0], remedy=OVER[1])
        return self.grant.access


@dataclass(slots=True)
class Opening:
    """Opens connected accounts, for whoever reads or writes them.

    hosts  by what the database calls them
    """

    memory: Memory
    keys: Keys
    hosts: Mapping[Host, At]
    gates: Mapping[Host, Gates]
    now: Callable[[], datetime]

    @contextmanager
    def provider(
        self,
        host: Host,
        account_id: UUID,
        scopes: frozenset[str],
        *,
        requests: int = 4,
        behind: Callable[[Gate], Gate] = lambda gate: gate,
    ) -> Iterator[Provider]:
        """What an account can be asked, one thing after the other; nothing is asked yet.

        requests  how many are taken of its share at a time: about as many as there will be
        behind    puts another gate before its own
        """
        at, gate = self.hosts[host], self.gates[host].of(account_id, requests)
        held = Held(self.memory, self.keys, at, account_id, self.now)
        try:
            yield at.provider(held, behind(gate), scopes)
        finally:
            gate.done()

    @contextmanager
    def given(self, host: Host, subject: UUID, grant: Grant) -> Iterator[Provider]:
        """The same, of an account that was let go.

        subject  of whose share of requests it is asked
        """
        at, gate = self.hosts[host], self.gates[host].of(subject)
        try:
            yield at.provider(Given(at, grant, self.now), gate, grant.scopes)
        finally:
            gate.done()
