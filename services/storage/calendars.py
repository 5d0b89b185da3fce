"""Calendars, and the busy time read from them."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from scheduler.model.events import Events
from services.storage.rows.calendars import BusyRow, CalendarRow, Source
from services.storage.rows.groups import GroupRow, MemberRow, TermRow
from services.storage.rows.people import PersonRow
from services.storage.work import Work

Known = tuple[CalendarRow, BusyRow | None]
Seen = frozenset[tuple[object, ...]]


def of_group(work: Work, group_id: UUID) -> list[tuple[UUID, CalendarRow, BusyRow | None]]:
    """Per member id, the calendars that count in the group, with what was read from them.

    A person's own calendars count where that person has joined; those that a coordinator entered
    for this group, or has read through an account, count at once.
    """
    question = (
        select(MemberRow.id, CalendarRow, BusyRow)
        .select_from(MemberRow)
        .join(CalendarRow, counts())
        .outerjoin(BusyRow, BusyRow.calendar_id == CalendarRow.id)
        .where(MemberRow.group_id == group_id)
        .order_by(CalendarRow.id)
    )
    return list(work.session.execute(question).all())


def seen(work: Work, group_id: UUID) -> Seen:
    """The members of a group and the calendars that count in it, each at its version."""
    question = (
        select(
            MemberRow.id, MemberRow.version, PersonRow.version, CalendarRow.id, CalendarRow.revision
        )
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .outerjoin(CalendarRow, counts())
        .where(MemberRow.group_id == group_id)
    )
    rows: list[Any] = list(work.session.execute(question))
    found = frozenset((*row[:3],) for row in rows)
    return found | frozenset((*row[3:],) for row in rows if row[3] is not None)


def seen_in(pairs: Sequence[tuple[MemberRow, PersonRow]], rows: Sequence[CalendarRow]) -> Seen:
    """The same, of what was looked up in full."""
    found = frozenset((member.id, member.version, person.version) for member, person in pairs)
    return found | frozenset((row.id, row.revision) for row in rows)


@cache
def counts() -> ColumnElement[bool]:
    """Whether a calendar counts in the group of a member: own ones do where the person joined.

    What is read of colleagues counts from the first good reading on. Before, it counts only where
    nothing else does: nobody is less known because an account cannot see them.
    """
    other = aliased(CalendarRow)  # making it takes longer than most questions
    others = exists().where(_belongs(other), other.source != Source.COLLEAGUE)
    return and_(
        _belongs(CalendarRow),
        or_(
            CalendarRow.source != Source.COLLEAGUE,
            CalendarRow.read_at.is_not(None),
            ~others.correlate(MemberRow),
        ),
    )


def _belongs(calendar: type[CalendarRow]) -> ColumnElement[bool]:
    return and_(
        calendar.person_id == MemberRow.person_id,
        or_(
            calendar.group_id == MemberRow.group_id,
            and_(calendar.group_id.is_(None), MemberRow.joined_at.is_not(None)),
        ),
    )


def of_person(work: Work, person: UUID) -> list[Known]:
    """Every calendar of a person, also those that coordinators entered."""
    question = (
        select(CalendarRow, BusyRow)
        .outerjoin(BusyRow, BusyRow.calendar_id == CalendarRow.id)
        .where(CalendarRow.person_id == person)
        .order_by(CalendarRow.id)
    )
    return list(work.session.execute(question).all())


def count(work: Work, person: UUID, group_id: UUID | None) -> int:
    """How many calendars a person has of their own, or a group's coordinators entered for them."""
    question = (
        select(func.count())
        .select_from(CalendarRow)
        .where(CalendarRow.person_id == person, CalendarRow.group_id.is_not_distinct_from(group_id))
    )
    return work.session.execute(question).scalar_one()


def known(work: Work, row: CalendarRow) -> Known:
    """A calendar with what was read from it."""
    return row, work.session.get(BusyRow, row.id)


def one(work: Work, calendar_id: UUID) -> CalendarRow | None:
    """One calendar."""
    return work.session.get(CalendarRow, calendar_id)


def locked(work: Work, calendar_id: UUID) -> CalendarRow | None:
    """One calendar, which nobody else changes until this transaction ends."""
    row = CalendarRow
    return work.session.get(row, calendar_id, with_for_update=True, populate_existing=True)


def terms_of(work: Work, row: CalendarRow, since: date) -> list[tuple[date, date, str, UUID]]:
    """The terms for which a calendar counts that end on that day or later: first and last date,
    and the zone and the id of their group.
    """
    question = (
        select(TermRow.start, TermRow.end, GroupRow.timezone, GroupRow.id)
        .join(GroupRow, GroupRow.id == TermRow.group_id)
        .where(TermRow.group_id.in_(_groups_of(row)), TermRow.end >= since)
    )
    return list(work.session.execute(question).all())


def groups_of(work: Work, row: CalendarRow) -> Sequence[UUID]:
    """The groups in which a calendar counts."""
    return work.session.scalars(_groups_of(row)).all()


def _groups_of(row: CalendarRow) -> Any:
    question = select(MemberRow.group_id).where(MemberRow.person_id == row.person_id)
    if row.group_id is None:
        return question.where(MemberRow.joined_at.is_not(None))
    return question.where(MemberRow.group_id == row.group_id)


def keep(work: Work, calendar_id: UUID, events: Events, first: datetime, last: datetime) -> None:
    """Keep what was read of a calendar, in place of what was read before."""
    work.session.merge(BusyRow(calendar_id=calendar_id, first=first, last=last, events=events))


def drop_of_person(work: Work, person: UUID) -> int:
    """Delete every calendar of a person and all that was read from them."""
    found = work.session.execute(
        delete(CalendarRow).where(CalendarRow.person_id == person).returning(CalendarRow.id)
    )
    return len(found.all())


def drop_entered(work: Work, group_id: UUID, person: UUID) -> int:
    """Delete what a group's coordinators entered for a person."""
    found = work.session.execute(
        delete(CalendarRow)
        .where(CalendarRow.person_id == person, CalendarRow.group_id == group_id)
        .returning(CalendarRow.id)
    )
    return len(found.all())


def zone_of(work: Work, row: CalendarRow) -> str:
    """The zone of a calendar's floating times: the person's, else the group's they are in."""
    person = work.session.get_one(PersonRow, row.person_id)
    question = (
        select(func.coalesce(MemberRow.timezone, GroupRow.timezone))
        .join(GroupRow, GroupRow.id == MemberRow.group_id)
        .where(MemberRow.person_id == row.person_id)
        .order_by((MemberRow.group_id == row.group_id).desc(), MemberRow.id)
    )
    if row.group_id is None and person.timezone is not None:
        return person.timezone
    return work.session.scalars(question).first() or "UTC"
