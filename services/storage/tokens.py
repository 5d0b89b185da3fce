"""API tokens: programs that act for somebody."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Delete, delete, or_, select

from services.storage.rows.people import TokenRow
from services.storage.work import Work


def by_hash(work: Work, secret_hash: bytes) -> TokenRow | None:
    """The token with this secret, unless it is over."""
    return work.session.scalars(
        select(TokenRow).where(
            TokenRow.secret_hash == secret_hash,
            or_(TokenRow.expires_at.is_(None), TokenRow.expires_at > work.now),
        )
    ).first()


def of_person(work: Work, person: UUID) -> Sequence[TokenRow]:
    """Every token of a person."""
    return work.session.scalars(
        select(TokenRow).where(TokenRow.person_id == person).order_by(TokenRow.id)
    ).all()


def drop(work: Work, token_id: UUID, person: UUID) -> int:
    """End one token of a person."""
    return _dropped(
        work, delete(TokenRow).where(TokenRow.id == token_id, TokenRow.person_id == person)
    )


def drop_all(work: Work) -> int:
    """End every token."""
    return _dropped(work, delete(TokenRow))


def drop_over(work: Work) -> int:
    """Delete the tokens that are over."""
    return _dropped(work, delete(TokenRow).where(TokenRow.expires_at <= work.now))


def _dropped(work: Work, question: Delete) -> int:
    return len(work.session.execute(question.returning(TokenRow.id)).all())
