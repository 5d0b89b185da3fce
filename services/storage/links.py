"""Links that work once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import aliased

from services.storage.rows.groups import GroupRow
from services.storage.rows.people import LinkRow, PersonRow, Purpose
from services.storage.work import Work


def by_hash(work: Work, secret_hash: bytes) -> LinkRow | None:
    """The link with this secret."""
    return work.session.scalars(select(LinkRow).where(LinkRow.secret_hash == secret_hash)).first()


def use(work: Work, secret_hash: bytes) -> LinkRow | None:
    """Use a link up, if it still can be: of all who try at once, one gets it."""
    question = (
        update(LinkRow)
        .where(
            LinkRow.secret_hash == secret_hash,
            LinkRow.used_at.is_(None),
            LinkRow.expires_at > work.now,
        )
        .values(used_at=work.now)
        .returning(LinkRow)
    )
    return work.session.scalars(question).one_or_none()


def expire_older(work: Work, link: LinkRow, keep: int) -> None:
    """Of the links that could be used instead of this one, end all but the newest few."""
    whose = (
        LinkRow.email == link.email
        if link.person_id is None
        else LinkRow.person_id == link.person_id
    )
    alike = (
        select(LinkRow.id)
        .where(
            whose,
            LinkRow.purpose == link.purpose,
            LinkRow.group_id.is_not_distinct_from(link.group_id),
            LinkRow.used_at.is_(None),
            LinkRow.expires_at > work.now,
        )
        .order_by(LinkRow.id.desc())
    )
    _expire(work, work.session.scalars(alike).all()[keep:])


def expire_all(work: Work, purpose: Purpose) -> None:
    """End every link of this kind that could still be used."""
    alive = select(LinkRow.id).where(
        LinkRow.purpose == purpose, LinkRow.used_at.is_(None), LinkRow.expires_at > work.now
    )
    _expire(work, work.session.scalars(alive).all())


def end_all(work: Work) -> None:
    """End every link that could still be used."""
    alive = select(LinkRow.id).where(LinkRow.used_at.is_(None), LinkRow.expires_at > work.now)
    _expire(work, work.session.scalars(alive).all())


def of_person(work: Work, person: UUID) -> Sequence[LinkRow]:
    """Every link to a person that is remembered."""
    return work.session.scalars(
        select(LinkRow).where(LinkRow.person_id == person).order_by(LinkRow.id)
    ).all()


def by_inviter(work: Work, person: UUID) -> Sequence[UUID]:
    """The links by which a person invited somebody."""
    return work.session.scalars(select(LinkRow.id).where(LinkRow.invited_by == person)).all()


def invited(work: Work, group_id: UUID) -> dict[UUID, datetime]:
    """Per person, when the latest invitation to a group was made that can still be used."""
    question = (
        select(LinkRow.person_id, func.max(LinkRow.created_at))
        .where(
            LinkRow.group_id == group_id,
            LinkRow.purpose == Purpose.INVITATION,
            LinkRow.used_at.is_(None),
            LinkRow.expires_at > work.now,
        )
        .group_by(LinkRow.person_id)
    )
    return {person: at for person, at in work.session.execute(question) if person is not None}


_LONGEST = timedelta(days=14)  # for which a mail is tried
Waiting = tuple[LinkRow, PersonRow | None, GroupRow | None, str | None]


def waiting(work: Work, link_id: UUID, most_attempts: int) -> Waiting | None:
    """A link whose mail is due: to whom, for which group, and the name of whoever invited."""
    inviter = aliased(PersonRow)
    question = (
        select(LinkRow, PersonRow, GroupRow, inviter.name)
        .outerjoin(PersonRow, PersonRow.id == LinkRow.person_id)
        .outerjoin(GroupRow, GroupRow.id == LinkRow.group_id)
        .outerjoin(inviter, inviter.id == LinkRow.invited_by)
        .where(
            LinkRow.id == link_id,
            LinkRow.sent_at.is_(None),
            LinkRow.used_at.is_(None),
            LinkRow.expires_at > work.now,
            LinkRow.created_at > work.now - _LONGEST,
            LinkRow.attempts < most_attempts,
            or_(LinkRow.person_id.is_not(None), LinkRow.email.is_not(None)),
        )
    )
    return work.session.execute(question).first()


def give_secret(work: Work, link_id: UUID, *, secret_hash: bytes, expires_at: datetime) -> bool:
    """Keep the hash of a secret before anybody can read it, if the link waits; whether it does."""
    question = (
        update(LinkRow)
        .where(
            LinkRow.id == link_id,
            LinkRow.sent_at.is_(None),
            LinkRow.used_at.is_(None),
            LinkRow.expires_at > work.now,
        )
        .values(secret_hash=secret_hash, expires_at=expires_at, attempts=LinkRow.attempts + 1)
        .returning(LinkRow.id)
    )
    return work.session.scalars(question).first() is not None


def sent(work: Work, link_id: UUID) -> None:
    """Remember that the mail went out."""
    work.session.execute(update(LinkRow).where(LinkRow.id == link_id).values(sent_at=work.now))


def take_secret(work: Work, link_id: UUID, attempts: int | None = None) -> None:
    """Take the secret away again, because its mail did not go out."""
    changed: dict[str, Any] = {"secret_hash": None}
    if attempts is not None:
        changed["attempts"] = attempts
    work.session.execute(
        update(LinkRow).where(LinkRow.id == link_id, LinkRow.used_at.is_(None)).values(changed)
    )


def drop_to(work: Work, email: str) -> None:
    """Delete the links to an address that was nobody's when they were made."""
    work.session.execute(delete(LinkRow).where(LinkRow.email == email))


def drop_expired(work: Work, before: datetime) -> int:
    """Delete the links that ended before then."""
    found = work.session.execute(
        delete(LinkRow).where(LinkRow.expires_at < before).returning(LinkRow.id)
    )
    return len(found.all())


def _expire(work: Work, ids: Sequence[UUID]) -> None:
    work.session.execute(update(LinkRow).where(LinkRow.id.in_(ids)).values(expires_at=work.now))
