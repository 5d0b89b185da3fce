"""`commonhour group`: groups as problem files, for the operator."""

import json
import sys
from pathlib import Path
from uuid import UUID

import click

from scheduler.errors import Explained


def _named(_context: click.Context, _parameter: click.Parameter, value: str | None) -> UUID | None:
    """Read an id. Raises Explained."""
    try:
        return None if value is None else UUID(value)
    except ValueError:
        raise Explained(
            f"{value!r} is no id", remedy="`commonhour group list` shows those of groups"
        ) from None


@click.group(short_help="Export or import a group as a problem file.")
def group() -> None:
    """Groups as problem files. Who may run this may read the database: it is the operator."""


@group.command(epilog="Example: commonhour group export 0193... --with-busy > group.toml")
@click.argument("group_id", metavar="GROUP", callback=_named)
@click.option("--with-busy", is_flag=True, help="With members' busy times; the audit tells of it.")
@click.option("--term", callback=_named, help="Which term (the latest), by its id.")
@click.option(
    "--series", "of_series", is_flag=True, help="What was committed instead, as a JSON object."
)
def export(group_id: UUID, *, with_busy: bool, term: UUID | None, of_series: bool) -> None:
    """Print GROUP as a problem file, which `commonhour plan` and `group import` read.

    With --series, print its committed dates instead, who is invited to each, and what they
    answered: a record, with names and addresses of mail. Nothing imports that.
    """
    if of_series and (with_busy or term):
        raise Explained(
            "--series tells of all terms, and of nobody's busy time", remedy="leave the others out"
        )
    sys.stdout.buffer.write(_series(group_id) if of_series else _problem(group_id, with_busy, term))


def _series(group_id: UUID) -> bytes:
    from services.cli.database import opened  # noqa: PLC0415
    from services.flow.series import exported  # noqa: PLC0415
    from services.storage.rows.groups import GroupRow  # noqa: PLC0415

    with opened().work() as work:
        row = work.session.get(GroupRow, group_id)
        if row is None:
            raise Explained("There is no such group", remedy="see commonhour group list")
        data = exported.of(work, row)
        work.note("group.series_exported", row.id, row.version)
    return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"


def _problem(group_id: UUID, with_busy: bool, term: UUID | None) -> bytes:  # noqa: FBT001
    from services.cli.database import opened  # noqa: PLC0415 -- keeps `commonhour plan` quick
    from services.flow.export import problem_with_busy, problem_without_busy  # noqa: PLC0415
    from services.storage import terms  # noqa: PLC0415
    from services.storage.rows.groups import GroupRow  # noqa: PLC0415

    with opened().work() as work:
        row = work.session.get(GroupRow, group_id)
        found = [each for each in terms.of(work, group_id) if term in (None, each.id)]
        if row is None or not found:
            raise Explained(
                f"There is no such group with {'such' if term else 'any'} term",
                remedy="see commonhour group list",
            )
        write = problem_with_busy if with_busy else problem_without_busy
        return write(work, row, found[0])


@group.command("import", epilog="Example: commonhour group import g.toml --coordinator ada@x.org")
@click.argument("problem", type=click.Path(path_type=Path))
@click.option("--coordinator", required=True, help="Address of mail of who coordinates it.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def import_(problem: Path, *, coordinator: str, as_json: bool) -> None:
    """Remember the group of PROBLEM, a problem file that holds busy times itself."""
    from services.cli.database import opened  # noqa: PLC0415
    from services.flow.imports import group_of  # noqa: PLC0415

    with opened().work() as work:
        made = group_of(work, problem, coordinator)
    click.echo(json.dumps({"id": str(made.id)}) if as_json else f"The group is {made.id}.")


@group.command("list", epilog="Example: commonhour group list --json")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_(*, as_json: bool) -> None:
    """List every group with its id."""
    from services.cli.database import opened  # noqa: PLC0415
    from services.storage import groups  # noqa: PLC0415

    with opened().reading() as work:
        rows = [{"id": str(each.id), "title": each.title} for each in groups.every(work)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    for each in [] if as_json else rows:
        click.echo(f"{each['id']}  {each['title']}")
