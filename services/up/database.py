"""The database at a start: brought up to date by `up`, and only looked at by `web`."""

import logging

from sqlalchemy.exc import SQLAlchemyError

from scheduler.errors import Explained
from services.config import Settings
from services.storage import migrate
from services.storage.engine import engine_for, url_of


def upgrade(settings: Settings) -> None:
    """Bring the tables up to date. Raises Explained."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        migrate.upgrade(url_of(settings))
    except (SQLAlchemyError, OSError) as error:
        raise Explained(
            f"The database cannot be brought up to date ({cause(error)})",
            remedy="run commonhour doctor, which says more",
        ) from None


class OutOfReach(Explained):
    """The database does not answer."""


def require_tables(settings: Settings) -> None:
    """Raise Explained unless the tables are those of this version; OutOfReach if nobody knows."""
    engine = engine_for(url_of(settings))
    try:
        current = migrate.is_current(engine)
    except (SQLAlchemyError, OSError) as error:
        raise OutOfReach(
            f"The database cannot be reached ({cause(error)})",
            remedy="run commonhour doctor, which says more",
        ) from None
    finally:
        engine.dispose()
    if not current:
        raise Explained(
            "The database is not that of this version", remedy="run commonhour db upgrade"
        )


def cause(error: Exception) -> str:
    """Return the driver's own words, without the statement and its values."""
    if isinstance(error, OSError):
        return (error.strerror or type(error).__name__).lower()
    said = str(getattr(error, "orig", None) or "").strip().partition("\n")[0]
    return said.rstrip(".") or type(error).__name__
