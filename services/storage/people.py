"""Persons."""

from uuid import UUID

from sqlalchemy import exists, select

from services.storage.rows.people import PersonRow
from services.storage.work import Work


def by_id(work: Work, person: UUID) -> PersonRow | None:
    """One person."""
    return work.session.get(PersonRow, person)


def by_email(work: Work, email: str) -> PersonRow | None:
    """The person with this address, in lower case."""
    return work.session.scalars(select(PersonRow).where(PersonRow.email == email)).first()


def anybody(work: Work) -> bool:
    """Whether there is any person at all."""
    return bool(work.session.scalar(select(exists().select_from(PersonRow))))
