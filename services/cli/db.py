"""`commonhour db`: the database."""

import click

from services.config import Settings


@click.group(epilog="Example: commonhour db upgrade")
def db() -> None:
    """Look after the database."""


@db.command(epilog="Example: COMMONHOUR_DATABASE_URL=postgresql+psycopg:///x commonhour db upgrade")
def upgrade() -> None:
    """Make the tables, or bring those of an earlier version up to date."""
    from services.up import database  # noqa: PLC0415 -- other commands start without

    database.upgrade(Settings.from_env())
    click.echo("The database is up to date.")
