"""Telling coordinators that plans are gone, or somebody with them."""

from collections.abc import Sequence
from uuid import UUID

from services.flow import signin
from services.storage import groups
from services.storage.rows.people import Purpose
from services.storage.work import Work


def tell(work: Work, group_ids: Sequence[UUID], *, but: UUID) -> None:
    """Have it told to the coordinators of these groups, and not because of whom.

    but  the person because of whom: they know
    """
    for group_id in group_ids:
        for _, coordinator in groups.coordinators(work, group_id):
            if coordinator.id != but:
                signin.made(work, Purpose.PLAN_AGAIN, person_id=coordinator.id, group_id=group_id)


def tell_left(work: Work, group_id: UUID, person_id: UUID) -> None:
    """Have it told to the other coordinators of a group that somebody left it."""
    for _, coordinator in groups.coordinators(work, group_id):
        if coordinator.id != person_id:
            signin.made(
                work,
                Purpose.MEMBER_LEFT,
                person_id=coordinator.id,
                group_id=group_id,
                invited_by=person_id,
            )
