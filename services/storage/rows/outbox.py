"""What is to be done because something happened, and when the next thing is due."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from services.storage.rows.row import Row
from services.storage.types import Id


class TaskState(StrEnum):
    """How far a task has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    QUARANTINED = "quarantined"


class OutboxRow(Row):
    """A task: one job that follows from one fact. It is written with the fact.

    fact, version  what happened, and the version of the shape of its ids
    ids, revision  of the fact; the newest, where several became one
    queue, subject  tasks of one queue about one subject are done one after the other
    waiting_key    job and ids, while it waits: the same fact again joins what waits already
    due_at         it is not begun earlier
    handed_at      when the workers were told; None: not yet
    fence          how often it was begun; who began it earlier may no longer end it
    failures       how often it ended badly; deaths: how often whoever did it died
    lease_until    until then it belongs to its holder, who renews that
    reason         of the last failure, or of its end; never a word of anybody's
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "state", "id"),
        Index(None, "queue", "state", "id"),
        Index(None, "queue", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    fact: Mapped[str]
    version: Mapped[int]
    job: Mapped[str]
    queue: Mapped[str]
    subject: Mapped[UUID]
    ids: Mapped[dict[str, Any]]
    revision: Mapped[int]
    waiting_key: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[TaskState]
    recorded_at: Mapped[datetime]
    due_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    holder: Mapped[str | None]  # machine and process
    reason: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class PausedRow(Row):
    """A queue whose tasks wait because an operator said so."""

    __tablename__ = "paused"

    queue: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class TimerRow(Row):
    """Something that the installation does by itself, and when next."""

    __tablename__ = "timer"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    due_at: Mapped[datetime]


class BeatRow(Row):
    """When a kind of process last said that it turns."""

    __tablename__ = "beat"

    part: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
