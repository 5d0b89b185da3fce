"""Deleted is gone from the disk as well, not in the database alone."""

from contextlib import suppress
from sqlite3 import OperationalError
from typing import cast

from sqlalchemy import Engine

from services.storage.work import Work

_PATIENCE, _USUAL = 1000, 10_000  # milliseconds for which SQLite waits for others


def erase(work: Work) -> None:
    """Once this is kept, take what was deleted out of SQLite's log of writes.

    The log holds whole pages as they once were. When somebody reads meanwhile it stays until the
    next time: nothing fails for that.
    """
    engine = cast(Engine, work.session.get_bind())
    if engine.dialect.name == "sqlite":
        work.then(lambda: _emptied(engine))


def _emptied(engine: Engine) -> None:
    raw = engine.raw_connection()  # a transaction would be in its own way
    try:
        cursor = raw.cursor()
        cursor.execute(f"pragma busy_timeout={_PATIENCE}")
        with suppress(OperationalError):
            cursor.execute("pragma wal_checkpoint(truncate)").fetchall()
        cursor.execute(f"pragma busy_timeout={_USUAL}")
        cursor.close()
    finally:
        raw.close()
