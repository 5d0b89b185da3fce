"""Whom nothing is done for any more, as doing it has failed too often."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from services.storage.rows.outbox import OutboxRow, TaskState
from services.storage.work import Work


def subjects(work: Work, job: str, among: Collection[UUID]) -> set[UUID]:
    """Those of these whose newest task of this job was set aside."""
    newest = (
        select(func.max(OutboxRow.id))
        .where(
            OutboxRow.queue == job.partition(".")[0],
            OutboxRow.subject.in_(among),
            OutboxRow.job == job,
        )
        .group_by(OutboxRow.subject)
    )
    question = select(OutboxRow.subject).where(
        OutboxRow.id.in_(newest), OutboxRow.state == TaskState.QUARANTINED
    )
    return set(work.session.scalars(question))
