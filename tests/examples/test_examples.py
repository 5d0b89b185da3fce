import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar

from scheduler.model.zone import zone

EXAMPLES = Path(__file__).parents[2] / "examples"
PROBLEMS = sorted(EXAMPLES.glob("*/problem.toml"))
CALENDARS = sorted(EXAMPLES.glob("*/*.ics"))

Instance = tuple[datetime, datetime]


TERMS = {path.parent: tomllib.loads(path.read_text())["term"] for path in PROBLEMS}
MEMBERS = [
    pytest.param(path.parent, member, id=f"{path.parent.name}: {member['name']}")
    for path in PROBLEMS
    for member in tomllib.loads(path.read_text())["members"]
    if "calendars" in member
]


def test_every_kind_of_group_has_an_example() -> None:
    assert [path.parent.name for path in PROBLEMS] == [
        "aspire",
        "co-chiefs",
        "department-programme",
        "every-other-thursday",
        "inter-institution",
        "roadmap",
        "roadmap-half-days",
    ]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda path: path.parent.name)
def test_every_example_has_a_plan(problem: Path) -> None:
    command = [sys.executable, "-m", "services", "plan", str(problem)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr


def test_generating_again_gives_the_same_bytes(tmp_path: Path) -> None:
    script = EXAMPLES / "generate.py"
    subprocess.run([sys.executable, "-B", script, "--out", tmp_path], check=True)
    again = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    here = {path.relative_to(EXAMPLES): path for path in [*PROBLEMS, *CALENDARS]}
    assert sorted(again) == sorted(here)
    assert [name for name in here if here[name].read_bytes() != again[name].read_bytes()] == []


def test_the_examples_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in [*PROBLEMS, *CALENDARS]) < 2_500_000


@pytest.mark.parametrize("path", CALENDARS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_line_ends_in_crlf_and_is_folded_between_letters(path: Path) -> None:
    *lines, rest = path.read_bytes().split(b"\r\n")
    assert rest == b""
    for line in lines:
        assert len(line) <= 75
        assert line.decode().isprintable()  # a stray CR, LF or tab is not


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda path: path.parent.name)
def test_a_problem_names_exactly_the_calendars_beside_it(problem: Path) -> None:
    named = [
        name
        for member in tomllib.loads(problem.read_text())["members"]
        for name in (*member.get("calendars", ()), *member.get("clinical", ()))
    ]
    assert sorted(named) == sorted(path.name for path in problem.parent.glob("*.ics"))


@pytest.mark.parametrize(("folder", "member"), MEMBERS)
def test_everyone_has_a_semester_s_worth_of_busy_time(folder: Path, member: Any) -> None:
    names = [*member["calendars"], *member.get("clinical", ())]
    everything = [each for name in names for each in busy(folder / name, member["timezone"])]
    # A year is two semesters: the co-chiefs' calendars hold twice as much as the others'.
    semesters = round((TERMS[folder]["end"] - TERMS[folder]["start"]).days / 180)
    assert 300 <= len(set(everything)) / semesters <= len(everything) / semesters <= 700


@pytest.mark.parametrize(("folder", "member"), MEMBERS)
def test_a_clinic_stands_in_an_ordinary_calendar_wholly_or_not_at_all(
    folder: Path, member: Any
) -> None:
    ordinary, clinical = (
        {each for name in member.get(key, ()) for each in busy(folder / name, member["timezone"])}
        for key in ("calendars", "clinical")
    )
    shared = len(ordinary & clinical)
    assert shared == len(clinical) or shared < len(clinical) / 10  # a few coincide by chance


@cache
def busy(path: Path, timezone: str) -> tuple[Instance, ...]:
    """What takes time in the term, one by one, read by another program than ours."""
    calendar = Calendar.from_ical(path.read_bytes())
    return *_free_busy(calendar), *_events(calendar, zone(timezone), TERMS[path.parent])


def _events(calendar: Any, here: tzinfo, term: Any) -> Iterator[Instance]:
    after = term["end"] + timedelta(days=1)
    for event in recurring_ical_events.of(calendar).between(term["start"], after):
        start, end = (_instant(event[name].dt, here) for name in ("DTSTART", "DTEND"))
        if takes_time(event) and start < end:
            yield start, end


def takes_time(event: Any) -> bool:
    if event["STATUS"] == "CANCELLED":
        return False
    usual = "FREE" if event["TRANSP"] == "TRANSPARENT" else "BUSY"
    return event.get("X-MICROSOFT-CDO-BUSYSTATUS", usual) not in {"FREE", "WORKINGELSEWHERE"}


def _free_busy(calendar: Any) -> Iterator[Instance]:
    for part in calendar.walk("VFREEBUSY"):
        for period in part["FREEBUSY"]:
            yield period.start, period.end


def _instant(moment: date | datetime, here: tzinfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=here)
    return moment.astimezone(UTC)
