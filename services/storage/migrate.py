"""From any earlier version of the tables to this one."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from services.storage.engine import engine_for

_HERE = Path(__file__).parent / "migrations"
# Migrations are numbered, and their files begin with the number.
_HEAD = max(path.name.partition("_")[0] for path in (_HERE / "versions").glob("[0-9]*.py"))

# Alembic is imported where it is used: it takes longer than the rest of a start together.


def upgrade(url: str) -> None:
    """Bring the database at this address up to date; nothing happens when it is."""
    from alembic import command  # noqa: PLC0415

    engine = engine_for(url)
    try:
        with engine.execution_options(writes=True).begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def is_current(engine: Engine) -> bool:
    """Whether the tables are those of this version, or of a later one.

    Later ones only add to them, so that old processes serve on until new ones have taken over.
    """
    try:
        with engine.connect() as connection:
            found = connection.execute(text("select version_num from alembic_version")).scalar()
    except (OperationalError, ProgrammingError):
        with engine.connect():  # raises again when it is the database that is away
            return False
    return found is not None and str(found) >= _HEAD


def _config() -> Any:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    return config
