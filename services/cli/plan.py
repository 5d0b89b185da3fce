"""`commonhour plan`: a problem file in, the best semesters of dates out."""

import sys
import time
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo  # noqa: TID251 -- the type alone

import click

from scheduler.planner import plan as find
from services.config import Settings
from services.planning.answer import to_json
from services.planning.problem import load
from services.planning.terminal import to_text

LOST_DATES = 3  # exit status: an answer, but not every date holds


@click.command(
    epilog="Example: commonhour plan examples/roadmap/problem.toml",
    short_help="Plan a semester of dates from a problem file.",
)
@click.argument("problem", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as one JSON object.")
@click.option("--top", default=5, type=click.IntRange(1), help="At most so many proposals (5).")
@click.option("--verbose", is_flag=True, help="Say on standard error how long each step took.")
def plan(problem: Path, *, as_json: bool, top: int, verbose: bool) -> None:
    """Plan a semester of dates from PROBLEM, a TOML or JSON file.

    Exit status: 0 when every date of the best proposal holds, 3 when some do not, 2 when the
    input cannot be planned.
    """
    clock = [time.perf_counter()]
    asked = load(problem, today=_today, network=Settings.from_env().network)
    clock.append(time.perf_counter())
    answer = find(asked, top=top)
    clock.append(time.perf_counter())
    for warning in answer.warnings:
        click.echo(f"commonhour: {warning}", err=True)
    if as_json:
        click.echo(to_json(asked, answer), nl=False)
    else:
        click.echo(to_text(asked, answer), nl=False)
    if verbose:
        read, planned = (1000 * (b - a) for a, b in pairwise(clock))
        click.echo(f"read in {read:.0f} ms, planned in {planned:.1f} ms", err=True)
    if answer.proposals[0].score.lost_dates:
        sys.exit(LOST_DATES)


def _today(tz: ZoneInfo) -> date:
    return datetime.now(tz).date()  # noqa: TID251 -- a door reads the clock
