"""`commonhour export` and `commonhour forget`: what is kept about one person."""

import json
from typing import TYPE_CHECKING

import click

from scheduler.errors import Explained

if TYPE_CHECKING:  # commands that need neither start without them
    from services.storage.rows.people import PersonRow
    from services.storage.work import Work


@click.command(epilog="Example: commonhour export ada@example.org > ada.json")
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="JSON, which it always is.")
def export(email: str, *, as_json: bool) -> None:  # noqa: ARG001 -- there is no other form
    """Print everything that is kept about the person with this address, as JSON."""
    from notifications import outbox  # noqa: PLC0415 -- other commands start without
    from services.cli.database import opened  # noqa: PLC0415
    from services.flow.stored import stored  # noqa: PLC0415

    runtime = opened()
    with runtime.reading() as work:
        person = _person(work, email)
        said = stored(work, person.id, runtime.keys)
    said["mails"] = [
        {"at": mail.at.isoformat(), "subject": mail.subject}
        for mail in outbox.read(runtime.settings.mails)
        if mail.to.lower() == person.email
    ]
    click.echo(json.dumps(said, indent=1, ensure_ascii=False, default=float))


@click.command(epilog="Example: commonhour forget ada@example.org --yes")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def forget(email: str, *, yes: bool) -> None:
    """Remove the person with this address and everything that is kept about them.

    The plans of their groups go too, since their time shows in them. That their dates to come are
    cancelled they are told by whoever invited them; where this service did, by mail, their address
    is kept sealed until that mail has left, for half a day at most. Dates of series to which their
    own calendar invited stay in everybody's: conclude those series first. The audit keeps a number
    that stands for nobody any more.
    """
    from services.cli.database import opened  # noqa: PLC0415 -- other commands start without
    from services.flow import people  # noqa: PLC0415

    runtime = opened()
    with runtime.reading() as work:
        person = _person(work, email)
    if not yes:
        click.confirm(f"Remove {person.email} for good?", abort=True)
    with runtime.work() as work:
        mails, seal = runtime.forget_mails, runtime.last_seal
        people.forget(work, person.id, mails=mails, seal=seal)
    click.echo(f"{person.email} is forgotten.")


def _person(work: "Work", email: str) -> "PersonRow":
    from services.flow import persons  # noqa: PLC0415
    from services.storage import people  # noqa: PLC0415

    person = people.by_email(work, persons.address(email))
    if person is None:
        raise Explained(f"Nobody here has the address {email}", remedy="check how it is written")
    return person
