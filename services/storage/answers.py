"""Answers that a repeated request gets again."""

from datetime import datetime

from sqlalchemy import delete, select, update

from services.storage.rows.accounts import AnswerRow
from services.storage.upsert import insert_into
from services.storage.work import Work

Headers = list[list[str]]


def begin(work: Work, key: bytes, request: bytes) -> bool:
    """Write down that a request is being answered; False when it, or another, is already."""
    question = (
        insert_into(work, AnswerRow)
        .values(key=key, request=request, created_at=work.now)
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
    row.status = row.headers = row.body = None


def finish(work: Work, key: bytes, since: datetime, answer: tuple[int, Headers, bytes]) -> bool:
    """Keep the answer, unless somebody else took the request over; say whether it was kept."""
    status, headers, body = answer
    question = (
        update(AnswerRow)
        .where(AnswerRow.key == key, AnswerRow.created_at == since, AnswerRow.status.is_(None))
        .values(status=status, headers=headers, body=body)
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


def take_back(work: Work, key: bytes) -> None:
    """Forget an answer, whatever it was."""
    work.session.execute(delete(AnswerRow).where(AnswerRow.key == key))


def drop_older(work: Work, before: datetime) -> int:
    """Delete what was answered before then."""
    found = work.session.execute(
        delete(AnswerRow).where(AnswerRow.created_at < before).returning(AnswerRow.key)
    )
    return len(found.all())
