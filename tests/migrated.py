"""Databases with tables in them: migrating takes long, so a file is made once and copied."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from services.storage import migrate
from tests.servers import spare

_KEPT: list[TemporaryDirectory[str]] = []  # they go with the process


def migrated(url: str) -> None:
    """Bring a database up to date; one of SQLite's that is not there yet becomes a copy."""
    place = make_url(url)
    path = Path(place.database or "")
    if place.get_backend_name() == "sqlite" and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(_pattern(), path)
    elif place.get_backend_name() == "postgresql":
        spare.bring_up_to_date(url)
    else:
        migrate.upgrade(url)


@cache
def _pattern() -> Path:
    """A file of SQLite's that is up to date."""
    _KEPT.append(TemporaryDirectory(prefix="commonhour-pattern-"))
    path = Path(_KEPT[-1].name) / "pattern.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path
