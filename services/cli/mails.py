"""`commonhour mails`: the mails that are kept where no mail server is set."""

import json

import click

from scheduler.errors import Explained
from services.config import Settings
from services.planning.terminal import one_line


@click.command(epilog="Example: commonhour mails --json")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list, with the whole text.")
def mails(*, as_json: bool) -> None:
    """Show the mails that are kept on this machine, newest last, with their links."""
    from notifications import outbox  # noqa: PLC0415 -- other commands start without

    settings = Settings.from_env()
    if settings.smtp_url is not None:
        raise Explained(
            "Mails go to COMMONHOUR_SMTP_URL and none are kept here", remedy="look at that server"
        )
    kept = outbox.read(settings.mails)[::-1]
    if as_json:
        said = [
            {
                "id": mail.id,
                "at": mail.at.isoformat().replace("+00:00", "Z"),
                "to": mail.to,
                "subject": mail.subject,
                "links": list(mail.links),
                "text": mail.text,
            }
            for mail in kept
        ]
        click.echo(json.dumps(said, indent=1, ensure_ascii=False))
        return
    if not kept:
        click.echo("There are no mails yet.")
    for mail in kept:
        click.echo(f"{mail.at:%Y-%m-%d %H:%M}  {one_line(mail.to)}: {one_line(mail.subject)}")
        for link in mail.links:
            click.echo(f"    {link}")
