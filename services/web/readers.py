"""What the pages tell of reading members through an account: whose it is, and who can be seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services import door
from services.flow import access, colleagues, read_by, sights
from services.flow.sights import Seen, Sight
from services.storage.colleagues import Given
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
    """An account that is used: what people call its host, whose it is, and since when.

    email  which its owner has there, for its owner alone
    """

    host: str
    name: str
    email: str | None
    since: datetime
    lost: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """How a group's members are read.

    reader  None: not at all, and they could be
    ways    the reader's other accounts through which they could be
    """

    reader: Reader | None
    ways: Sequence[Way]
    sights: Sequence[Sight]

    def of(self, seen: str) -> list[Sight]:
        """Those with whom it stands so."""
        return [each for each in self.sights if each.seen is Seen(seen)]

    def by_reason(self, seen: str) -> dict[str | None, list[Sight]]:
        """The same, by why nothing newer is known of them."""
        found: dict[str | None, list[Sight]] = {}
        for each in sorted(self.of(seen), key=lambda each: each.what or ""):
            found.setdefault(each.what, []).append(each)
        return found

    @property
    def by_member(self) -> dict[UUID, Sight]:
        """Per member who is read how far that is; nobody who shows a calendar, or objects."""
        if self.reader is None:
            return {}
        return {each.member.id: each for each in self.sights if each.seen is not Seen.OBJECTS}

    @property
    def unaware(self) -> int:
        """How many may not know: they are read, or would be, and have not joined."""
        concerned = [each for each in self.sights if each.seen is not Seen.OBJECTS]
        return sum(each.member.joined_at is None for each in concerned)


@dataclass(frozen=True, slots=True)
class ReadBy:
    """What is read of somebody through an account of a coordinator, for one group.

    row  None: it is about to be read the first time
    """

    row: CalendarRow | None
    name: str
    host: str
    group: GroupRow
    seen: Seen


@dataclass(frozen=True, slots=True)
class NextBy:
    """An account of a coordinator through which somebody would be read next, for one group."""

    name: str
    host: str
    group: GroupRow


def of_group(work: Work, group_id: UUID) -> Reading | None:
    """What a coordinator is shown of it; None: nobody could begin it."""
    given = colleagues.given(work, group_id)
    ways = [
        _way(each)
        for each in colleagues.capable(work, door.runtime().hosts)
        if given is None or each.id != given[1].id
    ]
    if given is None and not ways:
        return None
    return Reading(given and _reader(work, given), ways, sights.of_group(work, group_id))


def of_own(work: Work) -> list[ReadBy]:
    """What members are shown of it on their own page."""
    return [named(each) for each in read_by.of_own(work)]


def named(found: read_by.ReadBy) -> ReadBy:
    """Say it with the name that people give to the host."""
    return ReadBy(found.row, found.coordinator.name, _host(found.account), found.group, found.seen)


def without(
    work: Work, calendar_ids: Collection[UUID], account_id: UUID | None = None
) -> list[NextBy]:
    """Who would begin to read the one who asks once these calendars and this account are gone."""
    return [
        NextBy(coordinator.name, _host(account), group)
        for coordinator, account, group in colleagues.without(work, calendar_ids, account_id)
    ]


def _reader(work: Work, given: Given) -> Reader:
    consent, account, coordinator = given
    own = account.person_id == work.actor
    return Reader(
        _host(account),
        coordinator.name,
        access.email_of(door.runtime().keys, account) if own else None,
        consent.given_at,
        account.lost_at is not None,
    )


def _way(row: AccountRow) -> Way:
    return Way(row.id, _host(row), access.email_of(door.runtime().keys, row))


def _host(row: AccountRow) -> str:
    return door.runtime().hosts[row.host].title
