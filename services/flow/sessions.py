"""Browsers in which somebody is signed in."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.flow import proof, rights
from services.storage import sessions
from services.storage.rows.people import SessionRow
from services.storage.work import Work

LIFETIME = timedelta(days=30)


def opened(work: Work, person_id: UUID) -> str:
    """Sign a person in; return the secret for the cookie, which is kept nowhere."""
    secret = proof.minted()
    session = SessionRow(
        secret_hash=proof.hashed(secret),
        person_id=person_id,
        created_at=work.now,
        expires_at=work.now + LIFETIME,
    )
    work.add(session)
    work.session.flush()
    work.note("session.opened", session.id)
    return secret


def current(work: Work, secret: str) -> SessionRow | None:
    """The session that a cookie belongs to, unless it is over. One look-up."""
    return sessions.by_hash(work, proof.hashed(secret))


def of(work: Work) -> Sequence[SessionRow]:
    """The sessions of the one who asks."""
    return sessions.of_person(work, rights.actor(work))


def sign_out(work: Work, session_id: UUID) -> None:
    """End one session, if it has not ended."""
    if sessions.drop(work, session_id):
        work.note("session.ended", session_id)


def sign_out_everywhere(work: Work) -> int:
    """End every session of the one who asks; return how many that were."""
    ended = sessions.drop_of_person(work, rights.actor(work))
    if ended:
        work.note("sessions.ended", work.actor)
    return ended
