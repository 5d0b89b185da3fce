"""`commonhour busy`: calendar files or addresses in, busy time out."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo  # noqa: TID251 -- the type alone

import click

from calendar_sync.ics.merge import busy_time
from calendar_sync.ics.source import Source, read_all
from scheduler.errors import BadProblem
from scheduler.model.busy import BusyInterval
from scheduler.model.zone import zone
from services.config import Settings
from services.planning.answer import iso


@click.command(
    epilog="Example: commonhour busy ada.ics --from 2027-01-04 --to 2027-07-01 "
    "--tz America/New_York --json",
    short_help="Show the busy time of calendar files or addresses.",
)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--from", "begin", required=True, help="From this moment on (ISO 8601).")
@click.option("--to", "end", required=True, help="Up to this moment.")
@click.option("--tz", default="UTC", help="Zone of floating times and all-day events (UTC).")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def busy(sources: tuple[str, ...], begin: str, end: str, tz: str, *, as_json: bool) -> None:
    """Show the busy time of each SOURCE, an ICS file or an https address, merged.

    Only times and their kind are read: busy, unavailable or tentative. Titles never are.
    """
    home = zone(tz)
    span = _moment("--from", begin, home), _moment("--to", end, home)
    if span[1] <= span[0]:
        raise BadProblem("--to is not after --from", remedy="exchange or correct them")
    network = Settings.from_env().network
    found = read_all([Source(each, span, tz) for each in sources], network=network)
    merged = busy_time([each for intervals in found for each in intervals], span)
    click.echo(_json(merged) if as_json else _text(merged, home), nl=False)


def _moment(option: str, text: str, home: ZoneInfo) -> int:
    try:
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=home)).timestamp())
    except (ValueError, OverflowError):
        raise BadProblem(
            f"{option}: {text!r} is not a moment", remedy="write one such as 2027-01-04T00:00"
        ) from None


def _json(intervals: list[BusyInterval]) -> str:
    rows = [{"start": iso(i.start), "end": iso(i.end), "kind": i.kind.value} for i in intervals]
    return f"{json.dumps(rows, indent=1)}\n"


def _text(intervals: list[BusyInterval], home: ZoneInfo) -> str:
    if not intervals:
        return "Nothing busy in that time.\n"
    lines = [f"{'from':18}{'to':18}kind ({home.key})"]
    for each in intervals:
        start, end = (datetime.fromtimestamp(at, home) for at in each[:2])
        lines.append(f"{start:%Y-%m-%d %H:%M}  {end:%Y-%m-%d %H:%M}  {each.kind.value}")
    return "\n".join(lines) + "\n"
