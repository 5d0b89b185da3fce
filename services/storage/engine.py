"""Connections to either database, with the settings that our promises need."""

import json
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from services.config import Settings
from services.keys import Keys

# FULL: a write that was answered survives a power cut. WAL: readers do not wait for a writer.
# What was deleted is overwritten: forgotten is forgotten.
_PRAGMAS = (
    "journal_mode=WAL",
    "busy_timeout=10000",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
)
# A machine that was cut off, or a process that stands still, must not hold for hours what everybody
# waits for (the end of the audit, a task): PostgreSQL ends a transaction after so long without a
# word. Ours are not open while we think, nor across the network.
_SILENT = 10  # seconds
_IDLE = "25P03"  # what it says then
_GIVEN_UP = (
    f"set idle_in_transaction_session_timeout = '{_SILENT}s'",
    f"set tcp_user_timeout = '{_SILENT}s'",
)
# And we notice as soon that there is nobody at the other end; what the address says comes first.
_NOTICED = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": f"{_SILENT}000",
}
# A share such as 0.1 is a decimal number, and stays one.
_JSON: dict[str, Any] = {
    "json_serializer": partial(json.dumps, ensure_ascii=False, default=float),
    "json_deserializer": partial(json.loads, parse_float=Decimal),
}


def url_of(settings: Settings) -> str:
    """Where everything is remembered; by default a file in the home folder."""
    return settings.database_url or f"sqlite:///{settings.home / 'commonhour.db'}"


def engine_for(url: str, keys: Keys | None = None) -> Engine:
    """Prepare to connect; nothing is opened yet, so that a process may fork afterwards.

    keys  with which the end of the audit is sealed; None: it is not
    """
    return _engine(url).execution_options(keys=keys)


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        said = make_url(url).query
        noticed = {name: each for name, each in _NOTICED.items() if name not in said}
        engine = create_engine(
            url, pool_pre_ping=True, pool_size=8, max_overflow=8, connect_args=noticed, **_JSON
        )
        event.listen(engine, "connect", _give_up)
        event.listen(engine, "handle_error", _given_up)
        return engine
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(url, pool_size=16, max_overflow=16, **_JSON)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _give_up(connection: Any, _record: object) -> None:
    connection.autocommit = True  # or it would be forgotten with a transaction that is undone
    for setting in _GIVEN_UP:
        connection.execute(setting)
    connection.autocommit = False


def _given_up(context: ExceptionContext) -> None:
    """Tell of a transaction that PostgreSQL gave up as of one whose connection was lost."""
    error = context.original_exception
    if getattr(error, "sqlstate", None) == _IDLE:
        context.is_disconnect = True
        raise OperationalError(context.statement, None, error) from error


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _PRAGMAS:
        connection.execute(f"pragma {pragma}")


def _begin(connection: Connection) -> None:
    """Take the write lock at once where we mean to write: SQLite cannot upgrade a reader safely."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
