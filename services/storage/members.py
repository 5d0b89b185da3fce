"""Members of a group, and who looks after their clinics."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select

from services.storage.rows.groups import AssistantRow, GroupRow, MemberRow
from services.storage.rows.people import PersonRow
from services.storage.work import Work

Pair = tuple[MemberRow, PersonRow]
Assistant = tuple[AssistantRow, PersonRow]


def of(
    work: Work, group_id: UUID, *, after: UUID | None = None, most: int | None = None
) -> list[Pair]:
    """Members in the order in which they were added."""
    question = (
        select(MemberRow, PersonRow)
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .where(MemberRow.group_id == group_id)
        .order_by(MemberRow.id)
        .limit(most)
    )
    if after is not None:
        question = question.where(MemberRow.id > after)
    return list(work.session.execute(question).all())


def one(work: Work, group_id: UUID, member_id: UUID) -> Pair | None:
    """One member of a group."""
    return work.session.execute(
        select(MemberRow, PersonRow)
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .where(MemberRow.group_id == group_id, MemberRow.id == member_id)
    ).first()


def of_person(work: Work, person: UUID) -> list[tuple[MemberRow, GroupRow]]:
    """The memberships of a person."""
    question = (
        select(MemberRow, GroupRow)
        .join(GroupRow, GroupRow.id == MemberRow.group_id)
        .where(MemberRow.person_id == person)
        .order_by(MemberRow.id)
    )
    return list(work.session.execute(question).all())


def person_in(work: Work, group_id: UUID, person: UUID) -> MemberRow | None:
    """The membership of a person in a group."""
    return work.session.scalars(
        select(MemberRow).where(MemberRow.group_id == group_id, MemberRow.person_id == person)
    ).first()


def assistants(work: Work, members: Sequence[UUID]) -> list[Assistant]:
    """Who looks after the clinics of these members."""
    question = (
        select(AssistantRow, PersonRow)
        .join(PersonRow, PersonRow.id == AssistantRow.person_id)
        .where(AssistantRow.member_id.in_(members))
        .order_by(AssistantRow.member_id, AssistantRow.since, AssistantRow.person_id)
    )
    return list(work.session.execute(question).all())


def assisted_by(work: Work, person: UUID) -> list[tuple[MemberRow, GroupRow]]:
    """Whose clinics a person looks after."""
    question = (
        select(MemberRow, GroupRow)
        .join(AssistantRow, AssistantRow.member_id == MemberRow.id)
        .join(GroupRow, GroupRow.id == MemberRow.group_id)
        .where(AssistantRow.person_id == person)
        .order_by(MemberRow.id)
    )
    return list(work.session.execute(question).all())


def drop_assistant(work: Work, member_id: UUID, person: UUID) -> int:
    """End an assistant's part; return how many rows that was."""
    found = work.session.execute(
        delete(AssistantRow)
        .where(AssistantRow.member_id == member_id, AssistantRow.person_id == person)
        .returning(AssistantRow.person_id)
    )
    return len(found.all())


def count(work: Work, group_id: UUID) -> int:
    """How many members a group has."""
    question = select(func.count()).select_from(MemberRow).where(MemberRow.group_id == group_id)
    return work.session.execute(question).scalar_one()
