"""`commonhour demo`: the whole of it, on twelve invented people, without any account."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from scheduler.errors import Explained

_COORDINATOR = "you@example.org"


@click.command(epilog="Example: commonhour demo", short_help="Show everything on an example.")
@click.option("--stay/--no-stay", default=None, help="Go on running (on a terminal: yes).")
def demo(*, stay: bool | None) -> None:
    """Start service and sandbox, form a group, connect calendars, plan, and check the answer.

    On a terminal the service goes on running, to be looked at in a browser. Everything lies in
    .commonhour/demo and is made anew each time.
    """
    from services.demo.group import Example  # noqa: PLC0415 -- other commands start without
    from services.demo.service import running  # noqa: PLC0415
    from services.demo.story import Api, play  # noqa: PLC0415

    example = Example.read(Path("examples") / "inter-institution")
    click.echo("Starting Common Hour on SQLite and a Redis of its own ...")
    with running(Path(".commonhour", "demo").absolute()) as service:
        os.environ["COMMONHOUR_HOME"] = str(service.home)  # noqa: TID251 -- for what follows
        _step(f"It answers at {service.address}, the sandbox's calendars are at {service.sandbox}")
        token, link = _coordinator()
        _step(f"{_COORDINATOR} coordinates")
        told = play(Api(service.address, token), service, example, _step)
        _check(told, example)
        _show(told)
        if stay if stay is not None else sys.stdin.isatty() and sys.stdout.isatty():
            _stay(service, f"{service.address}/l/{link}", told)
        else:
            click.echo("\nOn a terminal it goes on running, to be looked at in a browser.")
            click.echo("Your own: .venv/bin/commonhour up")


def _step(sentence: str) -> None:
    click.echo(f"  {click.style('✓', fg='green')} {sentence}")


def _coordinator() -> tuple[str, str]:
    """Make the coordinator's token, and a link by which a browser signs in."""
    from services.cli.database import opened  # noqa: PLC0415
    from services.flow import signin, tokens  # noqa: PLC0415

    with opened().work() as work:
        person, token = tokens.create(work, _COORDINATOR, name="You", scopes=tokens.SCOPES)
        return token, signin.handed_over(work, person.id)


def _check(told: dict[str, Any], example: Any) -> None:
    """Compare the end state with what `commonhour plan` says of the same example."""
    from services.config import Settings  # noqa: PLC0415
    from services.demo.check import differences  # noqa: PLC0415

    found = differences(told["plan"]["answer"], example.folder, Settings.from_env().network)
    if found:
        raise Explained(f"The answer differs: {found}", remedy="please report this")
    _step("The answer is the one that the planner gives for the same calendars from files")


def _show(told: dict[str, Any]) -> None:
    from services.demo.telling import lines  # noqa: PLC0415

    for line in lines(told["plan"]["answer"], told["group"]["timezone"]):
        click.echo(f"  {line}")


def _stay(service: Any, link: str, told: dict[str, Any]) -> None:
    click.echo(
        f"\nLook at it in a browser (this link signs you in, once):\n\n    {link}\n\n"
        f"Then the plan: {service.address}/groups/{told['group']['id']}\n"
        f"The members' calendars, to look at and to change: {service.sandbox}/\n"
        f"Mails it would send: {service.address}/mails\n\nCtrl-C stops it."
    )
    try:
        service.process.wait()
    except KeyboardInterrupt:
        click.echo("\nStopping ...")
