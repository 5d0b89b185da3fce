"""Due times: each is taken by one process, which moves it on in the same transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow, ConsentRow
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.rows.outbox import TimerRow
from services.storage.rows.series import SeriesRow
from services.storage.upsert import insert_into
from services.storage.work import Work


def is_any_due(work: Work, timers: Collection[str], *, watched: bool = False) -> bool:
    """Whether a calendar, an account, consent, a series or one of these timers is due.

    It takes no lock.

    watched  whether it counts that it is to be looked if an account's host tells of changes
    """
    later = select(func.count()).where(TimerRow.due_at > work.now, TimerRow.name.in_(timers))
    anything = or_(
        exists().where(_is_due(work)),
        exists().where(AccountRow.due_at <= work.now),
        exists().where(ConsentRow.expires_at <= work.now),
        exists().where(SeriesRow.settle_at <= work.now),
        exists().where(SeriesRow.replies_at <= work.now),
        *([exists().where(_is_to_be_watched(work))] if watched else []),
    )
    return (
        work.session.execute(later).scalar_one() < len(timers)
        or work.session.execute(select(anything)).scalar_one()
    )


def take_calendars(work: Work, until: datetime, most: int) -> Sequence[UUID]:
    """Take the calendars that are due, the longest due first; whoever reads one says when next.

    until  when a calendar is due again that nobody read
    """
    return _taken(work, CalendarRow.due_at, _is_due(work), until, most)


def take_accounts(work: Work, until: datetime, most: int) -> Sequence[UUID]:
    """Take the accounts that are due, the longest due first; whoever reads one says when next."""
    return _taken(work, AccountRow.due_at, AccountRow.due_at <= work.now, until, most)


def take_watched(work: Work, until: datetime, most: int) -> Sequence[UUID]:
    """Take the accounts of which it is to be looked whether their hosts tell of changes."""
    return _taken(work, AccountRow.watch_at, _is_to_be_watched(work), until, most)


def take_settled(work: Work, until: datetime, most: int) -> Sequence[UUID]:
    """Take the series whose changes are to be written out; whoever does says when that is done."""
    return _taken(work, SeriesRow.settle_at, SeriesRow.settle_at <= work.now, until, most)


def take_to_answer(work: Work, until: datetime, most: int) -> Sequence[UUID]:
    """Take the series whose host is to be asked for answers; whoever asks says when next."""
    return _taken(work, SeriesRow.replies_at, SeriesRow.replies_at <= work.now, until, most)


def take_timers(work: Work, every: Mapping[str, timedelta]) -> list[UUID]:
    """Take the timers that are due, and move each on by its time. A new one is due at once."""
    for name in sorted(every):
        work.session.execute(
            insert_into(work, TimerRow)
            .values(id=new_id(), name=name, due_at=work.now)
            .on_conflict_do_nothing(index_elements=[TimerRow.name])
        )
    question = (
        select(TimerRow)
        .where(TimerRow.due_at <= work.now, TimerRow.name.in_(every))
        .with_for_update(skip_locked=True)
    )
    rows = work.session.scalars(question).all()
    for row in rows:
        row.due_at = work.now + every[row.name]
    return [row.id for row in rows]


def name_of(work: Work, timer: UUID) -> str | None:
    """What a timer is called."""
    row = work.session.get(TimerRow, timer)
    return None if row is None else row.name


def _taken(
    work: Work,
    when: InstrumentedAttribute[datetime | None],
    is_due: ColumnElement[bool],
    until: datetime,
    most: int,
) -> Sequence[UUID]:
    """Take the rows that are due by their column `when`, which is `until` from now on."""
    row = when.class_
    ids = (
        select(row.id)
        .where(is_due)
        .order_by(when.nulls_first())
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken: Sequence[UUID] = work.session.scalars(ids).all()
    if taken:
        work.session.execute(update(row).where(row.id.in_(taken)).values({when: until}))
    return taken


def _is_due(work: Work) -> ColumnElement[bool]:
    """Whether it is time; also for what an earlier version added, which does not say when."""
    unsaid = and_(CalendarRow.due_at.is_(None), CalendarRow.source == Source.ADDRESS)
    return or_(CalendarRow.due_at <= work.now, unsaid)


def _is_to_be_watched(work: Work) -> ColumnElement[bool]:
    """Whether it is time; of an account that waits for consent it never is."""
    due = or_(AccountRow.watch_at.is_(None), AccountRow.watch_at <= work.now)
    return and_(due, AccountRow.lost_at.is_(None))
