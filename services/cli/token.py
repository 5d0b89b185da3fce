"""`commonhour token`: API tokens."""

import json

import click

SCOPES = ("read", "groups", "calendars", "plans", "series", "me")  # as in services.flow.tokens


@click.group(epilog="Example: commonhour token create --email ada@example.org")
def token() -> None:
    """Make tokens, with which programs act for a person."""


@token.command(
    epilog="Example: commonhour token create --email ada@example.org --scope read --days 30"
)
@click.option("--email", required=True, help="Of the person it acts for, who is made when new.")
@click.option("--name", help="What to call a new person.")
@click.option("--scope", multiple=True, type=click.Choice(SCOPES), help="What it may do (all).")
@click.option("--days", type=click.IntRange(1, 3660), help="After which it ends (never).")
@click.option("--operator", is_flag=True, help="For the one who looks after this installation.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def create(  # noqa: PLR0913 -- its options
    email: str,
    name: str | None,
    scope: tuple[str, ...],
    days: int | None,
    *,
    operator: bool,
    as_json: bool,
) -> None:
    """Make a token and print it, once: only its hash is kept."""
    from services.cli.database import opened  # noqa: PLC0415 -- other commands start without
    from services.flow import tokens  # noqa: PLC0415

    with opened(anew=True).work() as work:
        person, secret = tokens.create(
            work, email, name=name, scopes=scope or SCOPES, days=days, operator=operator
        )
        found = tokens.authenticate(work, secret)
        assert found is not None
        said = {
            "token": secret,
            "id": str(found.id),
            "person_id": str(person.id),
            "email": person.email,
            "name": person.name,
            "scopes": found.scopes,
            "operator": operator,
            "expires_at": found.expires_at and found.expires_at.isoformat(),
        }
    click.echo(json.dumps(said, indent=1) if as_json else secret)
