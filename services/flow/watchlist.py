"""What is to be watched in an account: each calendar that counts, or all of it by one channel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from calendar_sync.provider import CalendarId, Capability
from services.flow import account_readings
from services.flow.access import Opening
from services.keys import Keys, Unsealable
from services.storage import accounts
from services.storage.rows.accounts import AccountRow, Host
from services.storage.work import Work

_PATHS = {Host.GOOGLE: "/hooks/google", Host.OUTLOOK: "/hooks/graph"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be watched: a calendar by its id, or with None the whole account.

    calendar  of the account, as its host calls it
    """

    id: UUID | None
    calendar: CalendarId = field(repr=False)


@dataclass(frozen=True, slots=True)
class Here:
    """Where hosts tell us of changes, and in how many seconds nothing is read twice."""

    push_url: str
    once: float


@dataclass(frozen=True, slots=True)
class Due:
    """An account as it is to be watched, from this moment on."""

    account_id: UUID
    host: Host
    scopes: frozenset[str]
    began: datetime
    wanted: Sequence[Wanted]
    address: str
    here: Here


def place_of(work: Work, keys: Keys, opening: Opening, account_id: UUID, here: Here) -> Due | None:
    """Look up what is to be watched; None: nothing, because it is gone or waits for consent.

    Raises Wait while the host wants the account left alone.
    """
    row = accounts.one(work, account_id)
    if row is None or row.lost_at is not None:
        return None
    account_readings.let_rest(work, row.id)
    scopes, path = frozenset(row.scopes), _PATHS.get(row.host)
    able = opening.hosts[row.host].capabilities(scopes)
    wanted = list(_wanted(work, keys, row)) if path and Capability.WATCHES in able else []
    if Capability.WATCHES_ALL in able:
        wanted = [Wanted(None, each.calendar) for each in wanted[:1]]
    return Due(row.id, row.host, scopes, work.now, wanted, f"{here.push_url}{path}", here)


def _wanted(work: Work, keys: Keys, account: AccountRow) -> Iterator[Wanted]:
    for each in accounts.calendars_of(work, account.id):
        try:
            yield Wanted(each.id, CalendarId(keys.opened(each.address or b"", each.id)))
        except Unsealable:
            pass  # nor can it be read, which says why
