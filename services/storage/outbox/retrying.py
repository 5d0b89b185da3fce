"""Tasks that were not done: each waits to be begun again, or is set aside."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.storage.moment import moment
from services.storage.outbox.holding import locked
from services.storage.outbox.records import key_of
from services.storage.rows.outbox import OutboxRow, TaskState


def put_back(session: Session, now: datetime, task: int, fence: int, *, after: timedelta) -> bool:
    """Let a task wait so long before it is begun again; False: it is no longer ours."""
    row = locked(session, task, fence)
    if row is not None:
        wait_again(session, now, row, after)
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
    row = locked(session, task, fence)
    if row is None:
        return None
    row.failures += 1
    row.reason = reason
    if row.failures >= most:
        _set_aside(session, row, now)
    else:
        wait_again(session, now, row, backoff * 2 ** (row.failures - 1))
    return row.state


def is_any_overdue(session: Session, now: datetime) -> bool:
    """Whether there is anything to bury; it takes no lock."""
    question = select(OutboxRow.id).where(
        OutboxRow.state == TaskState.RUNNING, OutboxRow.lease_until < moment(session, now)
    )
    return session.execute(question.limit(1)).first() is not None


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
    rows = sorted(session.scalars(question), key=key_of)  # the order in which all lock several
    for row in rows:
        row.deaths += 1
        row.reason = f"whoever did it died ({row.deaths} of {most})"
        if row.deaths >= most:
            _set_aside(session, row, now)
        else:
            wait_again(session, now, row, timedelta())
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
    wait_again(session, now, row, timedelta())
    return True


def wait_again(session: Session, now: datetime, row: OutboxRow, after: timedelta) -> None:
    """Let a task wait; where a newer one waits for the same already, that one goes on alone.

    Raises IntegrityError when somebody records the same in this very moment.
    """
    key = key_of(row)
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
