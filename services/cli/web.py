"""`commonhour web`: the pages and the API alone, where other processes do the rest."""

import click

from services.config import Settings


@click.command(
    epilog="Example: COMMONHOUR_LISTEN=0.0.0.0:8000 commonhour web",
    short_help="Serve pages and the API alone.",
)
def web() -> None:
    """Serve pages and the API at COMMONHOUR_LISTEN, on a database that is up to date.

    Run `commonhour db upgrade` before it, and `commonhour relay`, `clock` and `worker` beside it.
    A database that is away is waited for. SIGTERM ends it once the requests that have begun are
    answered.
    """
    from services import doubts, log  # noqa: PLC0415 -- other commands start without
    from services.app import create_app  # noqa: PLC0415
    from services.up.database import OutOfReach, require_tables  # noqa: PLC0415
    from services.up.lock import keys_of  # noqa: PLC0415
    from services.up.web import bind, serve  # noqa: PLC0415
    from services.wiring import Runtime  # noqa: PLC0415

    settings = Settings.from_env()
    log.set_up(settings.log)
    doubts.tell(settings.doubts)
    click.get_current_context().with_resource(keys_of(settings))
    runtime = Runtime.of(settings)
    try:
        require_tables(settings)
    except OutOfReach as error:
        click.echo(f"{error} It is served as soon as it answers.", err=True)
    listener = bind(settings.listen)
    click.echo(f"Common Hour is running: {settings.address}")
    serve(create_app(runtime), listener)
