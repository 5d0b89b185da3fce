"""`commonhour demo`: the whole of it, on twelve invented people, without any account."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from scheduler.errors import Explained


@click.command(epilog="Example: commonhour demo", short_help="Show everything on an example.")
@click.option("--stay/--no-stay", default=None, help="Go on running (on a terminal: yes).")
def demo(*, stay: bool | None) -> None:
    """Start service and sandbox, form a group, connect calendars, plan, and check the answer.

    On a terminal the service goes on running, to be looked at in a browser. Everything lies in
    .commonhour/demo and is made anew each time.
    """
    from services.demo.group import Example  # noqa: PLC0415 -- other commands start without
    from services.demo.semester import Semester  # noqa: PLC0415
    from services.demo.service import running  # noqa: PLC0415
    from services.demo.story import Api, play  # noqa: PLC0415

    example = Example.read(Path("examples") / "inter-institution")
    click.echo("Starting Common Hour on SQLite and a Redis of its own ...")
    with running(Path(".commonhour", "demo").absolute()) as service:
        os.environ["COMMONHOUR_HOME"] = str(service.home)  # noqa: TID251 -- for what follows
        _step(f"It answers at {service.address}, the sandbox's calendars are at {service.sandbox}")
        token, link = _coordinator(example.coordinator, example.coordinator_name)
        _step(f"You are {example.coordinator_name}, who coordinates")
        api = Api(service.address, token)
        told = play(api, service, example, _step)
        _check(told, example)
        semester = Semester(api, service, example, told, _step)
        told["series"] = semester.commit(f"{service.address}/l/{link}")
        _show(told, semester.dates(told["series"]["id"]), semester.counted())
        if stay if stay is not None else sys.stdin.isatty() and sys.stdout.isatty():
            _stay(service, f"{service.address}/l/{_link(example.coordinator)}", told)
        else:
            click.echo(
                "\nTo look at all of this in a browser: .venv/bin/commonhour demo --stay\n"
                "It plays the story again, goes on running, and prints a link that signs you in.\n"
                "While it runs, the members' calendars are to be seen at the sandbox's address,\n"
                f"such as {service.sandbox}/, and the mails at {service.address}/mails.\n"
                "Your own group: .venv/bin/commonhour up"
            )


def _step(sentence: str) -> None:
    click.echo(f"  {click.style('✓', fg='green')} {sentence}")


def _coordinator(email: str, name: str) -> tuple[str, str]:
    """Make the coordinator's token, and a link by which a browser signs in."""
    from services.cli.database import opened  # noqa: PLC0415
    from services.flow import signin, tokens  # noqa: PLC0415

    with opened().work() as work:
        person, token = tokens.create(work, email, name=name, scopes=tokens.SCOPES)
        return token, signin.handed_over(work, person.id)


def _link(email: str) -> str:
    """Make another link for the coordinator."""
    from services.cli.database import opened  # noqa: PLC0415
    from services.flow import signin  # noqa: PLC0415
    from services.storage import people  # noqa: PLC0415

    with opened().work() as work:
        person = people.by_email(work, email)
        assert person is not None  # made above
        return signin.handed_over(work, person.id)


def _check(told: dict[str, Any], example: Any) -> None:
    """Compare the end state with what `commonhour plan` says of the same example."""
    from services.config import Settings  # noqa: PLC0415
    from services.demo.check import differences  # noqa: PLC0415

    found = differences(told["plan"]["answer"], example.folder, Settings.from_env().network)
    if found:
        raise Explained(f"The answer differs: {found}", remedy="please report this")
    _step("The answer is the one that the planner gives for the same calendars from files")


def _show(told: dict[str, Any], dates: list[dict[str, Any]], calendars: int) -> None:
    from services.demo.telling import committed, lines  # noqa: PLC0415

    for line in lines(told["plan"]["answer"], told["group"]["timezone"]):
        click.echo(f"  {line}")
    for line in committed(dates, calendars, told["group"]["timezone"]):
        click.echo(f"  {line}")


def _stay(service: Any, link: str, told: dict[str, Any]) -> None:
    click.echo(
        f"\nLook at it in a browser (this link signs you in, once):\n\n    {link}\n\n"
        f"Then the semester: {service.address}/groups/{told['group']['id']}"
        f"/series/{told['series']['id']}\n"
        f"The members' calendars, to look at, to answer and to change: {service.sandbox}/\n"
        f"Mails it would send: {service.address}/mails\n\nCtrl-C stops it."
    )
    try:
        service.process.wait()
    except KeyboardInterrupt:
        click.echo("\nStopping ...")
