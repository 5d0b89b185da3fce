"""Who is or was invited to a series, and what they answered."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from services.storage.farewells import IS_KNOWN
from services.storage.rows.groups import GroupRow
from services.storage.rows.people import PersonRow
from services.storage.rows.series import AttendeeRow, MeetingRow, ReplyRow, SeriesRow
from services.storage.series import LIVE
from services.storage.work import Work

Invited = tuple[AttendeeRow, PersonRow]


def of(work: Work, series_id: UUID) -> list[Invited]:
    """Who is or was invited, in the order in which they were."""
    question = (
        select(AttendeeRow, PersonRow)
        .join(PersonRow, PersonRow.id == AttendeeRow.person_id)
        .where(AttendeeRow.series_id == series_id, IS_KNOWN)
        .order_by(AttendeeRow.id)
    )
    return list(work.session.execute(question).all())


def one(work: Work, series_id: UUID, attendee_id: UUID) -> AttendeeRow | None:
    """One of those who are or were invited to it."""
    question = select(AttendeeRow).where(
        AttendeeRow.series_id == series_id, AttendeeRow.id == attendee_id
    )
    return work.session.scalars(question).first()


def of_person(work: Work, series_id: UUID, person: UUID) -> Sequence[AttendeeRow]:
    """As what a person is or was invited to it."""
    question = select(AttendeeRow).where(
        AttendeeRow.series_id == series_id, AttendeeRow.person_id == person
    )
    return work.session.scalars(question.order_by(AttendeeRow.id)).all()


def attended_by(work: Work, member_id: UUID) -> Sequence[UUID]:
    """The series to which a member is or was invited, and that are not concluded."""
    return _attended(work, AttendeeRow.member_id == member_id)


def attended_by_person(work: Work, person: UUID) -> Sequence[UUID]:
    """The series to which a person is or was invited, and that are not concluded."""
    return _attended(work, AttendeeRow.person_id == person)


def invitations_of(
    work: Work, person: UUID
) -> list[tuple[AttendeeRow, MeetingRow | None, SeriesRow, GroupRow]]:
    """To what a person is or was invited, with the date where it is only one."""
    question = (
        select(AttendeeRow, MeetingRow, SeriesRow, GroupRow)
        .join(SeriesRow, SeriesRow.id == AttendeeRow.series_id)
        .join(GroupRow, GroupRow.id == SeriesRow.group_id)
        .outerjoin(MeetingRow, MeetingRow.id == AttendeeRow.meeting_id)
        .where(AttendeeRow.person_id == person)
        .order_by(AttendeeRow.id)
    )
    return list(work.session.execute(question).all())


def replies_of(work: Work, attendee_id: UUID) -> list[tuple[ReplyRow, MeetingRow | None]]:
    """What somebody answered, with the date where it is to one alone."""
    question = (
        select(ReplyRow, MeetingRow)
        .outerjoin(MeetingRow, MeetingRow.id == ReplyRow.meeting_id)
        .where(ReplyRow.attendee_id == attendee_id)
        .order_by(ReplyRow.id)
    )
    return list(work.session.execute(question).all())


def _attended(work: Work, those: ColumnElement[bool]) -> Sequence[UUID]:
    question = (
        select(AttendeeRow.series_id)
        .join(SeriesRow, SeriesRow.id == AttendeeRow.series_id)
        .where(those, SeriesRow.state.in_(LIVE))
        .distinct()
        .order_by(AttendeeRow.series_id)
    )
    return work.session.scalars(question).all()
