"""What the pages tell of reading members through an account: whose it is, and who can be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services import door
from services.flow import access, colleagues, sights
from services.flow.sights import Seen, Sight
from services.storage.rows.accounts import AccountRow
from services.storage.rows.calendars import CalendarRow
from services.storage.rows.groups import GroupRow
from services.storage.work import Work


@dataclass(frozen=True, slots=True)
class Way:
    """An account of the reader that could be used."""

    account_id: UUID
    host: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Reader:
    """An account that is used: what people call its host, whose it is, and since when."""

    host: str
    name: str
    since: datetime
    lost: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """How a group's members are read.

    reader  None: not at all, and they could be in these `ways`
    """

    reader: Reader | None
    ways: Sequence[Way]
    sights: Sequence[Sight]

    def of(self, seen: str) -> list[Sight]:
        """Those with whom it stands so."""
        return [each for each in self.sights if each.seen is Seen(seen)]


@dataclass(frozen=True, slots=True)
class ReadBy:
    """What is read of somebody through an account of a coordinator, for one group."""

    row: CalendarRow
    name: str
    host: str
    group: GroupRow


def of_group(work: Work, group_id: UUID) -> Reading | None:
    """What a coordinator is shown of it; None: nobody could begin it."""
    given = colleagues.given(work, group_id)
    ways = [_way(each) for each in colleagues.capable(work, door.runtime().hosts)]
    if given is None and not ways:
        return None
    reader = None
    if given is not None:
        consent, account, coordinator = given
        lost = account.lost_at is not None
        reader = Reader(_host(account), coordinator.name, consent.given_at, lost)
    return Reading(reader, ways, sights.of_group(work, group_id))


def of_own(work: Work) -> list[ReadBy]:
    """What members are shown of it on their own page."""
    return [
        ReadBy(row, coordinator.name, _host(account), group)
        for row, coordinator, account, group in colleagues.of_own(work)
    ]


def _way(row: AccountRow) -> Way:
    return Way(row.id, _host(row), access.email_of(door.runtime().keys, row))


def _host(row: AccountRow) -> str:
    return door.runtime().hosts[row.host].title
