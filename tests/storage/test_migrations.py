"""The migrations lead to the tables that the code knows."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from services.storage import migrate
from services.storage.tables import TABLES


def test_tables_and_migrations_agree(database_url: str, engine: Engine) -> None:
    migrate.upgrade(database_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, TABLES) == []


def test_upgrading_again_changes_nothing(database_url: str, engine: Engine) -> None:
    assert not migrate.is_current(engine)
    migrate.upgrade(database_url)
    with engine.begin() as connection:
        connection.execute(
            text("insert into try (key, until, count) values ('a', :now, 1)"),
            {"now": "2027-01-01 00:00:00"},
        )

    migrate.upgrade(database_url)

    assert migrate.is_current(engine)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from try")).scalar_one() == 1
