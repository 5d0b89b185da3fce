"""What commands on the database begin with."""

import click

from scheduler.errors import Explained
from services.config import Settings
from services.up.database import require_tables, upgrade
from services.wiring import Runtime


def opened(*, anew: bool = False) -> Runtime:
    """Return a runtime for this command, with the tables of this version. Raises Explained.

    anew  make the file that is the default where there is none yet
    """
    settings = Settings.from_env()
    if settings.database_url is None and not (settings.home / "commonhour.db").exists():
        if not anew:
            raise Explained(
                f"There is no database in {settings.home}",
                remedy="run commonhour up, or commonhour db upgrade, or set COMMONHOUR_HOME",
            )
        upgrade(settings)
    require_tables(settings)
    runtime = Runtime.of(settings)
    click.get_current_context().call_on_close(runtime.engine.dispose)
    return runtime
