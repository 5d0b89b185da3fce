"""Tasks as an operator sees them: what each waits for, how many there are, and beginning anew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from services.storage.moment import moment
from services.storage.outbox import handing, order, records, retrying
from services.storage.rows.outbox import OutboxRow, PausedRow, TaskState
from services.storage.upsert import insert_into
from services.storage.work import Taken, Work


class Standing(StrEnum):
    """How far a task has come, for this version of the code."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    QUARANTINED = "quarantined"
    PARKED = "parked"  # it waits for code that knows it


@dataclass(frozen=True, slots=True)
class Task:
    """A task, by ids and numbers alone.

    subject   what it is about; revision: of that, 0 where it has none
    age       since it was recorded
    due       since it was due; less than nothing: it is not due yet
    handed    since the workers were told; None: they were not
    lease     for which it is still its holder's; None: nobody has it
    attempts  how often it was begun
    before    an earlier task of the same subject that has to be done first
    paused    since when its queue is
    """

    id: int
    standing: Standing
    fact: str
    version: int
    job: str
    queue: str
    subject: UUID
    ids: dict[str, str]
    revision: int
    recorded_at: datetime
    age: timedelta
    due: timedelta
    handed: timedelta | None
    lease: timedelta | None
    holder: str | None
    attempts: int
    failures: int
    deaths: int
    reason: str | None
    ended_at: datetime | None
    before: int | None
    paused: datetime | None


@dataclass(frozen=True, slots=True)
class Load:
    """What a queue has to do, in numbers.

    oldest  for how long the first task has been due that we know and that is not done; None: none
    paused  since when
    """

    queue: str
    waiting: int = 0
    running: int = 0
    quarantined: int = 0
    parked: int = 0
    oldest: timedelta | None = None
    paused: datetime | None = None


def one(work: Work, task: int, *, locked: bool = False) -> Task | None:
    """One task, as it stands; locked: as it stands until this transaction ends."""
    if locked:
        work.session.execute(select(OutboxRow.id).where(OutboxRow.id == task).with_for_update())
    found = _tasks(work, [OutboxRow.id == task], 1)
    return found[0] if found else None


def some(work: Work, standings: Collection[Standing], most: int) -> list[Task]:
    """Tasks of these standings, those that were set aside first, then the oldest."""
    return _tasks(work, [or_(*map(_is, standings))], most)


def count(work: Work, standings: Collection[Standing]) -> int:
    """How many such tasks there are."""
    question = select(func.count()).select_from(OutboxRow).where(or_(*map(_is, standings)))
    return work.session.execute(question).scalar_one()


def loads(work: Work, queues: Sequence[str]) -> list[Load]:
    """What these queues have to do, and any others of which there are tasks."""
    now, known = _now(work), order.is_known().label("known")
    overdue = func.min(case((OutboxRow.due_at <= now, OutboxRow.due_at)))
    question = (
        select(OutboxRow.queue, OutboxRow.state, known, func.count(), overdue)
        .where(OutboxRow.state.in_([each for each in TaskState if each is not TaskState.DONE]))
        .group_by(OutboxRow.queue, OutboxRow.state, known)
    )
    paused = handing.paused(work.session)
    found: dict[str, dict[str, Any]] = {each: {} for each in queues}
    for queue, state, is_known, number, due in work.session.execute(question):
        name = _standing(state, known=is_known)
        told = found.setdefault(queue, {})
        told[name.value] = told.get(name.value, 0) + number
        if due is not None and name in (Standing.WAITING, Standing.RUNNING):
            told["oldest"] = max(told.get("oldest", timedelta()), now - due)
    return [Load(queue, paused=paused.get(queue), **told) for queue, told in found.items()]


def requeue(work: Work, task: int) -> int | None:
    """Let a task that was set aside begin anew, from its first attempt.

    Where a newer one waits for the same already, that goes on, and this one is done: its id.
    """
    while True:  # whoever is quicker is the newer one the next time
        row = work.session.get_one(OutboxRow, task, populate_existing=True)
        row.failures = row.deaths = 0
        row.reason = row.ended_at = None
        newer = _newer(work, row)
        try:
            with work.session.begin_nested():
                retrying.wait_again(work.session, work.now, row, timedelta())
        except Taken:
            continue
        return newer if row.state is TaskState.DONE else None


def hasten(work: Work, task: int) -> None:
    """Let a task that waits be due now."""
    work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == task, OutboxRow.state == TaskState.WAITING)
        .values(due_at=moment(work.session, work.now), handed_at=None)
    )


def pause(work: Work, queue: str) -> bool:
    """Let the tasks of a queue wait; False: they do already."""
    question = insert_into(work, PausedRow).values(queue=queue, since=work.now)
    question = question.on_conflict_do_nothing(index_elements=[PausedRow.queue])
    found = work.session.execute(question.returning(PausedRow.queue))
    return found.first() is not None


def resume(work: Work, queue: str) -> bool:
    """Let the tasks of a queue go on; False: they do already.

    What the workers were told of meanwhile they refused, so they are told of it again.
    """
    gone = delete(PausedRow).where(PausedRow.queue == queue).returning(PausedRow.queue)
    if work.session.execute(gone).first() is None:
        return False
    refused = (
        select(OutboxRow.id)
        .where(
            OutboxRow.state == TaskState.WAITING,
            OutboxRow.queue == queue,
            OutboxRow.handed_at.is_not(None),
        )
        .order_by(OutboxRow.id)
        .with_for_update(skip_locked=True)
    )
    told = update(OutboxRow).where(OutboxRow.id.in_(work.session.scalars(refused).all()))
    work.session.execute(told.values(handed_at=None))
    return True


def _tasks(work: Work, those: Sequence[ColumnElement[bool]], most: int) -> list[Task]:
    earlier = aliased(OutboxRow)
    before = (
        select(func.min(earlier.id))
        .where(
            earlier.queue == OutboxRow.queue,
            earlier.subject == OutboxRow.subject,
            earlier.id < OutboxRow.id,
            earlier.state.in_((TaskState.WAITING, TaskState.RUNNING)),
        )
        .scalar_subquery()
    )
    question = (
        select(OutboxRow, order.is_known(), before, PausedRow.since)
        .outerjoin(PausedRow, PausedRow.queue == OutboxRow.queue)
        .where(*those)
        .order_by(case((OutboxRow.state == TaskState.QUARANTINED, 0), else_=1), OutboxRow.id)
        .limit(most)
    )
    now = _now(work)
    found = work.session.execute(question, execution_options={"populate_existing": True})
    return [_task(work, now, each) for each in found]


def _task(work: Work, now: datetime, found: Any) -> Task:
    row, known, before, paused = found
    standing = _standing(row.state, known=known)
    waits = standing in (Standing.WAITING, Standing.PARKED)
    return Task(
        id=row.id,
        standing=standing,
        fact=row.fact,
        version=row.version,
        job=row.job,
        queue=row.queue,
        subject=row.subject,
        ids=row.ids,
        revision=row.revision,
        recorded_at=row.recorded_at,
        age=work.now - row.recorded_at,
        due=now - row.due_at,
        handed=None if row.handed_at is None else now - row.handed_at,
        lease=None if row.lease_until is None else row.lease_until - now,
        holder=row.holder,
        attempts=row.fence,
        failures=row.failures,
        deaths=row.deaths,
        reason=row.reason,
        ended_at=row.ended_at,
        before=before if waits else None,
        paused=paused if waits else None,
    )


def _newer(work: Work, row: OutboxRow) -> int | None:
    """Find what waits for the same; it is not begun before this transaction ends."""
    question = (
        select(OutboxRow.id).where(OutboxRow.waiting_key == records.key_of(row)).with_for_update()
    )
    return work.session.scalars(question).first()


def _is(standing: Standing) -> ColumnElement[bool]:
    if standing is Standing.PARKED:
        return and_(OutboxRow.state == TaskState.WAITING, ~order.is_known())
    if standing is Standing.WAITING:
        return and_(OutboxRow.state == TaskState.WAITING, order.is_known())
    return OutboxRow.state == TaskState(standing.value)


def _standing(state: TaskState, *, known: bool) -> Standing:
    if state is TaskState.WAITING and not known:
        return Standing.PARKED
    return Standing(state.value)


def _now(work: Work) -> datetime:
    """The clock by which tasks are due."""
    found: datetime = work.session.execute(select(moment(work.session, work.now))).scalar_one()
    return found
