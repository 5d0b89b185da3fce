"""What reaches across nouns: everything about one person, and what is over."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, exists, or_, select

from services.storage.rows.accounts import ReadingObjectionRow
from services.storage.rows.calendars import BusyRow, CalendarRow
from services.storage.rows.doors import AuditRow
from services.storage.rows.groups import (
    AssistantRow,
    CoordinatorRow,
    GroupRow,
    GuestRow,
    MemberRow,
    TermRow,
)
from services.storage.rows.people import PersonRow, SessionRow, TokenRow
from services.storage.rows.plans import PlanRow
from services.storage.rows.series import AttendeeRow, SeriesRow
from services.storage.work import Work

_EVER = 2**62  # seconds
_AT_ONCE = 10_000  # ids in one question
_HOLDING = (
    CoordinatorRow,
    MemberRow,
    AssistantRow,
    GuestRow,
    AttendeeRow,
    CalendarRow,
    ReadingObjectionRow,
    SessionRow,
    TokenRow,
)  # what makes a person somebody here


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


def assisted(work: Work, person: UUID) -> list[tuple[AssistantRow, MemberRow, GroupRow]]:
    """Whose clinics a person looks after, and what they are called there."""
    question = (
        select(AssistantRow, MemberRow, GroupRow)
        .join(MemberRow, MemberRow.id == AssistantRow.member_id)
        .join(GroupRow, GroupRow.id == MemberRow.group_id)
        .where(AssistantRow.person_id == person)
        .order_by(MemberRow.id)
    )
    return list(work.session.execute(question).all())


def helpers(work: Work, person: UUID, groups: Sequence[UUID]) -> Sequence[UUID]:
    """Who assists a person, and who is a guest of these groups."""
    assistants = (
        select(AssistantRow.person_id)
        .join(MemberRow, MemberRow.id == AssistantRow.member_id)
        .where(MemberRow.person_id == person)
    )
    guests = select(GuestRow.person_id).where(GuestRow.group_id.in_(groups))
    return work.session.scalars(assistants.union(guests)).all()


def drop_unheld(work: Work, among: Collection[UUID] | None = None) -> int:
    """Delete persons whom others entered, who never acted, and to whom nothing refers any more.

    Whom another transaction is about to add somewhere stays: only those are deleted that could be
    locked first.

    among  None: of all
    """
    unheld = [
        *(~exists().where(each.person_id == PersonRow.id) for each in _HOLDING),
        PersonRow.id.not_in(select(AuditRow.actor).where(AuditRow.actor.is_not(None))),
    ]
    if among is not None:
        unheld.append(PersonRow.id.in_(among))
    if work.actor is not None:  # what they do just now is not written down yet
        unheld.append(PersonRow.id != work.actor)
    locked = select(PersonRow.id).where(*unheld).limit(_AT_ONCE).with_for_update(skip_locked=True)
    ids = work.session.scalars(locked).all()
    found = work.session.execute(
        delete(PersonRow).where(PersonRow.id.in_(ids), *unheld).returning(PersonRow.id)
    )
    return len(found.all())


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
    rows = work.session.scalars(select(BusyRow).where(BusyRow.first < moment).with_for_update())
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


def drop_series_of_terms_before(work: Work, day: date) -> int:
    """Delete the series of terms that ended before that day, with all that belongs to them."""
    over = select(TermRow.id).where(TermRow.end < day)
    found = work.session.execute(
        delete(SeriesRow).where(SeriesRow.term_id.in_(over)).returning(SeriesRow.id)
    )
    return len(found.all())
