"""What remembers and what carries messages: the database and Redis."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from redis import RedisError
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from scheduler.errors import Explained
from services.config import Settings
from services.doctor.finding import Finding, failing, missing, ok, weak
from services.storage import migrate
from services.storage.engine import engine_for, url_of
from services.up.database import cause
from services.up.lock import holder
from services.up.redis import binary, connect, version

_UPGRADE = "run commonhour db upgrade; commonhour up does it by itself"


def database(settings: Settings) -> Iterator[Finding]:
    """Look whether the database answers, is of this version, and keeps what it promises."""
    url = make_url(url_of(settings))
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        if not file.exists():
            yield missing("database", f"SQLite, {file} is not there yet", _UPGRADE)
            return
        kind = f"SQLite, {file}"
        yield from _wal(file)
    else:
        url = url.update_query_dict({"connect_timeout": "5"})
        kind = f"PostgreSQL, {url.host or 'a local socket'}, {url.database}"
    yield _tables(url, kind)


def _wal(file: Path) -> Iterator[Finding]:
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        try:
            mode = connection.execute("pragma journal_mode").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error:
        return  # the next line says why
    if mode == "wal":
        yield ok("journal", "SQLite writes ahead: readers do not wait for writers")
    else:
        yield weak("journal", f"SQLite is in mode {mode}", "the next start sets WAL")


def _tables(url: URL, kind: str) -> Finding:
    engine = engine_for(url.render_as_string(hide_password=False))
    try:
        current = migrate.is_current(engine)
    except (SQLAlchemyError, OSError) as error:
        return failing("database", f"{kind}: {cause(error)}", "check COMMONHOUR_DATABASE_URL")
    except Explained as error:
        return failing("database", f"{kind}: {error.what}", "check COMMONHOUR_DATABASE_URL")
    finally:
        engine.dispose()
    if not current:
        return failing("database", f"{kind}: tables of another version", _UPGRADE)
    return ok("database", f"{kind}, up to date")


def redis(settings: Settings) -> Iterator[Finding]:
    """Look whether Redis answers and forgets nothing while it runs."""
    told = holder(settings.home)
    url = settings.redis_url or (told.redis if told else "")
    if url:
        yield from _server(url)
        return
    try:
        program = binary()
        yield ok("redis", f"commonhour up starts its own, {program.name} {version(program)}")
    except Explained as error:
        yield failing("redis", error.what, error.remedy)


def _server(url: str) -> Iterator[Finding]:
    client = connect(url)
    try:
        client.ping()
        yield ok("redis", "answers")
        policy = client.config_get("maxmemory-policy").get("maxmemory-policy")
        kept = client.config_get("appendonly").get("appendonly")
    except RedisError as error:
        yield from _refusal(error)
        return
    finally:
        client.close()
    if policy != "noeviction":
        what = f"drops jobs when its memory is full ({policy})"
        yield failing("redis memory", what, "set maxmemory-policy noeviction")
    else:
        yield ok("redis memory", "drops nothing")
    if kept != "yes":
        yield weak("redis disk", "forgets waiting jobs when it restarts", "set appendonly yes")
    else:
        yield ok("redis disk", "keeps waiting jobs over a restart")


def _refusal(error: RedisError) -> Iterator[Finding]:
    name = type(error).__name__
    if name in {"NoPermissionError", "ResponseError"}:
        what = "does not say how it is configured"
        yield weak("redis memory", what, "see that it has noeviction and appendonly yes")
    else:
        yield failing("redis", f"cannot be reached ({name})", "check COMMONHOUR_REDIS_URL")
