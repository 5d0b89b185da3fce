"""`commonhour relay` and `commonhour clock`: the processes that nobody talks to."""

import click

from scheduler.errors import Explained
from services import log
from services.config import Settings


@click.command(epilog="Example: commonhour relay", short_help="Hand work to the workers.")
def relay() -> None:
    """Hand what is to be done from the database to the workers, by Redis.

    Several may run on one PostgreSQL. What is away is waited for. SIGTERM ends it.
    """
    from services.relay import run  # noqa: PLC0415 -- other commands start without
    from services.up.lock import keys_of  # noqa: PLC0415
    from services.wiring import Runtime  # noqa: PLC0415

    settings = Settings.from_env()
    log.set_up(settings.log)
    if settings.redis_url is None:
        raise Explained(
            "A relay needs a Redis",
            remedy="set COMMONHOUR_REDIS_URL, or run commonhour up, which starts its own",
        )
    click.get_current_context().with_resource(keys_of(settings))
    run(Runtime.of(settings))


@click.command(epilog="Example: commonhour clock", short_help="Record what is due.")
def clock() -> None:
    """Record what is due, each second: calendars to be read again, what is over.

    Several may run at once. What is away is waited for. SIGTERM ends it.
    """
    from services.clock import run  # noqa: PLC0415 -- other commands start without
    from services.up.lock import keys_of  # noqa: PLC0415
    from services.wiring import Runtime  # noqa: PLC0415

    settings = Settings.from_env()
    log.set_up(settings.log)
    click.get_current_context().with_resource(keys_of(settings))
    run(Runtime.of(settings))
