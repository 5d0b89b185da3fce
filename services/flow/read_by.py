"""What is read of members through somebody's account, as they are told themselves."""

from dataclasses import dataclass
from uuid import UUID

from services.flow import rights
from services.flow.sights import Seen, seen
from services.storage import colleagues as stored
from services.storage.rows.accounts import AccountRow
from services.storage.rows.calendars import CalendarRow
from services.storage.rows.groups import CoordinatorRow, GroupRow
from services.storage.work import Work


@dataclass(frozen=True, slots=True)
class ReadBy:
    """What is read of somebody for one group.

    row  None: it is about to be read the first time
    """

    coordinator: CoordinatorRow
    account: AccountRow
    group: GroupRow
    row: CalendarRow | None
    seen: Seen


def of_own(work: Work) -> list[ReadBy]:
    """What is read of the one who asks, and what is about to be."""
    return _of(work, rights.actor(work))


def reader_of(work: Work, person_id: UUID, group_id: UUID) -> ReadBy | None:
    """How a member is read for a group, or will be soon; None: they are not."""
    return next((each for each in _of(work, person_id) if each.group.id == group_id), None)


def _of(work: Work, person: UUID) -> list[ReadBy]:
    found = [
        ReadBy(coordinator, account, group, row, seen(work, account, row))
        for row, coordinator, account, group in stored.reading(work, person)
        if account.person_id != person
    ]
    soon = [
        ReadBy(coordinator, account, group, None, seen(work, account, None))
        for coordinator, account, group in stored.reading_without(work, person, (), None)
        if account.person_id != person
    ]
    return found + soon
