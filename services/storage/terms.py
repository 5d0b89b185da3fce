"""Terms of a group."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.storage.rows.groups import TermRow
from services.storage.work import Work


def of(work: Work, group_id: UUID) -> Sequence[TermRow]:
    """All terms of a group, the latest first."""
    return work.session.scalars(
        select(TermRow)
        .where(TermRow.group_id == group_id)
        .order_by(TermRow.start.desc(), TermRow.id.desc())
    ).all()


def one(work: Work, group_id: UUID, term_id: UUID) -> TermRow | None:
    """One term of a group."""
    return work.session.scalars(
        select(TermRow).where(TermRow.group_id == group_id, TermRow.id == term_id)
    ).first()
