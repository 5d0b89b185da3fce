"""Persons."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import exists, select

from services.storage.ids import new_id
from services.storage.rows.people import PersonRow
from services.storage.upsert import insert_into
from services.storage.work import Work


def by_id(work: Work, person: UUID) -> PersonRow | None:
    """One person."""
    return work.session.get(PersonRow, person)


def by_email(work: Work, email: str) -> PersonRow | None:
    """The person with this address, in lower case."""
    return work.session.scalars(select(PersonRow).where(PersonRow.email == email)).first()


def found_or_made(work: Work, email: str, name: str) -> PersonRow:
    """The person with this address, whom nobody deletes before this transaction ends."""
    question = (
        select(PersonRow).where(PersonRow.email == email).with_for_update(read=True, key_share=True)
    )
    while (person := work.session.scalars(question).first()) is None:
        make(work, {email: name})
    return person


def make(work: Work, names: Mapping[str, str]) -> None:
    """Make a person of every address that is nobody's yet.

    In one order, whoever does it: two lists of the same people wait for one another, and neither
    for what the other waits for.
    """
    rows = [
        {"id": new_id(), "email": email, "name": name, "created_at": work.now, "version": 1}
        for email, name in sorted(names.items())
    ]
    if rows:
        question = insert_into(work, PersonRow).values(rows)
        work.session.execute(question.on_conflict_do_nothing(index_elements=[PersonRow.email]))


def anybody(work: Work) -> bool:
    """Whether there is any person at all."""
    return bool(work.session.scalar(select(exists().select_from(PersonRow))))
