"""Our own meetings, as far as they may stand in calendars."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from services.storage.rows.accounts import AccountRow
from services.storage.rows.series import (
    AttendeeRow,
    EventRow,
    MeetingRow,
    ReplyRow,
    SeriesRow,
)
from services.storage.work import Work

Invitation = tuple[UUID, AttendeeRow, MeetingRow]
Organised = tuple[UUID, UUID, MeetingRow]


def invitations(work: Work, groups: Collection[UUID], since: datetime) -> list[Invitation]:
    """Per group, everybody who is or was invited to a series, with each of its dates.

    since  dates that began before are left out, as are those of series that are not written yet
    """
    question = (
        select(SeriesRow.group_id, AttendeeRow, MeetingRow)
        .join(AttendeeRow, AttendeeRow.series_id == SeriesRow.id)
        .join(MeetingRow, MeetingRow.series_id == SeriesRow.id)
        .where(SeriesRow.group_id.in_(groups), *_stands(since))
    )
    return list(work.session.execute(question).all())


def organised(work: Work, groups: Collection[UUID], since: datetime) -> list[Organised]:
    """Per group, in whose own account the dates stand to which it invites."""
    question = (
        select(SeriesRow.group_id, AccountRow.person_id, MeetingRow)
        .join(AccountRow, AccountRow.id == SeriesRow.account_id)
        .join(MeetingRow, MeetingRow.series_id == SeriesRow.id)
        .where(SeriesRow.group_id.in_(groups), *_stands(since))
    )
    return list(work.session.execute(question).all())


def replies(work: Work, groups: Collection[UUID]) -> Sequence[ReplyRow]:
    """Everything that was answered to series of these groups."""
    question = (
        select(ReplyRow)
        .join(AttendeeRow, AttendeeRow.id == ReplyRow.attendee_id)
        .join(SeriesRow, SeriesRow.id == AttendeeRow.series_id)
        .where(SeriesRow.group_id.in_(groups))
    )
    return work.session.scalars(question).all()


def accounts(work: Work, account_ids: Collection[UUID]) -> Sequence[AccountRow]:
    """These accounts."""
    return work.session.scalars(select(AccountRow).where(AccountRow.id.in_(account_ids))).all()


def _stands(since: datetime) -> list[ColumnElement[bool]]:
    written = exists().where(EventRow.series_id == SeriesRow.id, EventRow.written_revision > 0)
    return [
        MeetingRow.start_at >= since,
        or_(SeriesRow.published > 0, written),
    ]
