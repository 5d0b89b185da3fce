"""Private feeds, and the dates that they show."""

from uuid import UUID

from sqlalchemy import Delete, delete, select

from services.storage.rows.groups import GroupRow
from services.storage.rows.series import (
    AttendeeRow,
    FeedRow,
    MeetingRow,
    MeetingState,
    SeriesRow,
    SeriesState,
)
from services.storage.work import Work

Dated = tuple[SeriesRow, MeetingRow, AttendeeRow]


def of(work: Work, group_id: UUID, person: UUID) -> FeedRow | None:
    """The feed that a person has of a group."""
    return work.session.scalars(
        select(FeedRow).where(FeedRow.group_id == group_id, FeedRow.person_id == person)
    ).first()


def by_hash(work: Work, secret_hash: bytes) -> FeedRow | None:
    """The feed with this secret."""
    return work.session.scalars(select(FeedRow).where(FeedRow.secret_hash == secret_hash)).first()


def by_id(work: Work, feed_id: UUID) -> FeedRow | None:
    """One feed."""
    return work.session.get(FeedRow, feed_id)


def of_person(work: Work, person: UUID) -> list[tuple[FeedRow, GroupRow]]:
    """Every feed of a person."""
    question = (
        select(FeedRow, GroupRow)
        .join(GroupRow, GroupRow.id == FeedRow.group_id)
        .where(FeedRow.person_id == person)
        .order_by(FeedRow.id)
    )
    return list(work.session.execute(question).all())


def dates(work: Work, group_id: UUID, person: UUID) -> list[Dated]:
    """The dates that are held of every series to which a person is or was invited, as what."""
    question = (
        select(SeriesRow, MeetingRow, AttendeeRow)
        .join(MeetingRow, MeetingRow.series_id == SeriesRow.id)
        .join(AttendeeRow, AttendeeRow.series_id == SeriesRow.id)
        .where(
            SeriesRow.group_id == group_id,
            SeriesRow.state != SeriesState.DRAFT,
            MeetingRow.state == MeetingState.HELD,
            AttendeeRow.person_id == person,
        )
        .order_by(MeetingRow.start_at, MeetingRow.id, AttendeeRow.id)
    )
    return list(work.session.execute(question).all())


def drop(work: Work, group_id: UUID, person: UUID) -> int:
    """End the feed that a person has of a group; return how many that were."""
    return _dropped(
        work, delete(FeedRow).where(FeedRow.group_id == group_id, FeedRow.person_id == person)
    )


def drop_all(work: Work) -> int:
    """End every feed."""
    return _dropped(work, delete(FeedRow))


def _dropped(work: Work, question: Delete) -> int:
    return len(work.session.execute(question.returning(FeedRow.id)).all())
