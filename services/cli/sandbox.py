"""`commonhour sandbox`: calendar hosts of our own, to try everything without accounts."""

import json
import shlex

import click

from scheduler.errors import Explained
from services.config import Settings


@click.command(
    epilog="Example: commonhour sandbox --redirect http://127.0.0.1:8000/connect/google/return",
    short_help="Play Google, Outlook and other calendar hosts on this machine.",
)
@click.option(
    "--listen",
    default="127.0.0.1:8443",
    metavar="HOST:PORT",
    help="Where to listen.",
    show_default=True,
)
@click.option(
    "--redirect",
    multiple=True,
    metavar="URL",
    help="Where sign-in may return to, besides this service's own address. Repeat it for more.",
)
@click.option("--json", "as_json", is_flag=True, help="Say where it is as one line of JSON.")
def sandbox(listen: str, redirect: tuple[str, ...], *, as_json: bool) -> None:
    """Play Google, Outlook and other calendar hosts here, with people who are not real.

    Everything lies in COMMONHOUR_HOME/sandbox and is there again after a restart. It prints the
    settings with which a service uses it; `commonhour up --sandbox` does all of that by itself.
    Ctrl-C, or SIGTERM, ends it.
    """
    from services import log  # noqa: PLC0415 -- other commands start without
    from services.sandbox.mail.carrier import Mails  # noqa: PLC0415
    from services.sandbox.serving import Running, environment, listening, serve  # noqa: PLC0415
    from services.up.sandbox import RETURNS  # noqa: PLC0415
    from services.up.web import SPARE, bind  # noqa: PLC0415

    settings = Settings.from_env()
    log.set_up(settings.log)
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise Explained(f"--listen {listen} is no address", remedy="write one as 127.0.0.1:8443")

    def say(running: Running) -> None:
        variables = environment(running.base, running.ca_file)
        if as_json:
            told = {
                "base": running.base,
                "smtp": running.smtp,
                "ca_file": str(running.ca_file),
                "settings": variables,
            }
            click.echo(json.dumps(told))
            return
        click.echo(f"The sandbox plays Google and Outlook: {running.base}/")
        click.echo("A service uses it with these settings:")
        for name, value in variables.items():
            click.echo(f"  export {name}={shlex.quote(value)}")
        click.echo("Mails of a service with this one reach the people here, and nobody else:")
        click.echo(f"  export COMMONHOUR_SMTP_URL={running.smtp}")
        click.echo("Ctrl-C stops it.")

    mails = Mails(bind(("127.0.0.1", 8025), spare=SPARE))
    returns = (*(settings.address + each for each in RETURNS), *redirect)
    serve(listening(host.strip("[]"), int(port)), settings.home / "sandbox", returns, mails, say)
