"""Inserting where a row may be there already, which each database writes in its own dialect."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from services.storage.moment import on_postgresql
from services.storage.rows.row import Row
from services.storage.work import Work


def insert_into(work: Work, table: type[Row]) -> Any:
    """Begin an INSERT that may go on with `on_conflict_do_update` or `on_conflict_do_nothing`."""
    if on_postgresql(work.session):
        return postgresql.insert(table)
    return sqlite.insert(table)
