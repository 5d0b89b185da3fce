"""`commonhour doctor`: what is configured, reachable, weak or missing, on one screen."""

import json
import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from services.doctor.finding import Finding

_SIGNS = {"ok": "ok", "weak": "weak !", "missing": "missing", "failing": "FAILING"}


@click.command(
    epilog="Example: commonhour doctor --json",
    short_help="Say what is configured, reachable, weak or missing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(*, as_json: bool) -> None:
    """Look at every part of this installation and say what to do, changing nothing.

    Exit status: 0 when nothing fails, 1 when something does. What is missing is made by the
    first start, and what is weak works.
    """
    from services.doctor.examine import examine  # noqa: PLC0415 -- other commands start without
    from services.wiring import now  # noqa: PLC0415

    found = list(examine(os.environ, now()))  # noqa: TID251 -- as the settings are read
    well = all(each.state != "failing" for each in found)
    if as_json:
        click.echo(json.dumps({"ok": well, "findings": [asdict(each) for each in found]}, indent=1))
    else:
        click.echo("\n".join(map(_line, found)))
    sys.exit(0 if well else 1)


def _line(found: "Finding") -> str:
    line = f"{_SIGNS[found.state]:9}{found.part:14}{found.what}"
    return f"{line}: {found.remedy}" if found.remedy else line
