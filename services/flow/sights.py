"""Who of a group can be seen through an account.

Of anybody's time nothing is told here.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.flow import colleagues, objections, rights
from services.flow.question import is_trusted
from services.storage import colleagues as stored
from services.storage.rows.accounts import AccountRow
from services.storage.rows.calendars import CalendarRow
from services.storage.rows.groups import MemberRow
from services.storage.work import Work

_CLOSED = (
    "Access to the account has ended",
    "whoever connected it connects it once more on their page",
)


class Seen(StrEnum):
    """How far a member is read through somebody's account."""

    UNREAD = "unread"  # nobody does, though they show no calendar
    AWAITED = "awaited"  # about to be read
    VISIBLE = "visible"
    HIDDEN = "hidden"  # the host does not tell: unknown, and never free
    OBJECTS = "objects"  # does not want it


@dataclass(frozen=True, slots=True)
class Sight:
    """A member who is read so, or would be.

    what, remedy  why nothing newer is known, and what to do
    """

    member: MemberRow
    seen: Seen
    what: str | None = None
    remedy: str | None = None


def of_group(work: Work, group_id: UUID) -> list[Sight]:
    """The members of a group who show no calendar of their own, and those who object."""
    given = colleagues.given(work, group_id)
    rows = colleagues.calendars_of(work, group_id)
    account = None if given is None else given[1]
    owner = rights.actor(work) if account is None else account.person_id  # nobody's own colleague
    found = [
        _sight(work, member, account, rows.get(member.person_id))
        for member in colleagues.willing(work, group_id)
        if member.person_id != owner
    ]
    return found + [Sight(each, Seen.OBJECTS) for each in objections.of_group(work, group_id)]


def through(work: Work, account_id: UUID) -> list[tuple[str, int]]:
    """The groups whose members are read through an account, and how many of them can be seen.

    The account belongs to the one who asks.
    """
    rows = [each for each in stored.of_account(work, account_id) if is_trusted(each, work.now)]
    return [
        (group.title, sum(each.group_id == group.id for each in rows))
        for consent, group in stored.given_by(work, rights.actor(work))
        if consent.account_id == account_id
    ]


def seen(work: Work, account: AccountRow | None, row: CalendarRow | None) -> Seen:
    """How far a member is read of whom an account tells this. Access that ended tells no more."""
    if account is None:
        return Seen.UNREAD
    if row is not None and is_trusted(row, work.now):
        return Seen.VISIBLE
    lost = account.lost_at is not None
    awaited = row is None or (row.read_at is None and row.failed_what is None)
    return Seen.AWAITED if awaited and not lost else Seen.HIDDEN


def _sight(
    work: Work, member: MemberRow, account: AccountRow | None, row: CalendarRow | None
) -> Sight:
    found = seen(work, account, row)
    if account is not None and account.lost_at is not None:
        return Sight(member, found, *_CLOSED)
    if row is None:
        return Sight(member, found)
    return Sight(member, found, row.failed_what, row.failed_remedy)
