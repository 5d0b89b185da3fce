"""Reading a group's members through somebody's account: who lets it be, and of whom."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from services.storage.calendars import counts
from services.storage.rows.accounts import AccountRow, ProgrammeConsentRow
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.rows.groups import CoordinatorRow, GroupRow, MemberRow
from services.storage.rows.people import PersonRow
from services.storage.work import Work

Given = tuple[ProgrammeConsentRow, AccountRow, CoordinatorRow]
Read = tuple[CalendarRow, CoordinatorRow, AccountRow, GroupRow]


def given(work: Work, group_id: UUID) -> Given | None:
    """The consent by which a group's members are read, the account, and who gave it.

    None: there is none, or whoever gave it coordinates the group no longer.
    """
    question = (
        select(ProgrammeConsentRow, AccountRow, CoordinatorRow)
        .join(AccountRow, _owns())
        .join(CoordinatorRow, _coordinates())
        .where(ProgrammeConsentRow.group_id == group_id)
    )
    return work.session.execute(question).first()


def consents_of(work: Work, group_id: UUID) -> Sequence[ProgrammeConsentRow]:
    """All that was consented to for a group, whether it still counts or not."""
    question = select(ProgrammeConsentRow).where(ProgrammeConsentRow.group_id == group_id)
    return work.session.scalars(question).all()


def given_by(work: Work, person: UUID) -> list[tuple[ProgrammeConsentRow, GroupRow]]:
    """What a person consented to, with the groups."""
    question = (
        select(ProgrammeConsentRow, GroupRow)
        .join(GroupRow, GroupRow.id == ProgrammeConsentRow.group_id)
        .where(ProgrammeConsentRow.given_by == person)
        .order_by(ProgrammeConsentRow.id)
    )
    return list(work.session.execute(question).all())


def readable(work: Work, account_id: UUID) -> list[tuple[UUID, PersonRow]]:
    """Whom an account may be asked about, for which group.

    They are members of groups whose consent counts at this moment, who do not mind, and of whose
    time nothing else is known there.
    """
    question = (
        select(MemberRow.group_id, PersonRow)
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .join(ProgrammeConsentRow, ProgrammeConsentRow.group_id == MemberRow.group_id)
        .join(AccountRow, _owns())
        .join(CoordinatorRow, _coordinates())
        .where(AccountRow.id == account_id, MemberRow.unread_by_others.is_(False), ~_is_known())
        .order_by(MemberRow.id)
    )
    return list(work.session.execute(question).all())


def willing(work: Work, group_id: UUID) -> list[tuple[MemberRow, PersonRow]]:
    """The members who do not mind being read so, and of whose time nothing else is known."""
    question = (
        select(MemberRow, PersonRow)
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .where(MemberRow.group_id == group_id, MemberRow.unread_by_others.is_(False), ~_is_known())
        .order_by(MemberRow.id)
    )
    return list(work.session.execute(question).all())


def of_account(work: Work, account_id: UUID) -> Sequence[CalendarRow]:
    """What is read of colleagues through an account."""
    return _found(work, CalendarRow.account_id == account_id)


def of_group(work: Work, group_id: UUID) -> Sequence[CalendarRow]:
    """What is read of a group's members through an account."""
    return _found(work, CalendarRow.group_id == group_id)


def in_group(work: Work, group_id: UUID, person: UUID) -> Sequence[CalendarRow]:
    """What is read so of one member."""
    return _found(work, CalendarRow.group_id == group_id, CalendarRow.person_id == person)


def outgrown(work: Work, person: UUID) -> Sequence[CalendarRow]:
    """What is read so of a person where something else is known of them by now."""
    question = (
        select(CalendarRow)
        .join(
            MemberRow,
            and_(
                MemberRow.person_id == CalendarRow.person_id,
                MemberRow.group_id == CalendarRow.group_id,
            ),
        )
        .where(CalendarRow.person_id == person, CalendarRow.source == Source.COLLEAGUE, _is_known())
    )
    return work.session.scalars(question).all()


def reading(work: Work, person: UUID) -> list[Read]:
    """What is read of a person so: who has it read, through which account, for which group."""
    question = (
        select(CalendarRow, CoordinatorRow, AccountRow, GroupRow)
        .join(AccountRow, AccountRow.id == CalendarRow.account_id)
        .join(GroupRow, GroupRow.id == CalendarRow.group_id)
        .join(
            CoordinatorRow,
            and_(
                CoordinatorRow.group_id == CalendarRow.group_id,
                CoordinatorRow.person_id == AccountRow.person_id,
            ),
        )
        .where(CalendarRow.person_id == person, CalendarRow.source == Source.COLLEAGUE)
        .order_by(CalendarRow.id)
    )
    return list(work.session.execute(question).all())


def _found(work: Work, *which: ColumnElement[bool]) -> Sequence[CalendarRow]:
    question = select(CalendarRow).where(CalendarRow.source == Source.COLLEAGUE, *which)
    return work.session.scalars(question.order_by(CalendarRow.id)).all()


def _owns() -> ColumnElement[bool]:
    """Whether consent is about an account of whoever gave it."""
    return and_(
        AccountRow.id == ProgrammeConsentRow.account_id,
        AccountRow.person_id == ProgrammeConsentRow.given_by,
    )


def _coordinates() -> ColumnElement[bool]:
    """Whether whoever gave consent coordinates the group, at this moment."""
    return and_(
        CoordinatorRow.group_id == ProgrammeConsentRow.group_id,
        CoordinatorRow.person_id == ProgrammeConsentRow.given_by,
    )


def _is_known() -> ColumnElement[bool]:
    """Whether a calendar of another kind counts for a member."""
    other = aliased(CalendarRow)
    return exists().where(counts(other), other.source != Source.COLLEAGUE)
