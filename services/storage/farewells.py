"""Persons of whom nothing is known any more, while they are told that their dates are cancelled."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select

from services.storage.ids import new_id
from services.storage.rows.people import PersonRow
from services.storage.rows.series import AttendeeRow, ReplyRow
from services.storage.work import Work

NOBODY = "@forgotten.invalid"  # RFC 2606: no mail ever gets there
IS_KNOWN = PersonRow.email.not_like(f"%{NOBODY}")


def nobody(work: Work) -> UUID:
    """Make a person without a name or an address."""
    row = PersonRow(email=f"{new_id().hex}{NOBODY}", name="", created_at=work.now)
    work.add(row)
    work.session.flush()
    return row.id


def drop_replies(work: Work, attendee_id: UUID) -> None:
    """Delete what somebody answered."""
    work.session.execute(delete(ReplyRow).where(ReplyRow.attendee_id == attendee_id))


def drop(work: Work, attendee_id: UUID) -> None:
    """Delete such a person, with what they were told."""
    work.session.flush()
    theirs = select(AttendeeRow.person_id).where(AttendeeRow.id == attendee_id)
    _drop(work, PersonRow.id.in_(theirs))


def drop_before(work: Work, moment: datetime) -> int:
    """Delete those who were forgotten before then; return how many."""
    return _drop(work, PersonRow.created_at < moment)


def drop_all(work: Work) -> int:
    """Delete all of them; return how many."""
    return _drop(work, PersonRow.id.is_not(None))


def _drop(work: Work, those: ColumnElement[bool]) -> int:
    found = work.session.execute(
        delete(PersonRow).where(~IS_KNOWN, those).returning(PersonRow.id),
        execution_options={"synchronize_session": False},
    )
    return len(found.all())
