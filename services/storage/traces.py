"""What reaches across nouns: everything about one person, and what is over."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, exists, or_, select

from services.storage.rows.accounts import AuditRow
from services.storage.rows.calendars import BusyRow
from services.storage.rows.groups import CoordinatorRow, GroupRow, MemberRow, TermRow
from services.storage.rows.plans import PlanRow
from services.storage.work import Work

_EVER = 2**62  # seconds


def coordinated(work: Work, person: UUID) -> list[tuple[CoordinatorRow, GroupRow]]:
    """The groups that a person coordinates."""
    question = (
        select(CoordinatorRow, GroupRow)
        .join(GroupRow, GroupRow.id == CoordinatorRow.group_id)
        .where(CoordinatorRow.person_id == person)
        .order_by(GroupRow.id)
    )
    return list(work.session.execute(question).all())


def coordinated_alone(work: Work, person: UUID) -> list[tuple[GroupRow, bool]]:
    """The groups that nobody else coordinates, and whether anybody else belongs to each."""
    of, other = CoordinatorRow.group_id, MemberRow.person_id
    mine = exists().where(of == GroupRow.id, CoordinatorRow.person_id == person)
    others = exists().where(of == GroupRow.id, CoordinatorRow.person_id != person)
    members = exists().where(MemberRow.group_id == GroupRow.id, other != person)
    question = select(GroupRow, members).where(mine, ~others).order_by(GroupRow.id)
    return list(work.session.execute(question).all())


def audit_of(work: Work, person: UUID) -> Sequence[AuditRow]:
    """The lines of the audit in which a person acts or is acted upon."""
    return work.session.scalars(
        select(AuditRow)
        .where(or_(AuditRow.actor == person, AuditRow.subject == person))
        .order_by(AuditRow.number)
    ).all()


def drop_busy_before(work: Work, moment: datetime) -> int:
    """Delete busy time that ended before then; return how many intervals that were."""
    dropped, span = 0, (int(moment.timestamp()), _EVER)
    rows = work.session.scalars(select(BusyRow).where(BusyRow.first < moment))
    for row in rows.all():
        kept = row.events.within(span)
        dropped += len(row.events) - len(kept)
        if row.last <= moment:
            work.session.delete(row)
        else:  # the time before is unknown from now on, not free
            row.events, row.first = kept, moment
    work.session.flush()
    return dropped


def drop_plans_of_terms_before(work: Work, day: date) -> int:
    """Delete the plans of terms that ended before that day."""
    over = select(TermRow.id).where(TermRow.end < day)
    found = work.session.execute(
        delete(PlanRow).where(PlanRow.term_id.in_(over)).returning(PlanRow.id)
    )
    return len(found.all())
