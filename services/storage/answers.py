"""Answers that a repeated request gets again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from services.storage.rows.doors import AnswerRow
from services.storage.upsert import insert_into
from services.storage.work import Work

Headers = list[list[str]]
ERASED = 410  # the status of what was done and is no longer told


def begin(work: Work, key: bytes, request: bytes, person: UUID) -> bool:
    """Write down that a request is being answered; False when it, or another, is already."""
    question = (
        insert_into(work, AnswerRow)
        .values(key=key, request=request, person_id=person, created_at=work.now)
        .on_conflict_do_nothing(index_elements=[AnswerRow.key])
        .returning(AnswerRow.key)
    )
    return work.session.execute(question).first() is not None


def one(work: Work, key: bytes) -> AnswerRow | None:
    """What is known of this key; nobody else changes it before this transaction ends."""
    return work.session.scalars(
        select(AnswerRow).where(AnswerRow.key == key).with_for_update()
    ).first()


def take_over(work: Work, row: AnswerRow, request: bytes) -> None:
    """Begin anew: whoever was answering is gone, or the answer is too old."""
    row.request, row.created_at = request, work.now
    row.status = row.headers = row.body = row.group_id = None


def finish(
    work: Work,
    key: bytes,
    since: datetime,
    answer: tuple[int, Headers, bytes],
    group: UUID | None,
) -> bool:
    """Keep the answer, unless somebody else took the request over; say whether it was kept.

    group  what it tells of; None: the one who asked alone
    """
    status, headers, body = answer
    question = (
        update(AnswerRow)
        .where(AnswerRow.key == key, AnswerRow.created_at == since, AnswerRow.status.is_(None))
        .values(status=status, headers=headers, body=body, group_id=group)
        .returning(AnswerRow.key)
    )
    return work.session.execute(question).first() is not None


def drop(work: Work, key: bytes, since: datetime) -> None:
    """Forget a request that was not answered."""
    work.session.execute(
        delete(AnswerRow).where(
            AnswerRow.key == key, AnswerRow.created_at == since, AnswerRow.status.is_(None)
        )
    )


def erase(work: Work, groups: Sequence[UUID]) -> None:
    """Forget what was told of these groups; the requests stay done, however often they come.

    An answer may name whoever is about to go, or show their time. Belonging to no group any more,
    what is left of it outlives the group: the request that formed it does not form it anew.
    """
    _erase(work, AnswerRow.group_id.in_(groups))


def erase_of(work: Work, person: UUID) -> None:
    """Forget what somebody was told of themselves; the requests stay done."""
    _erase(work, AnswerRow.person_id == person, AnswerRow.group_id.is_(None))


def of_person(work: Work, person: UUID) -> Sequence[AnswerRow]:
    """What somebody was answered, oldest first."""
    return work.session.scalars(
        select(AnswerRow).where(AnswerRow.person_id == person).order_by(AnswerRow.created_at)
    ).all()


def drop_older(work: Work, before: datetime) -> int:
    """Delete what was answered before then."""
    found = work.session.execute(
        delete(AnswerRow).where(AnswerRow.created_at < before).returning(AnswerRow.key)
    )
    return len(found.all())


def _erase(work: Work, *which: ColumnElement[bool]) -> None:
    work.session.execute(
        update(AnswerRow)
        .where(AnswerRow.status.is_not(None), *which)
        .values(status=ERASED, headers=None, body=None, group_id=None)
    )
