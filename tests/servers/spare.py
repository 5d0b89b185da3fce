"""Databases with all tables and no rows: migrating takes long, so what tests leave is emptied.

A spare one takes the place, and the name, of the empty database that a test was given.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import count

import psycopg
from sqlalchemy.engine import make_url

from services.storage import migrate
from services.storage.tables import TABLES
from tests.servers.postgres import plain

_spare = defaultdict[str, list[str]](list)  # names of databases, by the address of their server
_current = set[str]()  # addresses of databases that were brought up to date here
_numbers = count(1)


def bring_up_to_date(url: str) -> None:
    """Have all tables in a database; an empty one is replaced by a spare one, if there is one."""
    server, name = _apart(url)
    if url not in _current and _spare[server] and not _tables(url):
        with psycopg.connect(plain(server), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
            connection.execute(f"ALTER DATABASE {_spare[server].pop()} RENAME TO {name}".encode())
    else:
        migrate.upgrade(url)
    _current.add(url)


def keep(url: str) -> None:
    """Keep a database for another test: one brought up to date here that has no other tables."""
    if url not in _current:
        return
    _current.remove(url)
    server, name = _apart(url)
    with psycopg.connect(plain(server), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )
        tables = _tables(url) - {"alembic_version"}
        if not tables <= {*TABLES.tables}:
            return
        _empty(url, tables)
        spare = f"spare_{next(_numbers)}"
        connection.execute(f"ALTER DATABASE {name} RENAME TO {spare}".encode())
        _spare[server].append(spare)


def _empty(url: str, tables: Iterable[str]) -> None:
    names = ", ".join(f'"{each}"' for each in tables)
    with psycopg.connect(plain(url)) as connection:
        connection.execute(f"TRUNCATE {names} RESTART IDENTITY".encode())


def _tables(url: str) -> set[str]:
    with psycopg.connect(plain(url)) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        return {each for (each,) in found}


def _apart(url: str) -> tuple[str, str]:
    """The address of its server, and its name."""
    parts = make_url(url)
    server = parts.set(database="postgres").render_as_string(hide_password=False)
    return server, str(parts.database)
