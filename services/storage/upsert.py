"""Inserting where a row may be there already, which each database writes in its own dialect."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from services.storage.rows.row import Row
from services.storage.work import Work


def insert_into(work: Work, table: type[Row]) -> Any:
    """Begin an INSERT that may go on with `on_conflict_do_update` or `on_conflict_do_nothing`."""
    if work.session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
