"""Tasks as they are recorded: written with their facts, asked for, dropped when they are old."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.facts import Fact
from services.reactions import REACTIONS, Reaction
from services.storage.moment import moment, on_postgresql
from services.storage.outbox.order import OPEN
from services.storage.rows.outbox import OutboxRow, TaskState


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


def is_open_since(session: Session, job: str, subject: UUID, then: datetime) -> bool:
    """Whether a job did something about a subject after then, is at it, or is going to."""
    question = select(OutboxRow.id).where(
        OutboxRow.queue == job.partition(".")[0],
        OutboxRow.job == job,
        OutboxRow.subject == subject,
        or_(OutboxRow.state.in_(OPEN), OutboxRow.ended_at > then),
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


def key_of(row: OutboxRow) -> str:
    """What a task is recorded by while it waits: what is to be done, and about what."""
    return ":".join((row.job, *map(str, row.ids.values())))


def _key(reaction: Reaction, fact: Fact) -> str:
    return ":".join((reaction.job, *fact.ids().values()))


def _write(session: Session, now: datetime, key: str, fact: Fact, reaction: Reaction) -> None:
    newest: dict[str, Any] = {
        "fact": type(fact).__name__,
        "version": fact.version,
        "ids": fact.ids(),
        "revision": fact.number,
    }
    insert = postgresql.insert if on_postgresql(session) else sqlite.insert
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
