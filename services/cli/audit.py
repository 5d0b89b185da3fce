"""`commonhour audit`: who did what, and whether that still stands as it was written."""

import json
import sys

import click

BROKEN = 1  # exit status


@click.group(epilog="Example: commonhour audit verify")
def audit() -> None:
    """Look after the audit, in which every change is written."""


@audit.command(epilog="Example: commonhour audit verify --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(*, as_json: bool) -> None:
    """Check that no line was altered, taken out, put in or cut off. Exit status 1 when one was.

    Keep the number of lines and the last seal somewhere else: a shorter chain, or another seal
    for as many lines, shows what this check alone cannot: that a whole database was put back as
    it once was, or written anew by somebody who has the keys.
    """
    from services.cli.database import opened  # noqa: PLC0415 -- other commands start without
    from services.storage import audit as chain  # noqa: PLC0415

    with opened().reading() as work:
        verdict = chain.verify(work.session)
    whole, seal = verdict.broken is None and not verdict.cut, verdict.seal.hex()
    if as_json:
        said = {
            "whole": whole,
            "lines": verdict.lines,
            "seal": seal,
            "broken": verdict.broken,
            "cut": verdict.cut,
        }
        click.echo(json.dumps(said, indent=1))
    elif whole:
        click.echo(f"The audit is whole: {verdict.lines} lines, last seal {seal or 'none'}.")
    elif verdict.cut:
        click.echo(
            f"Lines are missing at the end of the audit, after line {verdict.lines}, or its end "
            "was sealed with a key that is not set here: compare it with a backup."
        )
    else:
        click.echo(
            f"The audit is broken at line {verdict.broken}: compare it with a backup. "
            f"The {verdict.lines} lines before it are whole."
        )
    if not whole:
        sys.exit(BROKEN)
