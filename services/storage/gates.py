"""Shares of requests: one statement takes from a leaky bucket, so that nobody slips past it.

Places are shared the same way: who takes one has it until a moment that is theirs alone.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, case, delete, literal, or_, update

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
    # Clocks differ by a little, and who waits for the lock is late. No bucket is fuller than
    # twice full: then its time was told by a clock that was far ahead.
    ahead = and_(GateRow.full_at > now, GateRow.full_at <= now + 2 * burst * each)
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


def give_back(work: Work, key: bytes, count: int, *, every: timedelta) -> None:
    """Put so many requests back that were taken and not made."""
    room = count * round(every / timedelta(microseconds=1))
    question = update(GateRow).where(GateRow.key == key)
    work.session.execute(question.values(full_at=GateRow.full_at - room))


def free_at(work: Work, key: bytes, count: int, *, every: timedelta, burst: int) -> datetime:
    """When so many will fit."""
    row = work.session.get(GateRow, key)
    full = timedelta(microseconds=0 if row is None else row.full_at - _micros(work.now))
    return work.now + max(full + (count - burst) * every, timedelta())


def requests_in(work: Work, key: bytes, *, every: timedelta) -> float:
    """How many requests a bucket holds."""
    row = work.session.get(GateRow, key)
    full = 0 if row is None else row.full_at - _micros(work.now)
    return max(timedelta(microseconds=full) / every, 0.0)


def occupy(work: Work, key: bytes, lease: timedelta) -> int | None:
    """Take a place for so long, if nobody has it; return what proves that it is ours."""
    now = _micros(work.now)
    until = now + round(lease / timedelta(microseconds=1))
    # Clocks differ by a little; nobody has a place for twice as long: that clock was far ahead.
    free = or_(GateRow.full_at <= now, GateRow.full_at > 2 * until - now)
    question = (
        insert_into(work, GateRow)
        .values(key=key, full_at=until)
        .on_conflict_do_update(index_elements=[GateRow.key], set_={"full_at": until}, where=free)
        .returning(GateRow.full_at)
    )
    return work.session.execute(question).scalar()


def keep_on(work: Work, key: bytes, proof: int, lease: timedelta) -> int | None:
    """Have a place for longer; return what proves it from now on. None: it is another's by now."""
    until = max(proof + 1, _micros(work.now) + round(lease / timedelta(microseconds=1)))
    question = (
        update(GateRow)
        .where(GateRow.key == key, GateRow.full_at == proof)
        .values(full_at=until)
        .returning(GateRow.full_at)
    )
    return work.session.execute(question).scalar()


def leave(work: Work, key: bytes, proof: int) -> None:
    """Give a place up, if it is still ours."""
    work.session.execute(delete(GateRow).where(GateRow.key == key, GateRow.full_at == proof))


def drop_over(work: Work) -> int:
    """Delete the buckets that are empty."""
    found = work.session.execute(
        delete(GateRow).where(GateRow.full_at <= _micros(work.now)).returning(GateRow.key)
    )
    return len(found.all())


def _micros(moment: datetime) -> int:
    return round(moment.timestamp() * _SECOND)
