"""`commonhour plan`: a problem file in, the best semesters of dates out."""

import sys
import time
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo  # noqa: TID251 -- the type alone

import click

from scheduler.model.answer import Answer
from scheduler.model.problem import Problem
from scheduler.planner import plan as find
from services.config import Settings
from services.planning import export
from services.planning.answer import to_json
from services.planning.files import write_page
from services.planning.page.render import to_html
from services.planning.problem import load
from services.planning.terminal import one_line, to_text

LOST_DATES = 3  # exit status: an answer, but not every date holds


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What to do with the answer."""

    as_json: bool
    choose: int
    html: Path | None
    ics: Path | None


@click.command(
    epilog="Example: commonhour plan examples/roadmap/problem.toml --html plan.html",
    short_help="Plan a semester of dates from a problem file.",
)
@click.argument("problem", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as one JSON object.")
@click.option("--top", default=5, type=click.IntRange(1), help="At most so many proposals (5).")
@click.option("--choose", default=1, type=click.IntRange(1), help="Show proposal N, not the best.")
@click.option("--html", type=click.Path(path_type=Path), help="Draw the answer as a page.")
@click.option("--ics", type=click.Path(path_type=Path), help="Write calendar files into a folder.")
@click.option("--verbose", is_flag=True, help="Say on standard error how long each step took.")
def plan(problem: Path, *, top: int, verbose: bool, **wanted: Any) -> None:
    """Plan a semester of dates from PROBLEM, a TOML or JSON file.

    Exit status: 0 when every date of the best proposal holds, 3 when some do not, 2 when the
    input cannot be planned.
    """
    clock = [time.perf_counter()]
    asked = load(problem, today=_today, network=Settings.from_env().network, warn=_say)
    clock.append(time.perf_counter())
    answer = find(asked, top=top, choose=wanted["choose"])
    clock.append(time.perf_counter())
    for warning in answer.warnings:
        _say(warning)
    _show(asked, answer, _Wanted(**wanted))
    if verbose:
        read, planned = (1000 * (after - before) for before, after in pairwise(clock))
        click.echo(f"read in {read:.0f} ms, planned in {planned:.1f} ms", err=True)
    if answer.proposals[0].score.lost_dates:
        sys.exit(LOST_DATES)


def _show(problem: Problem, answer: Answer, wanted: _Wanted) -> None:
    """Write the files asked for, then the answer; nothing is printed when a file cannot be."""
    chosen = answer.proposals[wanted.choose - 1]
    if wanted.html is not None:
        write_page(wanted.html, to_html(problem, answer, choose=wanted.choose))
        _say(f"The page is {wanted.html}.")
    if wanted.ics is not None:
        written = export.write(problem, chosen, wanted.ics, answer.notices)
        _say(f"The calendars are {' and '.join(map(str, written))}.")
    if wanted.as_json:
        click.echo(to_json(problem, answer), nl=False)
    else:
        click.echo(to_text(problem, answer, choose=wanted.choose), nl=False)


def _say(sentence: str) -> None:
    click.echo(f"commonhour: {one_line(sentence)}", err=True)


def _today(tz: ZoneInfo) -> date:
    return datetime.now(tz).date()  # noqa: TID251 -- a door reads the clock
