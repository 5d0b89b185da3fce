"""What attendees were told by mail, and the names under which they can answer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from services.storage.rows.outbox import OutboxRow, TaskState
from services.storage.rows.people import PersonRow
from services.storage.rows.series import (
    AttendeeRow,
    EventRow,
    ReplyRow,
    SeriesRow,
    TellingRow,
    UidRow,
)
from services.storage.upsert import insert_into
from services.storage.work import Work

Invited = tuple[AttendeeRow, PersonRow, SeriesRow]


def invited(work: Work, attendee_id: UUID) -> Invited | None:
    """Somebody who is or was invited, with who that is and what to; None: they are gone."""
    question = (
        select(AttendeeRow, PersonRow, SeriesRow)
        .join(PersonRow, PersonRow.id == AttendeeRow.person_id)
        .join(SeriesRow, SeriesRow.id == AttendeeRow.series_id)
        .where(AttendeeRow.id == attendee_id)
    )
    row = work.session.execute(question).first()
    return None if row is None else (row[0], row[1], row[2])


def of_attendee(work: Work, attendee_id: UUID) -> Sequence[TellingRow]:
    """What one attendee was told of each object."""
    question = select(TellingRow).where(TellingRow.attendee_id == attendee_id)
    return work.session.scalars(question).all()


def of_series(work: Work, series_id: UUID) -> Sequence[TellingRow]:
    """What everybody was told of the objects of a series."""
    question = (
        select(TellingRow)
        .join(EventRow, EventRow.id == TellingRow.event_id)
        .where(EventRow.series_id == series_id)
    )
    return work.session.scalars(question).all()


def one(work: Work, telling_id: UUID) -> TellingRow | None:
    """What somebody was told of one object; None: it is gone."""
    return work.session.get(TellingRow, telling_id)


def made(work: Work, event_id: UUID, attendee_id: UUID) -> TellingRow:
    """Begin to tell somebody of an object."""
    row = TellingRow(event_id=event_id, attendee_id=attendee_id, apart=[])
    work.add(row)
    work.session.flush()
    return row


def event(work: Work, event_id: UUID) -> EventRow | None:
    """One object; None: it is gone."""
    return work.session.get(EventRow, event_id)


def letters_waiting(work: Work) -> int:
    """How many letters about dates are to be sent, of all series together: about so many.

    One for each object that somebody has not heard of, and one for whoever has heard of all.
    """
    heard = and_(
        TellingRow.event_id == EventRow.id,
        TellingRow.attendee_id == AttendeeRow.id,
        TellingRow.revision > 0,
    )
    question = (
        select(func.count(EventRow.id) - func.count(TellingRow.id))
        .select_from(OutboxRow)
        .join(AttendeeRow, AttendeeRow.id == OutboxRow.subject)
        .join(EventRow, EventRow.series_id == AttendeeRow.series_id)
        .outerjoin(TellingRow, heard)
        .where(
            OutboxRow.queue == "notices",
            OutboxRow.job == "notices.tell_dates",
            OutboxRow.state.in_((TaskState.WAITING, TaskState.RUNNING)),
        )
        .group_by(AttendeeRow.id)
    )
    return sum(max(1, new) for new in work.session.scalars(question))


def name(work: Work, uid_hash: bytes, event_id: UUID, original_at: datetime | None) -> None:
    """Remember which object, or which date of it, a UID names."""
    work.session.execute(
        insert_into(work, UidRow)
        .values(uid_hash=uid_hash, event_id=event_id, original_at=original_at)
        .on_conflict_do_nothing(index_elements=[UidRow.uid_hash])
    )


def answer(work: Work, attendee_id: UUID) -> str | None:
    """What somebody answered to all of their dates; None: nothing."""
    question = select(ReplyRow.answer).where(
        ReplyRow.attendee_id == attendee_id, ReplyRow.meeting_id.is_(None)
    )
    return work.session.scalars(question).first()
