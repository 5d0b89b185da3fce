"""Counted tries. One statement looks and counts, so that parallel tries cannot slip past it."""

from datetime import datetime

from sqlalchemy import case, delete, or_, select, update

from services.storage.rows.accounts import TryRow
from services.storage.upsert import insert_into
from services.storage.work import Work


def count(work: Work, key: bytes, most: int, until: datetime) -> datetime | None:
    """Count one more try; return when its stretch ends, or None when there were `most` before.

    until  when a stretch ends that begins now
    """
    over = TryRow.until <= work.now
    question = (
        insert_into(work, TryRow)
        .values(key=key, until=until, count=1)
        .on_conflict_do_update(
            index_elements=[TryRow.key],
            set_={
                "count": case((over, 1), else_=TryRow.count + 1),
                "until": case((over, until), else_=TryRow.until),
            },
            where=or_(over, TryRow.count < most),
        )
        .returning(TryRow.until)
    )
    counted: datetime | None = work.session.execute(question).scalar_one_or_none()
    return counted


def until(work: Work, key: bytes) -> datetime | None:
    """When the stretch of this key ends."""
    return work.session.scalars(select(TryRow.until).where(TryRow.key == key)).first()


def give_back(work: Work, key: bytes, until: datetime) -> None:
    """Take one try off the stretch that ends then."""
    work.session.execute(
        update(TryRow)
        .where(TryRow.key == key, TryRow.until == until, TryRow.count > 0)
        .values(count=TryRow.count - 1)
    )


def drop_over(work: Work) -> int:
    """Delete the stretches that are over."""
    found = work.session.execute(
        delete(TryRow).where(TryRow.until <= work.now).returning(TryRow.key)
    )
    return len(found.all())
