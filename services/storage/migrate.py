"""From any earlier version of the tables to this one."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from services.storage.engine import engine_for

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
    """Whether the tables are those of this version."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    head = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def _config() -> Any:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
