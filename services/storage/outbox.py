"""The outbox: tasks that follow from facts, written in the same transaction, and owned by SQL.

A task is begun by one process at a time, under a lease that it renews. Its fence is raised by
every beginning: whoever holds an older one can no longer end it, nor keep what it did.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from typing import cast as typed
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from services.facts import Fact
from services.reactions import REACTIONS, Reaction, fact_called, known
from services.storage.moment import after, moment, now_of
from services.storage.rows.outbox import OutboxRow, PausedRow, TaskState

_OPEN = (TaskState.WAITING, TaskState.RUNNING)
# Every task and every turn asks these questions. A question that is kept, in columns instead of
# attributes of rows, takes a tenth of the time of one that is written anew.
_C = OutboxRow.__table__.c


class Handed(NamedTuple):
    """A task that is to be handed on.

    alone  whoever did it died before: it may be what killed them, and whatever was beside it
    """

    id: int
    job: str
    alone: bool


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


def append(session: Session, now: datetime, facts: Iterable[Fact]) -> None:
    """Write the tasks that follow from these facts.

    In the order of their keys, so that two transactions never wait for each other. A fact that is
    recorded while its task still waits joins it: only the newest is to be done.
    """
    found = {
        _key(reaction, fact): (fact, reaction)
        for fact in facts
        for reaction in REACTIONS[type(fact)]
    }
    for key in sorted(found):
        _write(session, now, key, *found[key])


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


def begin(  # noqa: PLR0913 -- what is written, each by its name
    session: Session, now: datetime, task: int, *, job: str, lease: timedelta, holder: str
) -> Begun | None:
    """Begin a task, if it still waits and its turn has come. The attempt is counted by this."""
    _lock_subject(session, task)
    said = {"task": task, "of": job, "by": holder, **after(session, now, lease)}
    question = _beginning(tuple(known()), postgresql=_on_postgresql(session))
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


def put_back(session: Session, now: datetime, task: int, fence: int, *, after: timedelta) -> bool:
    """Let a task wait so long before it is begun again; False: it is no longer ours."""
    row = _locked(session, task, fence)
    if row is not None:
        _wait_again(session, now, row, after)
    return row is not None


def fail(  # noqa: PLR0913 -- what is written, each by its name
    session: Session,
    now: datetime,
    task: int,
    fence: int,
    *,
    reason: str,
    most: int,
    backoff: timedelta,
) -> TaskState | None:
    """Count a failure: the task waits, longer each time, or is set aside; what became of it."""
    row = _locked(session, task, fence)
    if row is None:
        return None
    row.failures += 1
    row.reason = reason
    if row.failures >= most:
        _set_aside(session, row, now)
    else:
        _wait_again(session, now, row, backoff * 2 ** (row.failures - 1))
    return row.state


def bury(session: Session, now: datetime, most: int) -> list[tuple[int, str, TaskState]]:
    """Take the tasks whose holders died: each waits again, or is set aside after `most` deaths."""
    question = (
        select(OutboxRow)
        .where(
            OutboxRow.state == TaskState.RUNNING,
            OutboxRow.lease_until < moment(session, now),
        )
        .order_by(OutboxRow.id)
        .limit(500)
        .with_for_update(skip_locked=True)
    )
    rows = sorted(session.scalars(question), key=_key_of)  # the order in which all lock several
    for row in rows:
        row.deaths += 1
        row.reason = f"whoever did it died ({row.deaths} of {most})"
        if row.deaths >= most:
            _set_aside(session, row, now)
        else:
            _wait_again(session, now, row, timedelta())
    return [(row.id, row.job, row.state) for row in rows]


def requeue(session: Session, now: datetime, task: int) -> bool:
    """Let a task that was set aside wait again, as if it had never failed; False: it was not."""
    row = session.scalars(
        select(OutboxRow)
        .where(OutboxRow.id == task, OutboxRow.state == TaskState.QUARANTINED)
        .with_for_update()
    ).first()
    if row is None:
        return False
    row.failures = row.deaths = 0
    row.ended_at = None
    _wait_again(session, now, row, timedelta())
    return True


def is_any_overdue(session: Session, now: datetime) -> bool:
    """Whether there is anything to bury; it takes no lock."""
    question = select(OutboxRow.id).where(
        OutboxRow.state == TaskState.RUNNING, OutboxRow.lease_until < moment(session, now)
    )
    return session.execute(question.limit(1)).first() is not None


def is_open_since(session: Session, job: str, subject: UUID, moment: datetime) -> bool:
    """Whether a job did something about a subject after that, is at it, or is going to."""
    question = select(OutboxRow.id).where(
        OutboxRow.queue == job.partition(".")[0],
        OutboxRow.job == job,
        OutboxRow.subject == subject,
        or_(OutboxRow.state.in_(_OPEN), OutboxRow.ended_at > moment),
    )
    return session.execute(question.limit(1)).first() is not None


def drop_done(session: Session, before: datetime) -> int:
    """Delete what was done before then."""
    found = session.execute(
        delete(OutboxRow)
        .where(OutboxRow.state == TaskState.DONE, OutboxRow.ended_at < before)
        .returning(OutboxRow.id)
    )
    return len(found.all())


def paused(session: Session) -> dict[str, datetime]:
    """The queues that wait, each since when."""
    return {row.queue: row.since for row in session.scalars(select(PausedRow))}


def _key(reaction: Reaction, fact: Fact) -> str:
    return ":".join((reaction.job, *fact.ids().values()))


def _key_of(row: OutboxRow) -> str:
    return ":".join((row.job, *map(str, row.ids.values())))


def _write(session: Session, now: datetime, key: str, fact: Fact, reaction: Reaction) -> None:
    newest: dict[str, Any] = {
        "fact": type(fact).__name__,
        "version": fact.version,
        "ids": fact.ids(),
        "revision": fact.number,
    }
    insert = postgresql.insert if _on_postgresql(session) else sqlite.insert
    session.execute(
        insert(OutboxRow)
        .values(
            **newest,
            job=reaction.job,
            queue=reaction.queue,
            subject=fact.subject,
            waiting_key=key,
            state=TaskState.WAITING,
            recorded_at=now,
            due_at=moment(session, now),
            fence=0,
            failures=0,
            deaths=0,
        )
        .on_conflict_do_update(index_elements=[OutboxRow.waiting_key], set_=newest)
    )


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
        _is_known(),
        _comes_first(),
    )


def _is_known() -> ColumnElement[bool]:
    """Whether our code knows what happened and what follows; other tasks are left to other code."""
    return _is_one_of(tuple(known()))


@cache  # every beginning asks, and to write it anew takes longer than to ask it
def _is_one_of(those: tuple[tuple[type[Fact], Reaction], ...]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(
                _C.fact == fact.__name__,
                _C.job == reaction.job,
                _C.version <= fact.version,
            )
            for fact, reaction in those
        )
    )


@cache
def _comes_first() -> ColumnElement[bool]:
    """Whether nothing of its subject is before it, and nothing is done just now.

    A later one may be running already: it was kept before an earlier one was, or an earlier one
    had been set aside.
    """
    other = OutboxRow.__table__.alias().c
    return ~exists().where(
        other.queue == _C.queue,
        other.subject == _C.subject,
        other.state.in_(_OPEN),
        or_(other.id < _C.id, other.state == TaskState.RUNNING),
    )


def _lock_subject(session: Session, task: int) -> None:
    """Let nobody else begin a task of the same subject until this transaction ends.

    Neither of two would see that the other one runs by now. SQLite has one writer.
    """
    if _on_postgresql(session):
        names = OutboxRow.queue, cast(OutboxRow.subject, String)
        lock = func.pg_advisory_xact_lock(*map(func.hashtext, names))
        session.execute(select(lock).where(OutboxRow.id == task))


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


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
            _is_one_of(those),
            _comes_first(),
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


def _locked(session: Session, task: int, fence: int) -> OutboxRow | None:
    question = select(OutboxRow).where(*_ours()).with_for_update()
    return session.scalars(question, {"task": task, "held": fence}).first()


def _wait_again(session: Session, now: datetime, row: OutboxRow, after: timedelta) -> None:
    """Let a task wait; where a newer one waits for the same already, that one goes on alone.

    Raises IntegrityError when somebody records the same in this very moment.
    """
    key = _key_of(row)
    newer = session.scalars(
        select(OutboxRow).where(OutboxRow.waiting_key == key).with_for_update()
    ).first()
    row.lease_until = row.holder = row.handed_at = None
    due = moment(session, now, after)
    if newer is None:
        row.state, row.waiting_key, row.due_at = TaskState.WAITING, key, due
    else:
        newer.failures += row.failures
        newer.deaths += row.deaths
        if row.failures or row.deaths or after:
            newer.due_at, newer.handed_at = due, None
        row.state, row.ended_at = TaskState.DONE, now
        row.reason = f"joined the newer task {newer.id}"
    session.flush()


def _set_aside(session: Session, row: OutboxRow, now: datetime) -> None:
    """Set a task aside, in place of earlier ones about the same: the newest says it all."""
    session.execute(
        delete(OutboxRow).where(
            OutboxRow.queue == row.queue,
            OutboxRow.subject == row.subject,
            OutboxRow.job == row.job,
            OutboxRow.state == TaskState.QUARANTINED,
            OutboxRow.id != row.id,
        )
    )
    row.state, row.ended_at = TaskState.QUARANTINED, now
    row.lease_until = row.holder = None
