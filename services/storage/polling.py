"""Calendars, accounts and dates by groups: who is to be read soon, and when."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from services.storage.calendars import counts
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import READ_AGAIN, CalendarRow, Source
from services.storage.rows.groups import MemberRow
from services.storage.rows.outbox import OutboxRow, TaskState
from services.storage.rows.series import MeetingRow, MeetingState, SeriesRow
from services.storage.series import LIVE
from services.storage.work import Work

_READING = ("calendars.read", "calendars.read_account")


def groups_of(work: Work, calendar_ids: Collection[UUID]) -> Sequence[UUID]:
    """The groups in which any of these calendars counts."""
    question = (
        select(MemberRow.group_id)
        .join(CalendarRow, counts())
        .where(CalendarRow.id.in_(calendar_ids))
        .distinct()
    )
    return work.session.scalars(question).all()


def groups_of_accounts(work: Work, account_ids: Collection[UUID]) -> Mapping[UUID, set[UUID]]:
    """Per account the groups in which something counts that is read through it."""
    question = (
        select(CalendarRow.account_id, MemberRow.group_id)
        .join(MemberRow, counts())
        .where(CalendarRow.account_id.in_(account_ids))
        .distinct()
    )
    found: dict[UUID, set[UUID]] = {each: set() for each in account_ids}
    for account, group in work.session.execute(question):
        if account is not None:
            found[account].add(group)
    return found


def next_dates(work: Work, groups: Collection[UUID]) -> Mapping[UUID, datetime]:
    """When the next date of each of these groups begins, where one is to come."""
    return _next(work, SeriesRow.group_id.in_(groups)) if groups else {}


def next_date(work: Work, series_id: UUID) -> Mapping[UUID, datetime]:
    """When the next date of a series begins, by its group; empty: none is to come."""
    return _next(work, SeriesRow.id == series_id)


def at(work: Work, hosts: Collection[Host], account_ids: Collection[UUID]) -> Sequence[AccountRow]:
    """Those of these accounts that are at one of the hosts and let us in."""
    question = select(AccountRow).where(
        AccountRow.id.in_(account_ids), AccountRow.host.in_(hosts), AccountRow.lost_at.is_(None)
    )
    return work.session.scalars(question).all()


def due_after(work: Work, group_id: UUID, moment: datetime) -> list[AccountRow | CalendarRow]:
    """What counts in a group and is read again later than that: accounts, then addresses.

    Nobody else changes them until this transaction ends. Others may refer to them: a series that is
    locked already may be given one of these accounts, and would wait for us while we wait for it.
    """
    counted = (
        select(CalendarRow.id, CalendarRow.account_id)
        .join(MemberRow, counts())
        .where(MemberRow.group_id == group_id)
        .subquery()
        .c
    )
    accounts = (
        select(AccountRow)
        .where(AccountRow.id.in_(select(counted.account_id)), AccountRow.lost_at.is_(None))
        .where(AccountRow.due_at > moment)
        .order_by(AccountRow.id)
        .with_for_update(key_share=True)
    )
    addresses = (
        select(CalendarRow)
        .where(CalendarRow.id.in_(select(counted.id)), CalendarRow.source == Source.ADDRESS)
        .where(CalendarRow.due_at > moment)
        .order_by(CalendarRow.id)
        .with_for_update(key_share=True)
    )
    found: list[AccountRow | CalendarRow] = [*work.session.scalars(accounts)]
    return [*found, *work.session.scalars(addresses)]


def is_being_read(work: Work, subject: UUID) -> bool:
    """Whether a worker is reading this calendar or account because it was due."""
    question = select(OutboxRow.id).where(
        OutboxRow.subject == subject,
        OutboxRow.state == TaskState.RUNNING,
        OutboxRow.job.in_(_READING),
    )
    return work.session.execute(question.limit(1)).first() is not None


def oldest(work: Work, group_id: UUID) -> datetime | None:
    """The oldest last reading among a group's calendars that are read by themselves."""
    question = (
        select(func.min(CalendarRow.read_at))
        .join(MemberRow, counts())
        .where(MemberRow.group_id == group_id, CalendarRow.source.in_(READ_AGAIN))
    )
    found: datetime | None = work.session.execute(question).scalar_one()
    return found


def has_task(work: Work, group_id: UUID, job: str) -> bool:
    """Whether a job is still to be done for a calendar that counts in a group."""
    question = (
        select(OutboxRow.id)
        .join(CalendarRow, CalendarRow.id == OutboxRow.subject)
        .join(MemberRow, counts())
        .where(MemberRow.group_id == group_id)
        .where(OutboxRow.job == job, OutboxRow.state != TaskState.DONE)
    )
    return work.session.execute(question.limit(1)).first() is not None


def _next(work: Work, those: ColumnElement[bool]) -> Mapping[UUID, datetime]:
    """When the next date of these series begins, by their groups."""
    question = (
        select(SeriesRow.group_id, func.min(MeetingRow.start_at).label("start"))
        .join(MeetingRow, MeetingRow.series_id == SeriesRow.id)
        .where(those, SeriesRow.state.in_(LIVE))
        .where(MeetingRow.state == MeetingState.HELD, MeetingRow.start_at > work.now)
        .group_by(SeriesRow.group_id)
    )
    return {row.group_id: row.start for row in work.session.execute(question)}
