"""Series of a group: their meetings, attendees and objects, as they are looked up."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from services.storage.rows.groups import GroupRow
from services.storage.rows.series import (
    EventRow,
    MeetingRow,
    Organiser,
    SeriesRow,
    SeriesState,
)
from services.storage.work import Work

_TABLE = cast(Table, SeriesRow.__table__)
LIVE = (SeriesState.COMMITTED, SeriesState.CHANGED)


def page(work: Work, group_id: UUID, before: UUID | None, most: int) -> Sequence[SeriesRow]:
    """Series of a group, the latest first."""
    question = select(SeriesRow).where(SeriesRow.group_id == group_id)
    if before is not None:
        question = question.where(SeriesRow.id < before)
    return work.session.scalars(question.order_by(SeriesRow.id.desc()).limit(most)).all()


def one(work: Work, group_id: UUID, series_id: UUID) -> SeriesRow | None:
    """One series of a group."""
    return work.session.scalars(
        select(SeriesRow).where(SeriesRow.group_id == group_id, SeriesRow.id == series_id)
    ).first()


def drafts_of(work: Work, plan_id: UUID) -> Sequence[SeriesRow]:
    """The drafts of a plan's proposals."""
    question = select(SeriesRow).where(
        SeriesRow.plan_id == plan_id, SeriesRow.state == SeriesState.DRAFT
    )
    return work.session.scalars(question.order_by(SeriesRow.id)).all()


def of_group(work: Work, group_id: UUID) -> Sequence[SeriesRow]:
    """Every series of a group."""
    question = select(SeriesRow).where(SeriesRow.group_id == group_id)
    return work.session.scalars(question.order_by(SeriesRow.id)).all()


def live_of_group(work: Work, group_id: UUID) -> Sequence[SeriesRow]:
    """The series of a group that are committed and not concluded."""
    return _live(work, SeriesRow.group_id == group_id)


def live_of_account(work: Work, account_id: UUID) -> Sequence[SeriesRow]:
    """Those to which an account invites."""
    return _live(work, SeriesRow.account_id == account_id)


def live_of_identity(work: Work, identity: bytes) -> Sequence[SeriesRow]:
    """Those that were committed with this account at a host, connected or not."""
    return _live(work, SeriesRow.identity == identity)


def live_of_term(work: Work, term_id: UUID) -> Sequence[SeriesRow]:
    """Those of a term."""
    return _live(work, SeriesRow.term_id == term_id)


def single_events_waiting(work: Work, organiser: Organiser, account_id: UUID | None) -> int:
    """How many single events wait to be sent from one mailbox, of all series together.

    account_id  whose mailbox; None: the service's own
    """
    question = (
        select(func.count())
        .select_from(EventRow)
        .join(SeriesRow, SeriesRow.id == EventRow.series_id)
        .where(
            SeriesRow.organiser == organiser,
            SeriesRow.account_id == account_id,
            SeriesRow.published < SeriesRow.revision,
            EventRow.written_revision < SeriesRow.revision,
            EventRow.wanted["rule"].as_string() == "",
        )
    )
    return work.session.execute(question).scalar_one()


def drafts_by(work: Work, person: UUID) -> Sequence[SeriesRow]:
    """The drafts that a person has made or chose who invites to, the latest first."""
    question = select(SeriesRow).where(
        SeriesRow.organiser_id == person, SeriesRow.state == SeriesState.DRAFT
    )
    return work.session.scalars(question.order_by(SeriesRow.id.desc()).limit(3)).all()


def by_id(work: Work, series_id: UUID) -> SeriesRow | None:
    """One series, for a worker."""
    return work.session.get(SeriesRow, series_id)


def locked(work: Work, series_id: UUID) -> SeriesRow | None:
    """One series, once nobody else is changing it or what belongs to it."""
    question = select(SeriesRow).where(SeriesRow.id == series_id).with_for_update()
    return work.session.scalars(question.execution_options(populate_existing=True)).first()


def noted(work: Work, row: SeriesRow, **values: Any) -> None:
    """Note how far a series has come: that is no change of it, so its version stays."""
    work.session.flush()
    work.session.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(**values))
    for name, value in values.items():
        set_committed_value(row, name, value)


def hasten(work: Work, account_id: UUID) -> None:
    """Have what waits to be written by an account tried at once: it was connected anew."""
    c = _TABLE.c
    waits = c.published < c.revision, c.state != SeriesState.DRAFT, c.account_id == account_id
    work.session.execute(update(_TABLE).where(*waits).values(settle_at=work.now))


def forget_calendar(work: Work, person: UUID) -> None:
    """Forget in whose calendar, and which, the series stand that a person organises."""
    mine = update(_TABLE).where(_TABLE.c.organiser_id == person)
    work.session.execute(mine.values(calendar=None, identity=None))


def meetings(work: Work, series_id: UUID) -> Sequence[MeetingRow]:
    """Its dates, in the order in which its rule puts them."""
    question = select(MeetingRow).where(MeetingRow.series_id == series_id)
    return work.session.scalars(question.order_by(MeetingRow.original_at)).all()


def meeting(work: Work, series_id: UUID, meeting_id: UUID) -> MeetingRow | None:
    """One of its dates."""
    question = select(MeetingRow).where(
        MeetingRow.series_id == series_id, MeetingRow.id == meeting_id
    )
    return work.session.scalars(question).first()


def organised_by(work: Work, person: UUID) -> list[tuple[SeriesRow, GroupRow]]:
    """The series that a person organises, or drafted."""
    question = (
        select(SeriesRow, GroupRow)
        .join(GroupRow, GroupRow.id == SeriesRow.group_id)
        .where(SeriesRow.organiser_id == person)
        .order_by(SeriesRow.id)
    )
    return list(work.session.execute(question).all())


def events(work: Work, series_id: UUID) -> Sequence[EventRow]:
    """Its objects, in the order in which they came to be."""
    question = select(EventRow).where(EventRow.series_id == series_id)
    return work.session.scalars(question.order_by(EventRow.place_in)).all()


def revisions(work: Work, those: Iterable[UUID]) -> list[tuple[UUID, int]]:
    """How often each of these was changed."""
    question = select(SeriesRow.id, SeriesRow.revision).where(SeriesRow.id.in_(list(those)))
    return [(row.id, row.revision) for row in work.session.execute(question)]


def count(work: Work, group_id: UUID) -> int:
    """How many series a group has."""
    question = select(func.count()).select_from(SeriesRow).where(SeriesRow.group_id == group_id)
    return work.session.execute(question).scalar_one()


def _live(work: Work, those: ColumnElement[bool]) -> Sequence[SeriesRow]:
    question = select(SeriesRow).where(those, SeriesRow.state.in_(LIVE))
    return work.session.scalars(question.order_by(SeriesRow.id)).all()
