"""Holding a task: whoever does it begins it, renews its lease, and ends it well."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from typing import cast as typed

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    bindparam,
    cast,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from services.facts import Fact
from services.reactions import Reaction, fact_called, known
from services.storage.moment import after, moment, now_of, on_postgresql
from services.storage.outbox.order import comes_first, is_one_of
from services.storage.rows.outbox import OutboxRow, PausedRow, TaskState

_C = OutboxRow.__table__.c


@dataclass(frozen=True, slots=True)
class Begun:
    """A task that is ours: what happened, and the fence that we hold."""

    id: int
    fence: int
    kind: type[Fact]
    ids: dict[str, str]
    revision: int
    job: str
    recorded_at: datetime

    @property
    def fact(self) -> Fact:
        """What happened. Raises TypeError or ValueError where its ids are not those of its kind."""
        return self.kind.of(self.ids, self.revision)


def begin(  # noqa: PLR0913 -- what is written, each by its name
    session: Session, now: datetime, task: int, *, job: str, lease: timedelta, holder: str
) -> Begun | None:
    """Begin a task, if it still waits and its turn has come. The attempt is counted by this."""
    _lock_subject(session, task)
    said = {"task": task, "of": job, "by": holder, **after(session, now, lease)}
    question = _beginning(tuple(known()), postgresql=on_postgresql(session))
    row = session.execute(question, said).first()
    if row is None:
        return None
    kind = fact_called(row.fact)
    assert kind is not None
    return Begun(task, row.fence, kind, row.ids, row.revision, job, row.recorded_at)


def is_held(session: Session, task: int, fence: int) -> bool:
    """Whether a task is still ours; nobody takes it until this transaction ends."""
    return session.execute(_holding(), {"task": task, "held": fence}).first() is not None


def renew(
    session: Session, now: datetime, held: Collection[tuple[int, int]], lease: timedelta
) -> None:
    """Renew the leases of tasks, each by its id and fence."""
    session.execute(
        update(OutboxRow)
        .where(
            tuple_(OutboxRow.id, OutboxRow.fence).in_(held), OutboxRow.state == TaskState.RUNNING
        )
        .values(lease_until=moment(session, now, lease))
    )


def finish(session: Session, now: datetime, task: int, fence: int) -> bool:
    """End a task well; False: it is no longer ours."""
    said = {"task": task, "held": fence, "now": now}
    return session.execute(_finishing(), said).first() is not None


def locked(session: Session, task: int, fence: int) -> OutboxRow | None:
    """The row of a task that is still ours; nobody else changes it until this transaction ends."""
    question = select(OutboxRow).where(*_ours()).with_for_update()
    return session.scalars(question, {"task": task, "held": fence}).first()


def _lock_subject(session: Session, task: int) -> None:
    """Let nobody else begin a task of the same subject until this transaction ends.

    Neither of two would see that the other one runs by now. SQLite has one writer.
    """
    if on_postgresql(session):
        names = OutboxRow.queue, cast(OutboxRow.subject, String)
        lock = func.pg_advisory_xact_lock(*map(func.hashtext, names))
        session.execute(select(lock).where(OutboxRow.id == task))


@cache
def _beginning(
    those: tuple[tuple[type[Fact], Reaction], ...], *, postgresql: bool
) -> ReturningUpdate[Any]:
    return (
        update(typed(Table, OutboxRow.__table__))
        .where(
            _C.id == bindparam("task"),
            _C.job == bindparam("of"),
            _C.state == TaskState.WAITING,
            _C.due_at <= now_of(postgresql=postgresql),
            _C.queue.not_in(select(PausedRow.__table__.c.queue)),
            is_one_of(those),
            comes_first(),
        )
        .values(
            state=TaskState.RUNNING,
            waiting_key=None,
            fence=_C.fence + 1,
            lease_until=now_of(postgresql=postgresql, later=True),
            holder=bindparam("by"),
        )
        .returning(_C.fence, _C.fact, _C.ids, _C.revision, _C.recorded_at)
    )


@cache
def _holding() -> Select[Any]:
    return select(_C.id).where(*_ours()).with_for_update()


@cache
def _finishing() -> ReturningUpdate[Any]:
    end: dict[str, Any] = {
        "state": TaskState.DONE,
        "lease_until": None,
        "ended_at": bindparam("now"),
    }
    return update(typed(Table, OutboxRow.__table__)).where(*_ours()).values(end).returning(_C.id)


def _ours() -> tuple[ColumnElement[bool], ...]:
    """Whether it is this `task`, and we still hold it by the fence that was `held`."""
    return _C.id == bindparam("task"), _C.fence == bindparam("held"), _C.state == TaskState.RUNNING
