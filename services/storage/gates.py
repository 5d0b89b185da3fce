"""Shares of requests: one statement takes from a leaky bucket, so that nobody slips past it."""

from datetime import datetime, timedelta

from sqlalchemy import and_, case, delete, literal

from services.storage.rows.doors import GateRow
from services.storage.upsert import insert_into
from services.storage.work import Work

_SECOND = 1_000_000


def take(work: Work, key: bytes, count: int, *, every: timedelta, burst: int) -> bool:
    """Take so many requests of a bucket; False: they would overflow it, and none is taken.

    every  in which one request's room comes back
    burst  how many fit into it; in any time t at most burst + t / every are taken
    """
    each = round(every / timedelta(microseconds=1))
    now = _micros(work.now)
    # No bucket is fuller than full: then its time was told by a clock that was ahead.
    ahead = and_(GateRow.full_at > now, GateRow.full_at <= now + burst * each)
    full = case((ahead, GateRow.full_at), else_=literal(now)) + count * each
    question = (
        insert_into(work, GateRow)
        .values(key=key, full_at=now + count * each)
        .on_conflict_do_update(
            index_elements=[GateRow.key],
            set_={"full_at": full},
            where=full <= now + burst * each,
        )
        .returning(GateRow.key)
    )
    return work.session.execute(question).first() is not None


def free_at(work: Work, key: bytes, count: int, *, every: timedelta, burst: int) -> datetime:
    """When so many will fit."""
    row = work.session.get(GateRow, key)
    full = timedelta(microseconds=0 if row is None else row.full_at - _micros(work.now))
    return work.now + max(full + (count - burst) * every, timedelta())


def drop_over(work: Work) -> int:
    """Delete the buckets that are empty."""
    found = work.session.execute(
        delete(GateRow).where(GateRow.full_at <= _micros(work.now)).returning(GateRow.key)
    )
    return len(found.all())


def _micros(moment: datetime) -> int:
    return round(moment.timestamp() * _SECOND)
