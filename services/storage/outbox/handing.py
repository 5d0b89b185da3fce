"""Handing tasks on to the workers: which are due, and come first."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from services.storage.moment import moment
from services.storage.outbox.order import comes_first, is_known
from services.storage.rows.outbox import OutboxRow, PausedRow, TaskState

_C = OutboxRow.__table__.c


class Handed(NamedTuple):
    """A task that is to be handed on.

    alone  whoever did it died before: it may be what killed them, and whatever was beside it
    """

    id: int
    job: str
    alone: bool


def take(  # noqa: PLR0913 -- what is asked, each by its name
    session: Session,
    now: datetime,
    *,
    resend: timedelta,
    most: int,
    queues: Collection[str],
    jobs: Collection[str] | None = None,
) -> list[Handed]:
    """Mark the next tasks of these queues as handed on; return them in their order.

    jobs  None: any

    Only what is due, what our code knows, and what comes first among the tasks of its subject.
    What was handed on and not begun within `resend` is handed on once more.
    """
    ids = (
        select(_C.id)
        .where(*_to_take(session, now, resend, queues, jobs))
        .order_by(_C.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = session.scalars(ids).all()
    question = (
        update(OutboxRow)
        .where(OutboxRow.id.in_(taken))
        .values(handed_at=moment(session, now))
        .returning(OutboxRow.id, OutboxRow.job, OutboxRow.deaths)
    )
    marked = session.execute(question) if taken else ()
    return sorted(Handed(row.id, row.job, row.deaths > 0) for row in marked)


def anything(session: Session, now: datetime, resend: timedelta) -> bool:
    """Whether anything may be due; it is asked often, and takes no lock."""
    question = select(_C.id).where(*_is_due(session, now, resend))
    return session.execute(question.limit(1)).first() is not None


def anything_to_take(
    session: Session,
    now: datetime,
    *,
    resend: timedelta,
    queues: Collection[str],
    jobs: Collection[str] | None = None,
) -> bool:
    """Whether `take` would find anything; it takes no lock."""
    question = select(_C.id).where(*_to_take(session, now, resend, queues, jobs))
    return session.execute(question.limit(1)).first() is not None


def take_back(session: Session, ids: Sequence[int]) -> None:
    """Take back that these were handed on.

    Whatever somebody else holds just now is left to them, and handed on once more after a while:
    whoever buries tasks holds some before their turn, so it is no good to wait for those.
    """
    those = OutboxRow.id.in_(ids), OutboxRow.state == TaskState.WAITING
    free = select(OutboxRow.id).where(*those).with_for_update(skip_locked=True)
    found = session.scalars(free).all()
    session.execute(update(OutboxRow).where(OutboxRow.id.in_(found)).values(handed_at=None))


def paused(session: Session) -> dict[str, datetime]:
    """The queues that wait, each since when."""
    return {row.queue: row.since for row in session.scalars(select(PausedRow))}


def _is_due(session: Session, now: datetime, resend: timedelta) -> tuple[ColumnElement[bool], ...]:
    return (
        _C.state == TaskState.WAITING,
        _C.due_at <= moment(session, now),
        or_(_C.handed_at.is_(None), _C.handed_at <= moment(session, now, -resend)),
    )


def _to_take(
    session: Session,
    now: datetime,
    resend: timedelta,
    queues: Collection[str],
    jobs: Collection[str] | None,
) -> tuple[ColumnElement[bool], ...]:
    return (
        *_is_due(session, now, resend),
        _C.queue.in_(queues),
        *(() if jobs is None else (_C.job.in_(jobs),)),
        is_known(),
        comes_first(),
    )
