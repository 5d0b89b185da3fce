"""Who may do what. Looked up in every unit of work, so that a right ends at once."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.flow.errors import Missing, NotAllowed, Outdated, SignInNeeded
from services.storage import groups, members
from services.storage.members import Pair
from services.storage.rows.groups import GroupRow, MemberRow, TermRow
from services.storage.rows.people import PersonRow
from services.storage.work import Work


class Role(StrEnum):
    """What somebody is to a group."""

    COORDINATOR = "coordinator"
    MEMBER = "member"
    ASSISTANT = "assistant"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Standing:
    """A group, and what the one who asks is to it."""

    group: GroupRow
    roles: tuple[Role, ...]

    @property
    def coordinates(self) -> bool:
        """Whether it is a coordinator who asks."""
        return Role.COORDINATOR in self.roles


def actor(work: Work) -> UUID:
    """Whoever asks. Raises SignInNeeded."""
    if work.actor is None:
        raise SignInNeeded("You are not signed in", remedy="sign in, then try again")
    return work.actor


def of_flags(row: groups.Flags) -> Standing:
    """Put a row of storage into words."""
    group, *flags = row
    return Standing(group, tuple(role for role, on in zip(Role, flags, strict=True) if on))


def standing(work: Work, group_id: UUID) -> Standing:
    """Find a group in which the one who asks has a part. Raises Missing."""
    row = groups.standing(work, group_id, actor(work))
    if row is None or not any(row[1:]):
        raise missing("group")
    return of_flags(row)


def coordinating(work: Work, group_id: UUID) -> GroupRow:
    """Find a group that the one who asks coordinates. Raises Missing or NotAllowed."""
    found = standing(work, group_id)
    if not found.coordinates:
        raise NotAllowed(
            "Only a coordinator of the group may do this", remedy="ask one of its coordinators"
        )
    return found.group


def coordinating_alone(work: Work, group_id: UUID) -> GroupRow:
    """Find it once nobody else is changing who belongs to it. Raises Missing or NotAllowed."""
    groups.locked(work, group_id)
    return coordinating(work, group_id)


def belonging(work: Work, group_id: UUID) -> Standing:
    """Find a group for a coordinator or member of it. Raises Missing or NotAllowed."""
    found = standing(work, group_id)
    if not {Role.COORDINATOR, Role.MEMBER} & set(found.roles):
        raise NotAllowed(
            "Only coordinators and members of the group may see this",
            remedy="ask one of its coordinators",
        )
    return found


def member_of(work: Work, group_id: UUID, member_id: UUID) -> Pair:
    """Find a member of a group. Raises Missing."""
    pair = members.one(work, group_id, member_id)
    if pair is None:
        raise missing("member")
    return pair


def missing(noun: str) -> Missing:
    """Say that there is none, or none for you."""
    return Missing(
        f"There is no such {noun}, or it is not yours to see", remedy="check the address"
    )


def unchanged(row: GroupRow | TermRow | MemberRow | PersonRow, version: int | None) -> None:
    """Refuse an edit of what has changed since it was read. Raises Outdated."""
    if version is not None and row.version != version:
        raise Outdated(
            "Somebody has changed this since you read it", remedy="read it again, then change it"
        )
