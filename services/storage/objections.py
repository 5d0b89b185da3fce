"""Who does not want to be read through the accounts of others, for one group or for any."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from services.storage.rows.accounts import ReadingObjectionRow
from services.storage.rows.groups import GroupRow, MemberRow
from services.storage.work import Work


def made(work: Work, person: UUID, group_id: UUID | None) -> ReadingObjectionRow | None:
    """What a person said of one group, or of all of them together: no group."""
    row = ReadingObjectionRow
    question = select(row).where(
        row.person_id == person, row.group_id.is_not_distinct_from(group_id)
    )
    return work.session.scalars(question).first()


def make(work: Work, person: UUID, group_id: UUID | None) -> None:
    """Note that a person objects; once is enough."""
    if made(work, person, group_id) is None:
        work.add(ReadingObjectionRow(person_id=person, group_id=group_id, made_at=work.now))
        work.session.flush()


def of_person(work: Work, person: UUID) -> list[tuple[ReadingObjectionRow, GroupRow | None]]:
    """All that a person objects to, with the groups; that for any of them first."""
    row = ReadingObjectionRow
    question = (
        select(row, GroupRow)
        .outerjoin(GroupRow, GroupRow.id == row.group_id)
        .where(row.person_id == person)
        .order_by(row.group_id.is_not(None), row.id)
    )
    return list(work.session.execute(question).all())


def of_group(work: Work, group_id: UUID) -> list[MemberRow]:
    """The members of a group who object."""
    question = (
        select(MemberRow)
        .where(MemberRow.group_id == group_id, objects(MemberRow.person_id, MemberRow.group_id))
        .order_by(MemberRow.id)
    )
    return list(work.session.scalars(question))


def objects(
    person: InstrumentedAttribute[UUID],
    group: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None],
) -> ColumnElement[bool]:
    """Whether a person of the question objects for a group of it."""
    row = ReadingObjectionRow
    return exists().where(
        row.person_id == person, or_(row.group_id.is_(None), row.group_id == group)
    )
