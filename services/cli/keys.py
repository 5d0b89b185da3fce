"""`commonhour keys` and `commonhour tokens`: when secrets may be known to others."""

import json
from dataclasses import asdict

import click


@click.group(epilog="Example: commonhour keys rotate")
def keys() -> None:
    """Look after the keys that seal secrets in the database."""


@keys.command(epilog="Example: commonhour keys rotate")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rotate(*, as_json: bool) -> None:
    """Seal every secret anew, so that earlier keys open nothing any more.

    Keys that are kept in the home folder are exchanged: stop Common Hour first. Where
    COMMONHOUR_TOKEN_KEYS is set, put a new key in front of the others there, restart everything,
    run this, and then take the others away.
    """
    from services.cli.database import opened  # noqa: PLC0415 -- other commands start without
    from services.flow import secrets  # noqa: PLC0415
    from services.keys import KeptKeys  # noqa: PLC0415
    from services.up.lock import keys_of  # noqa: PLC0415

    settings = opened().settings
    kept = None if settings.token_keys else KeptKeys(settings.home)
    with keys_of(settings, to_exchange=True):
        if kept is not None:
            kept.begun()
        runtime = opened()  # once more: with the new key
        with runtime.work() as work:
            renewed, lost = secrets.rotate(work, runtime.keys)
        if kept is not None:
            kept.ended()
    _say({"sealed_anew": renewed, "not_opened": lost}, as_json=as_json)
    if settings.token_keys and not as_json:
        click.echo("Now take the older keys out of COMMONHOUR_TOKEN_KEYS, and restart everything.")


@click.group(epilog="Example: commonhour tokens revoke-all")
def tokens() -> None:
    """End what lets programs and browsers in."""


@tokens.command("revoke-all", epilog="Example: commonhour tokens revoke-all --yes")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def revoke_all(*, yes: bool, as_json: bool) -> None:
    """End every access to connected accounts, every API token and every session.

    Owners of accounts are asked to connect again. Google hears of it from the workers, within a
    minute while Common Hour runs. Microsoft takes no access back: if somebody else may have what
    was kept of Outlook accounts, give the application a new client secret there as well.
    """
    from services.cli.database import opened  # noqa: PLC0415
    from services.flow import secrets  # noqa: PLC0415

    runtime = opened()
    if not yes:
        click.confirm("Everybody has to sign in and connect again. Go on?", abort=True, err=True)
    with runtime.work() as work:
        ended = secrets.revoke_all(work)
    _say(asdict(ended), as_json=as_json)


def _say(numbers: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(numbers, indent=1))
    else:
        lines = (f"{number:>8}  {what.replace('_', ' ')}" for what, number in numbers.items())
        click.echo("\n".join(lines))
