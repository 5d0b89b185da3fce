"""`commonhour plan` and `commonhour busy` as their users meet them."""

import json
from pathlib import Path

from tests.builders import a_problem, at, members
from tests.services.commands import Terminal

EXAMPLES = Path(__file__).parents[2] / "examples"

ADA = """BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VEVENT\r
UID:1\r
SUMMARY:Nobody's business\r
DTSTART;TZID=America/New_York:20270106T090000\r
DTEND;TZID=America/New_York:20270106T100000\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
DTSTART;TZID=America/New_York:20270106T100000\r
DTEND;TZID=America/New_York:20270106T110000\r
STATUS:TENTATIVE\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_busy_prints_times_and_kinds_and_nothing_else(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "ada.ics").write_text(ADA)

    outcome = terminal.run(
        "busy", tmp_path / "ada.ics", "--from", "2027-01-01", "--to", "2027-02-01", "--json"
    )

    assert outcome.status == 0
    assert outcome.answer == [
        {"start": "2027-01-06T14:00:00Z", "end": "2027-01-06T15:00:00Z", "kind": "busy"},
        {"start": "2027-01-06T15:00:00Z", "end": "2027-01-06T16:00:00Z", "kind": "tentative"},
    ]


def test_busy_is_clipped_to_the_span_which_is_read_in_the_zone(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "ada.ics").write_text(ADA)

    outcome = terminal.run(
        "busy", tmp_path / "ada.ics", "--json", "--tz", "America/New_York",
        "--from", "2027-01-06T09:30", "--to", "2027-01-06T10:00",
    )  # fmt: skip

    assert outcome.answer == [
        {"start": "2027-01-06T14:30:00Z", "end": "2027-01-06T15:00:00Z", "kind": "busy"}
    ]


def test_busy_without_json_is_a_table_for_people(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "ada.ics").write_text(ADA)

    outcome = terminal.run(
        "busy", tmp_path / "ada.ics", "--tz", "America/New_York",
        "--from", "2027-01-01", "--to", "2027-02-01",
    )  # fmt: skip

    assert "2027-01-06 09:00  2027-01-06 10:00  busy" in outcome.out


def once(tmp_path: Path, **changes: object) -> Path:
    """A problem of one day and one start, beside Ada's calendar."""
    (tmp_path / "ada.ics").write_text(ADA)
    path = tmp_path / "problem.json"
    problem = a_problem(
        term={"start": "2027-01-06", "end": "2027-01-06"},
        cadence={"kind": "once"},
        windows=[{"days": ["wed"], "start": "09:00", "end": "10:00"}],
        **changes,
    )
    path.write_text(json.dumps(problem))
    return path


def test_status_0_says_that_every_date_of_the_best_proposal_holds(
    terminal: Terminal, tmp_path: Path
) -> None:
    path = once(tmp_path, members=members(2, busy=[]))

    assert terminal.run("plan", path).status == 0


def test_status_3_says_that_some_date_is_lost(terminal: Terminal, tmp_path: Path) -> None:
    path = once(tmp_path, members=[{"name": "Ada", "calendars": ["ada.ics"]}])

    outcome = terminal.run("plan", path, "--json")

    assert outcome.status == 3
    assert outcome.answer["proposals"][0]["dates"][0]["attendance"]["busy"] == ["Ada"]


def test_clinical_calendars_are_time_that_can_be_asked_for(
    terminal: Terminal, tmp_path: Path
) -> None:
    ada = {"name": "Ada", "clinical": ["ada.ics"], "notice": [{"days": 30}]}
    path = once(tmp_path, members=[ada])

    only = terminal.run("plan", path, "--json").answer["proposals"][0]

    assert only["dates"][0]["attendance"]["protectable"] == ["Ada"]
    assert only["score"]["protections"] == 1


def test_clinical_time_without_a_known_notice_is_busy_and_said_once(
    terminal: Terminal, tmp_path: Path
) -> None:
    path = once(tmp_path, members=[{"name": "Ada", "clinical": ["ada.ics"]}])

    outcome = terminal.run("plan", path, "--json")

    assert outcome.answer["proposals"][0]["dates"][0]["attendance"]["busy"] == ["Ada"]
    assert outcome.err.count("no notice is known") == 1


def test_an_ordinary_copy_of_a_clinic_session_is_that_session(
    terminal: Terminal, tmp_path: Path
) -> None:
    ada = {
        "name": "Ada",
        "clinical": ["ada.ics"],
        "busy": [[at("2027-01-06", "09:00"), at("2027-01-06", "10:00")]],
        "notice": [{"days": 30}],
    }
    path = once(tmp_path, members=[ada])

    only = terminal.run("plan", path, "--json").answer["proposals"][0]

    assert only["dates"][0]["attendance"]["protectable"] == ["Ada"]


def test_toml_and_json_mean_the_same(terminal: Terminal, tmp_path: Path) -> None:
    text = """
        timezone = "America/New_York"
        planning_date = 2026-12-01
        term = {start = 2027-01-06, end = 2027-01-06}
        meeting.minutes = 60
        cadence.kind = "once"
        windows = [{days = ["wed"], start = "09:00", end = "10:00"}]
        moves.max_days = 0
        members = [{name = "M1", busy = [[2027-01-06T09:00:00, 2027-01-06T14:30:00Z]]}]
    """
    (tmp_path / "problem.toml").write_text(text)
    busy = [["2027-01-06T09:00:00", "2027-01-06T14:30:00Z"]]

    in_toml = terminal.run("plan", tmp_path / "problem.toml", "--json")
    in_json = terminal.run("plan", once(tmp_path, members=members(1, busy=busy)), "--json")

    assert in_toml.out == in_json.out
    assert in_toml.status == 3


def test_the_terminal_answer_fits_80_columns_and_has_no_colour_in_a_pipe(
    terminal: Terminal,
) -> None:
    for example in sorted(EXAMPLES.glob("*/problem.toml")):
        out = terminal.run("plan", example).out

        assert max(len(line) for line in out.splitlines()) <= 80
        assert "\x1b" not in out


def test_control_characters_of_a_name_never_reach_the_terminal(
    terminal: Terminal, tmp_path: Path
) -> None:
    bell = [{"name": "Ada\x1b[31m", "busy": None}]
    path = once(tmp_path, members=bell, title="\x1b[2Jgroup")

    assert "\x1b" not in terminal.run("plan", path).out


def test_at_most_so_many_proposals_as_asked_for(terminal: Terminal) -> None:
    path = EXAMPLES / "roadmap" / "problem.toml"

    assert len(terminal.run("plan", path, "--json", "--top", "2").answer["proposals"]) == 2
    assert len(terminal.run("plan", path, "--json").answer["proposals"]) == 5


def test_every_command_shows_an_example_in_its_help(terminal: Terminal) -> None:
    for command in ("plan", "busy"):
        assert "Example: commonhour" in terminal.run(command, "--help").out
