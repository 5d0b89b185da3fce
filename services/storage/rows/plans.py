"""Plans: what was asked of the planner and what it answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.storage.rows.row import Row
from services.storage.types import Id


class PlanState(StrEnum):
    """How far a plan has come."""

    READING = "reading"  # calendars are read first
    READY = "ready"
    FAILED = "failed"


class PlanRow(Row):
    """A question and its answer. People stand in both by the id of their membership alone.

    members   ids, in the order of the question's members
    document  the question as a problem file without anybody's time; None until it is asked
    failed    how many of those that were read told nothing
    oldest_reading_at  as of when it knows people's time; None: nothing of it is read by itself, or
                       it is not ready, or it was made before this was noted
    unread    JSON of services.flow.ages.Unread; None: everybody's calendars could be read
    answer    JSON of scheduler.model.answer.Answer; None until ready
    outdated_at  since when calendars lead to another answer; None: they do not
    """

    __tablename__ = "plan"

    id: Mapped[Id]
    group_id: Mapped[UUID] = mapped_column(
        ForeignKey("mentor_group.id", ondelete="CASCADE"), index=True
    )
    term_id: Mapped[UUID] = mapped_column(ForeignKey("term.id", ondelete="CASCADE"), index=True)
    term_version: Mapped[int]
    state: Mapped[PlanState]
    to_read: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0, server_default="0")
    members: Mapped[list[Any]]
    document: Mapped[dict[str, Any] | None]
    answer: Mapped[str | None] = mapped_column(Text)
    failed_what: Mapped[str | None]
    failed_remedy: Mapped[str | None]
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    outdated_at: Mapped[datetime | None]
    oldest_reading_at: Mapped[datetime | None]
    unread: Mapped[dict[str, Any] | None]
