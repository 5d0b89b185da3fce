"""Groups, and who stands where in them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from services.storage.rows.groups import (
    AssistantRow,
    CoordinatorRow,
    GroupRow,
    GuestRow,
    MemberRow,
)
from services.storage.rows.people import PersonRow
from services.storage.work import Work

# Columns of every question about standing, in this order.
Flags = tuple[GroupRow, bool, bool, bool, bool]


def _flags(
    person: UUID,
) -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
    """Whether the person coordinates, belongs to, assists in, or is a guest of the group."""
    of = GroupRow.id
    return (
        exists().where(CoordinatorRow.group_id == of, CoordinatorRow.person_id == person),
        exists().where(MemberRow.group_id == of, MemberRow.person_id == person),
        exists().where(
            MemberRow.group_id == of,
            AssistantRow.member_id == MemberRow.id,
            AssistantRow.person_id == person,
        ),
        exists().where(GuestRow.group_id == of, GuestRow.person_id == person),
    )


def standing(work: Work, group_id: UUID, person: UUID) -> Flags | None:
    """The group, and how the person stands in it."""
    coordinates, belongs, assists, visits = _flags(person)
    return work.session.execute(
        select(GroupRow, coordinates, belongs, assists, visits).where(GroupRow.id == group_id)
    ).first()


def locked(work: Work, group_id: UUID) -> None:
    """Let nobody else lock this group before the transaction ends.

    What is looked up afterwards about who belongs to it stays true. SQLite, where one transaction
    writes at a time, needs no lock.
    """
    work.session.execute(
        select(GroupRow.id).where(GroupRow.id == group_id).with_for_update(key_share=True)
    )


def page(work: Work, person: UUID, after: UUID | None, most: int) -> Sequence[Flags]:
    """Groups in which the person has any part, in the order of their making."""
    coordinates, belongs, assists, visits = _flags(person)
    question = (
        select(GroupRow, coordinates, belongs, assists, visits)
        .where(or_(coordinates, belongs, assists, visits))
        .order_by(GroupRow.id)
        .limit(most)
    )
    if after is not None:
        question = question.where(GroupRow.id > after)
    return list(work.session.execute(question).all())


def with_part_of(work: Work, person: UUID) -> Sequence[UUID]:
    """Every group in which the person has any part."""
    return work.session.scalars(select(GroupRow.id).where(or_(*_flags(person)))).all()


def coordinators(work: Work, group_id: UUID) -> list[tuple[CoordinatorRow, PersonRow]]:
    """Who coordinates the group, longest first."""
    question = (
        select(CoordinatorRow, PersonRow)
        .join(PersonRow, PersonRow.id == CoordinatorRow.person_id)
        .where(CoordinatorRow.group_id == group_id)
        .order_by(CoordinatorRow.since, CoordinatorRow.person_id)
    )
    return list(work.session.execute(question).all())


def is_coordinator(work: Work, group_id: UUID, person: UUID) -> bool:
    """Whether somebody coordinates the group."""
    question = select(CoordinatorRow.since).where(
        CoordinatorRow.group_id == group_id, CoordinatorRow.person_id == person
    )
    return work.session.execute(question).first() is not None


def drop_coordinator(work: Work, group_id: UUID, person: UUID) -> int:
    """End somebody's coordination; return how many rows that was."""
    found = work.session.execute(
        delete(CoordinatorRow)
        .where(CoordinatorRow.group_id == group_id, CoordinatorRow.person_id == person)
        .returning(CoordinatorRow.person_id)
    )
    return len(found.all())


def rename_coordinator(work: Work, person: UUID, name: str) -> None:
    """Call somebody so in every group that they coordinate."""
    work.session.execute(
        update(CoordinatorRow).where(CoordinatorRow.person_id == person).values(name=name)
    )


def guests(work: Work, group_id: UUID) -> list[tuple[GuestRow, PersonRow]]:
    """Everybody who comes to one date, by date."""
    question = (
        select(GuestRow, PersonRow)
        .join(PersonRow, PersonRow.id == GuestRow.person_id)
        .where(GuestRow.group_id == group_id)
        .order_by(GuestRow.day, GuestRow.id)
    )
    return list(work.session.execute(question).all())


def guest(work: Work, group_id: UUID, guest_id: UUID) -> GuestRow | None:
    """One guest of a group."""
    return work.session.scalars(
        select(GuestRow).where(GuestRow.group_id == group_id, GuestRow.id == guest_id)
    ).first()


def guest_days(work: Work, person: UUID) -> list[tuple[GuestRow, GroupRow]]:
    """The dates to which a person is invited as a guest."""
    question = (
        select(GuestRow, GroupRow)
        .join(GroupRow, GroupRow.id == GuestRow.group_id)
        .where(GuestRow.person_id == person)
        .order_by(GuestRow.day, GuestRow.id)
    )
    return list(work.session.execute(question).all())


def every(work: Work) -> Sequence[GroupRow]:
    """All groups, for the operator."""
    return work.session.scalars(select(GroupRow).order_by(GroupRow.id)).all()
