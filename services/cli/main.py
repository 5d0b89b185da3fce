"""The command `commonhour`."""

import io
import os
import sys
from typing import NoReturn

# One thread for numpy in every process: our arrays are small and the machine is shared.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251

import click

from scheduler.errors import Explained
from services.cli.audit import audit
from services.cli.busy import busy
from services.cli.db import db
from services.cli.demo import demo
from services.cli.doctor import doctor
from services.cli.group import group
from services.cli.keys import keys, tokens
from services.cli.mails import mails
from services.cli.outbox import outbox
from services.cli.people import export, forget
from services.cli.plan import plan
from services.cli.purge import purge
from services.cli.replies import replies
from services.cli.sandbox import sandbox
from services.cli.token import token
from services.cli.turning import clock, relay
from services.cli.up import up
from services.cli.web import web
from services.cli.worker import worker
from services.planning.terminal import one_line

BAD_INPUT = 2  # exit status
_OURS_ALONE = 0o077  # the database, keys, mails and plans are for no other user of this machine


@click.group(epilog="Example: commonhour plan examples/roadmap/problem.toml")
@click.version_option(package_name="commonhour")
def commonhour() -> None:
    """Find the hours a peer-mentorship group can keep for a whole semester."""


commonhour.add_command(up)
commonhour.add_command(web)
commonhour.add_command(relay)
commonhour.add_command(clock)
commonhour.add_command(worker)
commonhour.add_command(doctor)
commonhour.add_command(plan)
commonhour.add_command(busy)
commonhour.add_command(demo)
commonhour.add_command(sandbox)
commonhour.add_command(group)
commonhour.add_command(token)
commonhour.add_command(tokens)
commonhour.add_command(keys)
commonhour.add_command(mails)
commonhour.add_command(replies)
commonhour.add_command(outbox)
commonhour.add_command(export)
commonhour.add_command(forget)
commonhour.add_command(purge)
commonhour.add_command(audit)
commonhour.add_command(db)


def main() -> None:
    """Run a command; an expected failure is one sentence on standard error."""
    os.umask(_OURS_ALONE)  # for every process that is started from here as well
    if sys.stdout is None:
        _fail("Standard output is closed: leave it open, or send it to a file.")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal may lack a sign we draw with
    try:
        commonhour()
    except Explained as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.exit(1)  # whoever reads has read enough
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        _fail(f"Standard output: {reason.lower()}: make room, or send it elsewhere.")


def _fail(sentence: str) -> NoReturn:
    click.echo(f"commonhour: {one_line(sentence)}", err=True)
    sys.exit(BAD_INPUT)
