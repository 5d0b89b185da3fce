"""`commonhour worker`: runs jobs, in as many processes as there is work for."""

import click

from scheduler.errors import Explained
from services.config import Settings


@click.command(
    epilog="Example: commonhour worker notices planning", short_help="Run jobs of some queues."
)
@click.argument("queues", metavar="[QUEUE]...", nargs=-1)
def worker(queues: tuple[str, ...]) -> None:
    """Run the jobs of each QUEUE (notices, planning, calendars), of all of them by default.

    The queue named first goes first. SIGTERM ends it once the current job is done.
    """
    from services import log  # noqa: PLC0415 -- other commands start without
    from services.queue import QUEUES  # noqa: PLC0415
    from services.up.lock import keys_of  # noqa: PLC0415
    from services.wiring import Runtime  # noqa: PLC0415
    from services.worker import work  # noqa: PLC0415

    for each in queues:
        if each not in QUEUES:
            raise Explained(
                f"There is no queue {each!r}", remedy=f"name some of {', '.join(QUEUES)}"
            )
    settings = Settings.from_env()
    log.set_up(settings.log)
    click.get_current_context().with_resource(keys_of(settings))
    work(Runtime.of(settings), queues or QUEUES)
