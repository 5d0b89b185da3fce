"""Not wanting to be read through the accounts of others: saying so, and taking it back.

An objection stays when a membership ends, and counts again with the next one.
"""

from uuid import UUID

from services.flow import colleagues, dropping, rights
from services.flow.rights import missing
from services.storage import members
from services.storage import objections as stored
from services.storage.rows.accounts import ReadingObjectionRow
from services.storage.rows.groups import GroupRow, MemberRow
from services.storage.work import Work


def of_own(work: Work) -> list[tuple[ReadingObjectionRow, GroupRow | None]]:
    """What the one who asks objects to, with the groups; no group: any of them."""
    return stored.of_person(work, rights.actor(work))


def of_group(work: Work, group_id: UUID) -> list[MemberRow]:
    """The members who do not want to be read."""
    rights.coordinating(work, group_id)
    return stored.of_group(work, group_id)


def make(work: Work, group_id: UUID) -> None:
    """Say that one is not to be read so for a group; what was read goes.

    Raises Missing or NotAllowed.
    """
    dropping.object_to(work, _own(work, group_id))


def take_back(work: Work, group_id: UUID | None) -> None:
    """Take back what one said of a group, or of all of them together: no group.

    Raises Missing or NotAllowed.
    """
    person = rights.actor(work)
    row = stored.made(work, person, group_id)
    if row is None:
        if group_id is not None:
            _own(work, group_id)
        return
    work.session.delete(row)
    work.session.flush()
    work.note("reading.permitted", group_id or person)
    for member, group in members.of_person(work, person):
        if group_id in (None, member.group_id):
            colleagues.have_read(work, group.id)


def _own(work: Work, group_id: UUID) -> MemberRow:
    rights.belonging(work, group_id)
    member = members.person_in(work, group_id, rights.actor(work))
    if member is None:
        raise missing("membership")
    return member
