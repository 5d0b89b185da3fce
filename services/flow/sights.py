"""Who of a group can be seen through an account, for its coordinators.

Of anybody's time nothing is told here.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.flow import colleagues
from services.flow.question import is_trusted
from services.storage.rows.calendars import CalendarRow
from services.storage.rows.groups import MemberRow
from services.storage.work import Work

_CLOSED = (
    "Access to the account has ended",
    "whoever connected it connects it once more on their page",
)


class Seen(StrEnum):
    """How far a member is read through somebody's account."""

    UNREAD = "unread"  # nobody does, though nothing is known of them
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
    """The members of a group of whom nothing else is known, and those who object."""
    given = colleagues.given(work, group_id)
    rows = colleagues.calendars_of(work, group_id)
    lost = given is not None and given[1].lost_at is not None
    found = [
        _sight(work, member, rows.get(member.person_id), reads=given is not None, lost=lost)
        for member in colleagues.willing(work, group_id)
    ]
    return found + [Sight(each, Seen.OBJECTS) for each in colleagues.objecting(work, group_id)]


def _sight(
    work: Work, member: MemberRow, row: CalendarRow | None, *, reads: bool, lost: bool
) -> Sight:
    if row is None or (row.read_at is None and row.failed_what is None):
        return Sight(member, Seen.AWAITED if reads else Seen.UNREAD)
    seen = Seen.VISIBLE if is_trusted(row, work.now) else Seen.HIDDEN
    if lost:
        return Sight(member, seen, *_CLOSED)
    return Sight(member, seen, row.failed_what, row.failed_remedy)
