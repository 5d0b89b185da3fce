"""Taking in an answer that came by mail, by hand or from a mail server's pipe."""

from typing import BinaryIO

import click

from services.flow.series import mailbox


@click.group()
def replies() -> None:
    """Take in answers that came by mail."""


@replies.command(epilog="Example: commonhour replies read answer.eml")
@click.argument("file", type=click.File("rb"))
def read(file: BinaryIO) -> None:
    """Read one mail (RFC 5322) from FILE, or from standard input for -, and say what it did."""
    from services.cli.database import opened  # noqa: PLC0415 -- other commands start without

    runtime = opened()
    raw = file.read(mailbox.LARGEST + 1)
    said = mailbox.taken(runtime, runtime.names, runtime.settings.authserv_id, raw)
    click.echo(f"{said[0].upper()}{said[1:]}.")
