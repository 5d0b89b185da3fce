"""The time by which machines agree on leases: the clock of the database they share.

Clocks of machines differ, and one that is fast would take the work of all others. SQLite serves
one machine, whose clock is ours.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Interval, bindparam, func, literal, type_coerce
from sqlalchemy.orm import Session

from services.storage.types import UtcDateTime


def moment(session: Session, now: datetime, after: timedelta = timedelta()) -> Any:
    """The beginning of this transaction, and so much after; an expression for a statement.

    now  what our own clock says, where the database has none of its own
    """
    if not on_postgresql(session):
        return literal(now + after, UtcDateTime)
    return type_coerce(func.now() + literal(after), UtcDateTime)


def now_of(*, postgresql: bool, later: bool = False) -> Any:
    """The same in a statement that is kept, and run with what `after` returns.

    later  so much after
    """
    if not postgresql:
        return bindparam("later" if later else "now", type_=UtcDateTime)
    now = func.now()
    return type_coerce(now + bindparam("after", type_=Interval) if later else now, UtcDateTime)


def after(session: Session, now: datetime, seconds: timedelta) -> dict[str, datetime | timedelta]:
    """What a statement with both moments of `now_of` is run with."""
    if on_postgresql(session):
        return {"after": seconds}
    return {"now": now, "later": now + seconds}


def on_postgresql(session: Session) -> bool:
    """Whether this database is a server with a clock of its own, and several writers."""
    return session.get_bind().dialect.name == "postgresql"
