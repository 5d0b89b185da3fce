"""Every way to write a problem wrong: one sentence with the place and the remedy, status 2."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scheduler.errors import BadProblem
from services.planning.document import read_document
from tests.builders import a_problem, members
from tests.services.commands import Outcome, Terminal

Change = Callable[[dict[str, Any]], object]


def told_in_one_sentence(outcome: Outcome) -> str:
    """The one sentence of a refused command."""
    assert outcome.status == 2
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert outcome.err.count("\n") == 1
    assert re.fullmatch(r"commonhour: .+: .+\.\n", outcome.err)
    return outcome.err


def plan(terminal: Terminal, folder: Path, problem: dict[str, Any]) -> Outcome:
    path = folder / "problem.json"
    path.write_text(json.dumps(problem))
    return terminal.run("plan", path, "--json")


def put(path: str, value: Any) -> Change:
    """Set a value deep inside a problem; the path's steps are separated by dots."""

    def change(problem: Any) -> None:
        *steps, last = path.split(".")
        for step in steps:
            problem = problem[int(step) if step.isdecimal() else step]
        problem[int(last) if last.isdecimal() else last] = value

    return change


def drop(key: str) -> Change:
    return lambda problem: problem.pop(key)


RANGE = {"days": ["mon"], "start": "08:00", "end": "18:00"}
WRONG: dict[str, tuple[Change, list[str]]] = {
    "unknown key": (put("tmezone", 1), ["'tmezone'", "perhaps it is timezone"]),
    "unknown key inside": (put("meeting.minuts", 1), ["meeting", "perhaps it is minutes"]),
    "unknown key of a member": (put("members.0.hourz", 1), ["members[0]", "perhaps it is hours"]),
    "missing term": (drop("term"), ["term", "missing"]),
    "missing zone": (drop("timezone"), ["timezone", "missing"]),
    "text for a number": (put("meeting.minutes", "60"), ["meeting.minutes", "a whole number"]),
    "fraction of a minute": (put("meeting.minutes", 60.5), ["meeting.minutes", "a whole number"]),
    "truth for a number": (put("meeting.minutes", True), ["meeting.minutes", "a whole number"]),
    "number for a text": (put("title", 5), ["title", "text in quotes"]),
    "table for a list": (put("windows", {}), ["windows", "a list"]),
    "list for a table": (put("meeting", []), ["meeting", "a table"]),
    "no minutes": (put("meeting.minutes", 0), ["meeting.minutes", "at least 1"]),
    "impossible date": (put("term.start", "2027-02-30"), ["term.start", "2027-02-30"]),
    "date of long ago": (put("term.start", "0001-01-01"), ["term.start", "year"]),
    "end before start": (put("term.end", "2026-06-30"), ["term", "before it starts"]),
    "term too long": (put("term.end", "2029-03-15"), ["term", "800 days"]),
    "window backwards": (put("windows.0.end", "07:00"), ["windows[0]", "not after the start"]),
    "window with a wrong hour": (put("windows.0.end", "25:00"), ["windows[0].end", "25:00"]),
    "unknown weekday": (put("windows.0.days", ["mom"]), ["windows[0].days[0]", "mon"]),
    "window without days": (put("windows.0.days", []), ["windows[0].days", "empty"]),
    "no windows": (put("windows", []), ["windows", "empty"]),
    "too many windows": (put("windows", [RANGE] * 61), ["windows", "61 long", "at most 60"]),
    "too many hours": (put("members.0.hours", [RANGE] * 61), ["members[0].hours", "at most 60"]),
    "too many preferred hours": (put("members.0.preferred", [{}] * 61), ["preferred", "60"]),
    "too many days of a range": (put("windows.0.days", ["mon"] * 8), ["days", "at most 7"]),
    "too many tiers": (put("notice", [{"days": 1}] * 21), ["notice", "21 long", "at most 20"]),
    "too many blackouts": (put("blackouts", [{}] * 201), ["blackouts", "201", "at most 200"]),
    "too many choices": (
        put("cadence", {"kind": "monthly", "ordinals": [1] * 51}),
        ["cadence.ordinals", "51 long", "at most 50"],
    ),
    "too many dates of a choice": (
        put("cadence", {"kind": "monthly", "ordinals": [[1] * 6]}),
        ["cadence.ordinals", "6 long", "at most 5"],
    ),
    "a long title": (put("title", "x" * 201), ["title", "too long", "at most 200 letters"]),
    "a long approver": (
        put("notice", [{"days": 1, "approver": "x" * 201}]),
        ["notice[0].approver", "at most 200 letters"],
    ),
    "a long name of a blackout": (
        put("blackouts", [{"start": "2027-01-04", "end": "2027-01-04", "name": "x" * 201}]),
        ["blackouts[0].name", "at most 200 letters"],
    ),
    "window too short": (put("windows.0.end", "08:30"), ["windows", "30 minutes"]),
    "unknown zone": (put("timezone", "America/New_Yrok"), ["timezone", "America/New_York"]),
    "zone of the machine": (put("timezone", "localtime"), ["timezone", "localtime"]),
    "zone outside": (put("timezone", "../../etc/passwd"), ["timezone"]),
    "unknown zone of a member": (put("members.0.timezone", "X"), ["members[0].timezone", "X"]),
    "no members": (put("members", []), ["members", "empty"]),
    "a name twice": (put("members", members(1) * 2), ["'M1'", "twice"]),
    "no name": (put("members.0.name", ""), ["members[0].name", "empty"]),
    "quorum above the group": (put("quorum", {"count": 2}), ["quorum.count", "group of 1"]),
    "share above one": (put("quorum", {"share": 1.5}), ["quorum.share", "0 to 1"]),
    "share and count": (put("quorum", {"share": 1, "count": 1}), ["quorum", "both"]),
    "counts without free": (put("quorum", {"counts": []}), ["quorum", "add free"]),
    "unknown state": (put("quorum", {"counts": ["fre"]}), ["quorum.counts[0]", "free"]),
    "grid of zero": (put("meeting.grid", 0), ["meeting.grid", "at least 1"]),
    "grid above a day": (put("meeting.grid", 1441), ["meeting.grid", "at most 1440"]),
    "unknown cadence": (put("cadence.kind", "monthy"), ["cadence.kind", "monthly"]),
    "every with monthly": (
        put("cadence", {"kind": "monthly", "every": 2}),
        ["cadence", "every 2"],
    ),
    "fifth weekday": (
        put("cadence", {"kind": "monthly", "ordinals": [5]}),
        ["cadence.ordinals", "5"],
    ),
    "uneven ordinals": (
        put("cadence", {"kind": "monthly", "ordinals": [[1, 3], 2]}),
        ["cadence.ordinals", "equally many"],
    ),
    "rising tiers": (put("notice", [{"days": 30}, {"days": 60}]), ["falling order"]),
    "busy backwards": (
        put("members.0.busy", [["2027-01-06T15:00:00Z", "2027-01-06T14:00:00Z"]]),
        ["members[0].busy[0]", "not after the start"],
    ),
    "busy for no time": (
        put("members.0.busy", [["2027-01-06T15:00:00Z", "2027-01-06T15:00:00Z"]]),
        ["members[0].busy[0]", "not after the start"],
    ),
    "busy without an end": (put("members.0.busy", [["2027-01-06"]]), ["members[0].busy[0]"]),
    "busy on a day": (
        put("members.0.busy", [["2027-01-06", "2027-01-07"]]),
        ["members[0].busy[0]", "date-time"],
    ),
    "busy of an unknown kind": (
        put("members.0.busy", [["2027-01-06T15:00:00Z", "2027-01-06T16:00:00Z", "holiday"]]),
        ["members[0].busy[0]", "holiday"],
    ),
    "blackout backwards": (
        put("blackouts", [{"start": "2027-03-19", "end": "2027-03-15"}]),
        ["blackouts[0]", "exchange"],
    ),
    "missing calendar": (put("members.0.calendars", ["none.ics"]), ["none.ics"]),
    "every without end": (
        put("cadence", {"kind": "weekly", "every": 10**21}),
        ["cadence.every", "at most 800"],
    ),
    "count without end": (
        put("cadence", {"kind": "spread", "count": 10**26, "min_gap_days": 0}),
        ["cadence.count", "at most 800"],
    ),
    "gap without end": (
        put("cadence", {"kind": "spread", "count": 2, "min_gap_days": 10**22}),
        ["cadence.min_gap_days", "at most 800"],
    ),
    "half a character": (put("title", "\ud800"), ["title", "half a character"]),
    "a date without end": (put("term.start", "2" * 100_000), ["term.start", "is not a date"]),
    "an address that is none": (
        put("members.0.calendars", ["file:///x"]),
        ["members[0] (Ada)", "https"],
    ),
    "no day of the cadence": (
        put("term", {"start": "2027-01-09", "end": "2027-01-10"}),
        ["no day"],
    ),
    "every date in a blackout": (
        put("blackouts", [{"start": "2027-01-01", "end": "2027-12-31"}]),
        ["blackout"],
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_problem_is_told_in_one_sentence(
    what: str, terminal: Terminal, tmp_path: Path
) -> None:
    change, mentioned = WRONG[what]
    problem = a_problem()
    change(problem)

    sentence = told_in_one_sentence(plan(terminal, tmp_path, problem))

    for word in mentioned:
        assert word in sentence


@pytest.mark.parametrize("key", ["windows", "members", "blackouts", "notice"])
def test_a_list_of_millions_that_are_all_wrong_costs_no_more_than_one(key: str) -> None:
    problem = {**a_problem(), key: [0] * 8_000_000}
    began = time.process_time()

    with pytest.raises(BadProblem, match=key):
        read_document(problem)

    assert time.process_time() - began < 0.5


FILES = {
    "empty": (b"", "empty"),
    "spaces": (b" \n ", "empty"),
    "not text": (b"\xff\xfe\x00\x01\x80", "UTF-8"),
    "broken TOML": (b"term = [", "TOML"),
    "broken JSON": (b'{"term": ', "JSON"),
    "a key twice": (b"title = 'a'\ntitle = 'b'\n", "TOML"),
    "JSON with NaN": (b'{"quorum": {"share": NaN}}', "NaN"),
    "a key twice in JSON": (b'{"title": "a", "title": "b"}', "'title' stands twice"),
    "a number without end": (
        b"timezone='UTC'\nterm={start=2027-01-04,end=2027-06-30}\nmeeting.minutes = 0x"
        + b"F" * 5000,
        "meeting.minutes",
    ),
    "deep JSON": (b'{"a":' * 100_000, "JSON"),
    "TOML with nan": (
        (
            b"timezone='UTC'\nterm={start=2027-01-04,end=2027-06-30}\nmeeting.minutes=60\n"
            b"cadence.kind='weekly'\nquorum.share=nan\nmoves.max_days=0\n"
            b"windows=[{days=['mon'],start='08:00',end='18:00'}]\nmembers=[{name='A'}]\n"
        ),
        "quorum.share",
    ),
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_no_problem_is_told_in_one_sentence(
    what: str, terminal: Terminal, tmp_path: Path
) -> None:
    path = tmp_path / "problem.toml"
    path.write_bytes(FILES[what][0])

    sentence = told_in_one_sentence(terminal.run("plan", path))

    assert FILES[what][1] in sentence
    assert "problem.toml" in sentence


def test_a_missing_file_and_a_folder_are_told_in_one_sentence(
    terminal: Terminal, tmp_path: Path
) -> None:
    assert "none.toml" in told_in_one_sentence(terminal.run("plan", tmp_path / "none.toml"))
    assert str(tmp_path) in told_in_one_sentence(terminal.run("plan", tmp_path))


def test_a_busy_list_with_a_nan_is_told_in_one_sentence(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "problem.toml"
    path.write_text(
        "timezone='UTC'\nterm={start=2027-01-04,end=2027-06-30}\nmeeting.minutes=60\n"
        "cadence.kind='weekly'\nwindows=[{days=['mon'],start='08:00',end='18:00'}]\n"
        "members=[{name='A', busy=[[nan, inf]]}]\n"
    )

    assert "members[0].busy[0]" in told_in_one_sentence(terminal.run("plan", path))


CALENDARS = {
    "empty": b"",
    "a page": b"<html><body>Sign in</body></html>",
    "binary": bytes(range(256)),
    "cut short": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20270106T140000Z\r\n",
    "a zone nobody knows": (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Nowhere:20270106T140000\r\n"
        b"DTEND;TZID=Nowhere:20270106T150000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ),
}


@pytest.mark.parametrize("what", CALENDARS)
def test_a_calendar_that_cannot_be_read_is_told_in_one_sentence(
    what: str, terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "ada.ics").write_bytes(CALENDARS[what])
    problem = a_problem(members=[{"name": "Ada", "calendars": ["ada.ics"]}])

    planned = told_in_one_sentence(plan(terminal, tmp_path, problem))
    read = told_in_one_sentence(
        terminal.run("busy", tmp_path / "ada.ics", "--from", "2027-01-01", "--to", "2027-02-01")
    )

    assert "ada.ics" in planned
    assert "ada.ics" in read


@pytest.mark.parametrize(
    "words",
    [
        ["--from", "yesterday", "--to", "2027-02-01"],
        ["--from", "2027-02-01", "--to", "2027-01-01"],
        ["--from", "2027-01-01", "--to", "2027-02-01", "--tz", "Nowhere/Land"],
    ],
)
def test_a_span_that_is_none_is_told_in_one_sentence(
    words: list[str], terminal: Terminal, tmp_path: Path
) -> None:
    told_in_one_sentence(terminal.run("busy", tmp_path / "ada.ics", *words))


def test_wrong_settings_are_told_all_at_once(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONHOUR_ALLOW_PRIVATE_FEEDS", "10.0.0.0/8 nonsense")
    monkeypatch.setenv("COMMONHOUR_CA_FILE", "/nowhere.pem")

    sentence = told_in_one_sentence(plan(terminal, tmp_path, a_problem()))

    assert "'nonsense'" in sentence
    assert "/nowhere.pem" in sentence


def test_what_never_ends_is_not_read(terminal: Terminal, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ics")
    problem = a_problem(members=[{"name": "Ada", "calendars": ["pipe.ics"]}])

    assert "no ordinary file" in told_in_one_sentence(plan(terminal, tmp_path, problem))
    assert "no ordinary file" in told_in_one_sentence(terminal.run("plan", tmp_path / "pipe.ics"))
    assert "no ordinary file" in told_in_one_sentence(terminal.run("plan", Path("/dev/zero")))


@pytest.mark.parametrize(
    "name",
    [".", "", "/", "problem.json", "problem.json/x.html", "none/x.html", "x" * 300 + ".html"],
)
def test_a_page_that_cannot_be_written_is_told_in_one_sentence(
    name: str, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "problem.json").write_text(json.dumps(a_problem()))

    told_in_one_sentence(terminal.run("plan", "problem.json", "--html", name))

    assert (tmp_path / "problem.json").read_text() == json.dumps(a_problem())


def test_a_link_to_a_page_keeps_pointing_to_it(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "problem.json").write_text(json.dumps(a_problem()))
    (tmp_path / "link.html").symlink_to(tmp_path / "page.html")

    assert (
        terminal.run("plan", tmp_path / "problem.json", "--html", tmp_path / "link.html").status
        == 0
    )

    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "page.html").read_bytes().startswith(b"<!doctype html>")


def test_names_cannot_forge_a_line_on_standard_error(terminal: Terminal, tmp_path: Path) -> None:
    clinic = [["2027-01-06T14:00:00Z", "2027-01-06T15:00:00Z", "protectable"]]
    problem = a_problem(members=[{"name": "Ada\x1b[31m\nforged\u202e", "busy": clinic}])

    outcome = plan(terminal, tmp_path, problem)

    assert outcome.err.count("\n") == 1
    assert "\x1b" not in outcome.err
    assert "\u202e" not in outcome.err


def test_a_share_of_many_digits_is_exact(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    three = json.dumps(a_problem(members=members(3, busy=[]), quorum={"share": 0.5}))
    path.write_text(three.replace("0.5", "0.33333333333333333333333333333333333334"))

    assert terminal.run("plan", path, "--json").answer["problem"]["quorum"] == 2


def test_output_that_nobody_takes_is_told(tmp_path: Path) -> None:
    (tmp_path / "problem.json").write_text(json.dumps(a_problem()))
    command = [sys.executable, "-m", "services", "plan", str(tmp_path / "problem.json")]
    root = Path(__file__).parents[2]

    with Path("/dev/full").open("w") as full:
        failed = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, check=False, cwd=root, text=True
        )

    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr
    assert failed.stderr.count("\n") == 1
