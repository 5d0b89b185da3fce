"""`commonhour purge`: what is kept for a time only."""

import json

import click


@click.command(epilog="Example: commonhour purge")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def purge(*, as_json: bool) -> None:
    """Delete what is over: past busy time, old plans, links, sessions and kept mails."""
    from notifications import outbox  # noqa: PLC0415 -- other commands start without
    from services.cli.database import opened  # noqa: PLC0415
    from services.flow import purge as over  # noqa: PLC0415

    runtime = opened()
    with runtime.work() as work:
        dropped = over.purge(work)
    dropped["kept mails"] = outbox.purge(runtime.settings.mails, runtime.clock() - over.MAILS)
    if as_json:
        click.echo(json.dumps(dropped, indent=1))
    else:
        click.echo("\n".join(f"{number:>8}  {what}" for what, number in dropped.items()))
