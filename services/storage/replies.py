"""What was answered to series, and where an answer belongs, as they are looked up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.series import (
    AttendeeRow,
    EventRow,
    ReplyRow,
    SeriesRow,
    SeriesState,
    TellingRow,
    UidRow,
)
from services.storage.work import Work

_KNOWN = (SeriesState.COMMITTED, SeriesState.CHANGED, SeriesState.CONCLUDED)


def of_series(work: Work, series_id: UUID) -> Sequence[ReplyRow]:
    """Everything that was answered to a series, or to a date of it."""
    question = (
        select(ReplyRow)
        .join(AttendeeRow, AttendeeRow.id == ReplyRow.attendee_id)
        .where(AttendeeRow.series_id == series_id)
    )
    return work.session.scalars(question.order_by(ReplyRow.id)).all()


def of_attendee(work: Work, attendee_id: UUID) -> Sequence[ReplyRow]:
    """Everything that one of them answered."""
    question = select(ReplyRow).where(ReplyRow.attendee_id == attendee_id)
    return work.session.scalars(question.order_by(ReplyRow.id)).all()


def by_secret(work: Work, secret_hash: bytes) -> AttendeeRow | None:
    """Whose link has this secret."""
    question = select(AttendeeRow).where(AttendeeRow.secret_hash == secret_hash)
    return work.session.scalars(question).first()


def end_links(work: Work) -> None:
    """End every link under which somebody answers; the next letter to them holds another."""
    given = select(AttendeeRow).where(AttendeeRow.secret_hash.is_not(None))
    for each in work.session.scalars(given):
        each.link_id, each.secret_hash = new_id(), None
    work.session.flush()


def of_person(
    work: Work, group_id: UUID, person_id: UUID
) -> Sequence[tuple[AttendeeRow, SeriesRow]]:
    """To which series of a group somebody is or was invited, the latest first."""
    question = (
        select(AttendeeRow, SeriesRow)
        .join(SeriesRow, SeriesRow.id == AttendeeRow.series_id)
        .where(
            SeriesRow.group_id == group_id,
            SeriesRow.state.in_(_KNOWN),
            AttendeeRow.person_id == person_id,
        )
        .order_by(SeriesRow.id.desc(), AttendeeRow.id)
    )
    return [(attendee, series) for attendee, series in work.session.execute(question)]


def by_uid(work: Work, uid_hash: bytes) -> tuple[EventRow, datetime | None] | None:
    """Which object a UID names, and which date of it, if it names but one."""
    question = (
        select(EventRow, UidRow.original_at)
        .join(UidRow, UidRow.event_id == EventRow.id)
        .where(UidRow.uid_hash == uid_hash)
    )
    found = work.session.execute(question).first()
    return None if found is None else (found[0], found[1])


def telling(work: Work, event_id: UUID, attendee_id: UUID) -> TellingRow | None:
    """What an attendee was told of an object by mail."""
    question = select(TellingRow).where(
        TellingRow.event_id == event_id, TellingRow.attendee_id == attendee_id
    )
    return work.session.scalars(question).first()


def at(work: Work, hosts: Collection[Host], series_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Those of these series to which accounts at one of the hosts invite, each with its group."""
    question = (
        select(SeriesRow.id, SeriesRow.group_id)
        .join(AccountRow, AccountRow.id == SeriesRow.account_id)
        .where(SeriesRow.id.in_(series_ids), AccountRow.host.in_(hosts))
    )
    return {row.id: row.group_id for row in work.session.execute(question)}


def ask_next(work: Work, series_id: UUID, at: datetime | None) -> None:
    """Say when the host of a series is asked for answers again; None: never.

    It is no change of the series, so its version stays.
    """
    work.session.execute(
        update(SeriesRow).where(SeriesRow.id == series_id).values(replies_at=at),
        execution_options={"synchronize_session": False},
    )


def ask_soon(work: Work, account_id: UUID, at: datetime) -> None:
    """Have the host asked by then for the answers to all series that this account organises."""
    work.session.execute(
        update(SeriesRow)
        .where(SeriesRow.account_id == account_id, SeriesRow.replies_at > at)
        .values(replies_at=at),
        execution_options={"synchronize_session": False},
    )
