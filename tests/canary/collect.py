"""Gathers whatever has been kept, as names and bytes for `scan.find`."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import psycopg
import redis
from psycopg.sql import SQL, Identifier

from tests.servers.postgres import plain

_Reply = bytes | int | float | None | list["_Reply"] | tuple["_Reply", ...] | dict[bytes, "_Reply"]
_WHOLE: Mapping[bytes, tuple[str, ...]] = {  # by type, how to read a key's whole value
    b"string": ("GET",),
    b"hash": ("HGETALL",),
    b"list": ("LRANGE", "0", "-1"),
    b"set": ("SMEMBERS",),
    b"zset": ("ZRANGE", "0", "-1", "WITHSCORES"),
    b"stream": ("XRANGE", "-", "+"),
}
_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1, 2
"""
_ASIDE = ("pg_largeobject", "pg_description", "pg_shdescription", "pg_enum", "pg_attrdef")


def files_below(folder: Path) -> dict[str, bytes]:
    """Return every file below the folder, by its path from there.

    Logs, mails and backups as they lie, and databases with their -wal and -shm. A file that goes
    while we look is left out.
    """
    found = dict[str, bytes]()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            try:
                found[str(path.relative_to(folder))] = path.read_bytes()
            except FileNotFoundError:
                pass  # it holds nothing any more
    return found


def sqlite_contents(path: Path) -> dict[str, bytes]:
    """Return every table of a SQLite file, row by row.

    The file itself has them as well, but cut into pages, in which a long value can be torn.
    """
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            f"{path.name}: {name.decode()}": b"\n".join(
                _bytes(value)
                for row in connection.execute(f'SELECT * FROM "{name.decode()}"')
                for value in row
            )
            for (name,) in tables.fetchall()
        }


def redis_contents(url: str) -> dict[str, bytes]:
    """Return every key of every database of a Redis server, with the key and its whole value."""
    found = dict[str, bytes]()
    with redis.Redis.from_url(url, single_connection_client=True) as client:
        for database in client.info("keyspace"):
            client.execute_command("SELECT", database.removeprefix("db"))
            for key in sorted(client.keys("*")):
                command, *rest = _WHOLE.get(client.type(key), ("DUMP",))
                value = client.execute_command(command, key, *rest)
                name = f"redis {database}: {key.decode(errors='backslashreplace')}"
                found[name] = b"\n".join([key, *_flat(value)])
    return found


def postgres_contents(url: str) -> dict[str, bytes]:
    """Return every table of a PostgreSQL database as COPY writes it in binary.

    Text stands there as UTF-8 and bytea as its bytes. So do, beside the tables, large objects,
    comments, the words of enumerations and defaults.
    """
    with psycopg.connect(plain(url)) as connection:
        tables = [(str(schema), str(name)) for schema, name in connection.execute(_TABLES)]
        tables += [("pg_catalog", name) for name in _ASIDE]
        found = dict[str, bytes]()
        for schema, name in tables:
            copy = SQL("COPY (SELECT * FROM {}) TO STDOUT (FORMAT binary)")
            with connection.cursor().copy(copy.format(Identifier(schema, name))) as rows:
                found[f"postgresql: {schema}.{name}"] = b"".join(map(bytes, rows))
    return found


def postgres_folder(url: str) -> Path:
    """Return where the server keeps its files: what was deleted may still lie there, and in WAL."""
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    return Path(str(row[0]))


def _flat(value: _Reply) -> Iterator[bytes]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _flat(each)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _flat(each)
    else:
        yield _bytes(value)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
