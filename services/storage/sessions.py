"""Sessions: browsers in which somebody signed in."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Delete, delete, select

from services.storage.rows.people import SessionRow
from services.storage.work import Work


def by_hash(work: Work, secret_hash: bytes) -> SessionRow | None:
    """The session with this secret, unless it is over."""
    return work.session.scalars(
        select(SessionRow).where(
            SessionRow.secret_hash == secret_hash, SessionRow.expires_at > work.now
        )
    ).first()


def of_person(work: Work, person: UUID) -> Sequence[SessionRow]:
    """Every session of a person."""
    return work.session.scalars(
        select(SessionRow).where(SessionRow.person_id == person).order_by(SessionRow.id)
    ).all()


def drop(work: Work, session_id: UUID) -> int:
    """End one session."""
    return _dropped(work, delete(SessionRow).where(SessionRow.id == session_id))


def drop_of_person(work: Work, person: UUID) -> int:
    """End all sessions of a person."""
    return _dropped(work, delete(SessionRow).where(SessionRow.person_id == person))


def drop_all(work: Work) -> int:
    """End every session."""
    return _dropped(work, delete(SessionRow))


def drop_over(work: Work) -> int:
    """Delete the sessions that are over."""
    return _dropped(work, delete(SessionRow).where(SessionRow.expires_at <= work.now))


def _dropped(work: Work, question: Delete) -> int:
    return len(work.session.execute(question.returning(SessionRow.id)).all())
