"""Plans of a group."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select, update

from services.storage.rows.groups import GroupRow, TermRow
from services.storage.rows.outbox import OutboxRow, TaskState
from services.storage.rows.plans import PlanRow, PlanState
from services.storage.work import Work


def page(work: Work, group_id: UUID, before: UUID | None, most: int) -> Sequence[PlanRow]:
    """Plans of a group, the latest first."""
    question = select(PlanRow).where(PlanRow.group_id == group_id)
    if before is not None:
        question = question.where(PlanRow.id < before)
    return work.session.scalars(question.order_by(PlanRow.id.desc()).limit(most)).all()


def of_term(work: Work, term_id: UUID, most: int) -> Sequence[PlanRow]:
    """Plans of a term, the latest first."""
    question = select(PlanRow).where(PlanRow.term_id == term_id)
    return work.session.scalars(question.order_by(PlanRow.id.desc()).limit(most)).all()


def one(work: Work, group_id: UUID, plan_id: UUID) -> PlanRow | None:
    """One plan of a group."""
    return work.session.scalars(
        select(PlanRow).where(PlanRow.group_id == group_id, PlanRow.id == plan_id)
    ).first()


def by_id(work: Work, plan_id: UUID) -> PlanRow | None:
    """One plan, for a worker."""
    return work.session.get(PlanRow, plan_id)


def group_and_term(work: Work, row: PlanRow) -> tuple[GroupRow, TermRow]:
    """What a plan is about; it cannot be without them."""
    group = work.session.get_one(GroupRow, row.group_id)
    return group, work.session.get_one(TermRow, row.term_id)


def latest_of(work: Work, groups: Sequence[UUID], today: date) -> Sequence[UUID]:
    """The latest plan that is ready of each term of these groups that is not over."""
    place = func.row_number().over(partition_by=PlanRow.term_id, order_by=PlanRow.id.desc())
    latest = (
        select(place.label("place"), PlanRow.id, PlanRow.outdated_at)
        .join(TermRow, TermRow.id == PlanRow.term_id)
        .where(PlanRow.group_id.in_(groups), PlanRow.state == PlanState.READY, TermRow.end >= today)
        .subquery()
        .c
    )
    question = select(latest.id).where(latest.place == 1, latest.outdated_at.is_(None))
    return work.session.scalars(question.order_by(latest.id)).all()


def waiting_for_set_aside(work: Work, jobs: Sequence[str]) -> Sequence[UUID]:
    """The plans whose calendars are still to be read by a job of these that was set aside."""
    question = (
        select(PlanRow.id)
        .join(OutboxRow, OutboxRow.subject == PlanRow.id)
        .where(
            OutboxRow.state == TaskState.QUARANTINED,
            OutboxRow.job.in_(jobs),
            PlanRow.state == PlanState.READING,
        )
        .distinct()
    )
    return work.session.scalars(question).all()


def one_more_read(work: Work, plan_id: UUID, *, in_vain: bool) -> None:
    """Count one more calendar as read; a job that begins anew may come by twice."""
    work.session.execute(
        update(PlanRow)
        .where(PlanRow.id == plan_id, PlanRow.read < PlanRow.to_read)
        .values(read=PlanRow.read + 1, failed=PlanRow.failed + int(in_vain))
    )


def drop_of_groups(work: Work, groups: Sequence[UUID]) -> int:
    """Delete every plan of these groups: each holds what somebody's time looked like."""
    found = work.session.execute(
        delete(PlanRow).where(PlanRow.group_id.in_(groups)).returning(PlanRow.id)
    )
    return len(found.all())
