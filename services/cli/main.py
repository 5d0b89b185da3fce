"""The command `commonhour`."""

import os
import sys

# One thread for numpy in every process: our arrays are small and the machine is shared.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251

import click

from scheduler.errors import Explained
from services.cli.busy import busy
from services.cli.plan import plan

BAD_INPUT = 2  # exit status


@click.group(epilog="Example: commonhour plan examples/roadmap/problem.toml")
@click.version_option(package_name="commonhour")
def commonhour() -> None:
    """Find the hours a peer-mentorship group can keep for a whole semester."""


commonhour.add_command(plan)
commonhour.add_command(busy)


def main() -> None:
    """Run a command; an expected failure is one sentence on standard error."""
    try:
        commonhour()
    except Explained as error:
        click.echo(f"commonhour: {' '.join(str(error).split())}", err=True)
        sys.exit(BAD_INPUT)
