"""Reading a group's members through somebody's account: who lets it be, and of whom."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from services.storage import standing
from services.storage.objections import objects
from services.storage.rows.accounts import AccountRow, ProgrammeConsentRow
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.rows.groups import CoordinatorRow, GroupRow, MemberRow
from services.storage.rows.people import PersonRow
from services.storage.work import Work

_SEEN = aliased(CalendarRow)
Given = tuple[ProgrammeConsentRow, AccountRow, CoordinatorRow]
Read = tuple[CalendarRow, CoordinatorRow, AccountRow, GroupRow]
Reader = tuple[CoordinatorRow, AccountRow, GroupRow]


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


def consents_of(
    work: Work, group_id: UUID, *, locked: bool = False
) -> Sequence[ProgrammeConsentRow]:
    """All that was consented to for a group, whether it still counts or not.

    locked  nobody reads by it meanwhile, nor changes it, until this transaction ends
    """
    question = select(ProgrammeConsentRow).where(ProgrammeConsentRow.group_id == group_id)
    return work.session.scalars(question.with_for_update() if locked else question).all()


def given_by(work: Work, person: UUID) -> list[tuple[ProgrammeConsentRow, GroupRow]]:
    """What a person consented to, with the groups."""
    question = (
        select(ProgrammeConsentRow, GroupRow)
        .join(GroupRow, GroupRow.id == ProgrammeConsentRow.group_id)
        .where(ProgrammeConsentRow.given_by == person)
        .order_by(ProgrammeConsentRow.id)
    )
    return list(work.session.execute(question).all())


def lock_consents_to(work: Work, account_id: UUID) -> bool:
    """Let nobody withdraw what an account is consented to for, until this transaction ends.

    False: it is consented to for nothing.
    """
    question = select(ProgrammeConsentRow.id).where(ProgrammeConsentRow.account_id == account_id)
    return bool(work.session.execute(question.with_for_update(read=True)).all())


def bring_on(work: Work, account_id: UUID, moment: datetime) -> None:
    """Let an account be read at that moment at the latest."""
    due = AccountRow.due_at
    work.session.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id, or_(due.is_(None), due > moment))
        .values(due_at=moment)
    )


def readable(work: Work, account_id: UUID) -> list[tuple[UUID, PersonRow, bool]]:
    """Whom an account may be asked about, for which group, and whether that may begin now.

    They are members of groups whose consent counts at this moment, but not its owner, who do not
    mind, and of whom no calendar of their own is read well. It does not begin with whoever has one
    that is not read yet.
    """
    question = (
        select(MemberRow.group_id, PersonRow, ~standing.is_there())
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .join(ProgrammeConsentRow, ProgrammeConsentRow.group_id == MemberRow.group_id)
        .join(AccountRow, _owns())
        .join(CoordinatorRow, _coordinates())
        .where(AccountRow.id == account_id, AccountRow.person_id != MemberRow.person_id)
        .where(~_objects(), ~standing.is_seen(work.now))
        .order_by(MemberRow.id)
    )
    return list(work.session.execute(question).all())


def willing(work: Work, group_id: UUID) -> list[tuple[MemberRow, PersonRow]]:
    """The members who do not mind being read so, and are or would be."""
    question = (
        select(MemberRow, PersonRow)
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .where(MemberRow.group_id == group_id, ~_objects(), ~standing.is_seen(work.now))
        .where(or_(_is_read(), ~standing.is_there()))
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


def outgrown_of(work: Work, person: UUID) -> Sequence[CalendarRow]:
    """What is read so of a person of whom a calendar of their own is read well by now."""
    return _outgrown(work, CalendarRow.person_id == person)


def outgrown_through(work: Work, account_id: UUID) -> Sequence[CalendarRow]:
    """The same of whoever is read through an account."""
    return _outgrown(work, CalendarRow.account_id == account_id)


def _outgrown(work: Work, which: ColumnElement[bool]) -> Sequence[CalendarRow]:
    question = (
        select(CalendarRow)
        .join(
            MemberRow,
            and_(
                MemberRow.person_id == CalendarRow.person_id,
                MemberRow.group_id == CalendarRow.group_id,
            ),
        )
        .where(which, CalendarRow.source == Source.COLLEAGUE, standing.is_seen(work.now))
        .with_for_update(of=CalendarRow)
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
        .join(
            ProgrammeConsentRow,
            and_(_owns(), ProgrammeConsentRow.group_id == CalendarRow.group_id),
        )
        .where(
            CalendarRow.person_id == person,
            CalendarRow.source == Source.COLLEAGUE,
            ~objects(CalendarRow.person_id, CalendarRow.group_id),
        )
        .order_by(CalendarRow.id)
    )
    return list(work.session.execute(question).all())


def reading_without(
    work: Work, person: UUID, calendar_ids: Collection[UUID], account_id: UUID | None
) -> list[Reader]:
    """Who would have a person read anew, were it not for these calendars and this account."""
    question = (
        select(CoordinatorRow, AccountRow, GroupRow)
        .select_from(MemberRow)
        .join(GroupRow, GroupRow.id == MemberRow.group_id)
        .join(ProgrammeConsentRow, ProgrammeConsentRow.group_id == MemberRow.group_id)
        .join(AccountRow, _owns())
        .join(CoordinatorRow, _coordinates())
        .where(MemberRow.person_id == person, ~_objects(), ~standing.is_there(calendar_ids))
        .where(~_is_read())
        .order_by(GroupRow.id)
    )
    if account_id is not None:
        question = question.where(AccountRow.id != account_id)
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


def _objects() -> ColumnElement[bool]:
    return objects(MemberRow.person_id, MemberRow.group_id)


def _is_read() -> ColumnElement[bool]:
    """Whether a member is read so already."""
    return exists().where(
        _SEEN.person_id == MemberRow.person_id,
        _SEEN.group_id == MemberRow.group_id,
        _SEEN.source == Source.COLLEAGUE,
    )
