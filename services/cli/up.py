"""`commonhour up`: everything on one machine."""

import click

from services.config import Settings


@click.command(
    epilog="Example: COMMONHOUR_HOME=~/commonhour commonhour up",
    short_help="Run everything on this machine.",
)
@click.option(
    "--sandbox", is_flag=True, help="Play Google and Outlook as well, with people not real."
)
def up(*, sandbox: bool) -> None:
    """Run everything on this machine: pages, API, workers, a database and a Redis of its own.

    Nothing needs to be installed or configured. What is remembered lies in COMMONHOUR_HOME
    (./.commonhour). Ctrl-C, or SIGTERM, ends everything; started again, nothing is lost.

    With --sandbox, calendars can be connected without any account: Google and Outlook are then
    those that `commonhour sandbox` plays.
    """
    from services.up.signals import Signals  # noqa: PLC0415 -- other commands start without

    settings = Settings.from_env()
    with Signals() as signals:  # before the long imports, so that Ctrl-C counts from now on
        from services.up.run import up as run  # noqa: PLC0415

        run(settings, signals, _say, sandbox=sandbox)


def _say(text: str) -> None:
    try:
        click.echo(text)
    except OSError:
        pass  # whoever started us has stopped reading, and we serve on
