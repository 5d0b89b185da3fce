"""Counted tries. One statement looks and counts, so that parallel tries cannot slip past it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import case, delete, or_, select

from services.storage.rows.doors import TryRow
from services.storage.upsert import insert_into
from services.storage.work import Work


def count(work: Work, key: bytes, most: int, until: datetime) -> bool:
    """Count one more try; return whether it was counted: no, when there were `most` before.

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
        .returning(TryRow.key)
    )
    return work.session.execute(question).first() is not None


def hold(work: Work, key: bytes, until: datetime) -> None:
    """Let a stretch last until then, or longer if it does already."""
    work.session.execute(
        insert_into(work, TryRow)
        .values(key=key, until=until, count=1)
        .on_conflict_do_update(
            index_elements=[TryRow.key], set_={"until": until}, where=TryRow.until < until
        )
    )


def until(work: Work, key: bytes) -> datetime | None:
    """When the stretch of this key ends."""
    return work.session.scalars(select(TryRow.until).where(TryRow.key == key)).first()


def holding(work: Work, keys: Collection[bytes]) -> Sequence[bytes]:
    """Those of these keys whose stretch is not over."""
    question = select(TryRow.key).where(TryRow.key.in_(keys), TryRow.until > work.now)
    return work.session.scalars(question).all() if keys else ()


def drop(work: Work, key: bytes) -> None:
    """End the stretch of this key."""
    work.session.execute(delete(TryRow).where(TryRow.key == key))


def drop_over(work: Work) -> int:
    """Delete the stretches that are over."""
    found = work.session.execute(
        delete(TryRow).where(TryRow.until <= work.now).returning(TryRow.key)
    )
    return len(found.all())
