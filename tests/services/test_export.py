"""The chosen proposal as files in a folder."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calendar_sync.ics.source import Source, read_all
from scheduler.errors import Explained
from scheduler.model.answer import Answer, Notice, Outcome, Status
from scheduler.model.problem import Problem
from scheduler.planner import plan
from services.planning.export import write
from tests.builders import a_problem, as_problem, at
from tests.calendar_sync.test_written import YEARS, held, read_alike

NOTICE = Notice(0, 1_800_000_000, date(2026, 11, 14), Status.ROUTINE)


def answered(**changes: Any) -> tuple[Problem, Answer]:
    problem = as_problem(a_problem(**changes))
    return problem, plan(problem)


def busy_on(*times: tuple[str, str, str]) -> list[dict[str, Any]]:
    busy = [[at(day, start), at(day, end)] for day, start, end in times]
    return [{"name": "Ada", "required": True, "busy": busy}]


CASES: dict[str, dict[str, Any]] = {
    "weekly": {},
    "every other week": {"cadence": {"kind": "weekly", "every": 2}},
    "so many": {"cadence": {"kind": "weekly", "every": 3, "count": 5}},
    "monthly": {"cadence": {"kind": "monthly", "ordinals": [2]}},
    "last": {"cadence": {"kind": "monthly", "ordinals": [-1]}},
    "twice a month": {"cadence": {"kind": "monthly", "ordinals": [[1, 3]]}},
    "coinciding": {"cadence": {"kind": "monthly", "ordinals": [[4, -1]]}},
    "once": {"cadence": {"kind": "once"}},
    "moved": {
        "cadence": {"kind": "monthly", "ordinals": [2]},
        "windows": [{"days": ["wed", "thu"], "start": "08:00", "end": "09:00"}],
        "moves": {"max_days": 3, "max_count": 2},
        "members": busy_on(("2027-01-13", "07:00", "12:00"), ("2027-04-08", "07:00", "12:00")),
    },
    "moved to another hour": {
        "windows": [{"days": ["wed"], "start": "08:00", "end": "09:15"}],
        "moves": {"max_days": 1, "max_count": 3},
        "members": busy_on(("2027-03-17", "08:00", "08:10"), ("2027-05-12", "09:05", "10:00")),
        "meeting": {"minutes": 60, "grid": 15},
    },
    "skipped": {
        "windows": [{"days": ["wed"], "start": "08:00", "end": "09:00"}],
        "blackouts": [
            {"start": "2027-01-04", "end": "2027-01-08"},
            {"start": "2027-03-15", "end": "2027-03-19"},
            {"start": "2027-06-28", "end": "2027-06-30"},
        ],
    },
}


@pytest.mark.parametrize("case", CASES)
def test_the_planners_proposals_are_read_back_as_they_are(case: str, tmp_path: Path) -> None:
    problem, answer = answered(**CASES[case])

    for number, proposal in enumerate(answer.proposals):
        [path] = write(problem, proposal, tmp_path / str(number))

        assert path.read_bytes() == read_alike(problem, proposal)


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ("moved", Outcome.MOVED),
        ("moved to another hour", Outcome.MOVED),
        ("skipped", Outcome.SKIPPED),
    ],
)
def test_these_cases_are_what_they_are_called(case: str, outcome: Outcome) -> None:
    assert outcome in {each.outcome for each in answered(**CASES[case])[1].proposals[0].dates}


def test_commonhour_busy_reads_the_file(tmp_path: Path) -> None:
    problem, answer = answered(**CASES["moved"])
    [path] = write(problem, answer.proposals[0], tmp_path)

    [found] = read_all([Source(str(path), YEARS, "UTC")])

    assert [(each.start, each.end) for each in found] == held(answer.proposals[0])


def test_notices_make_a_second_file(tmp_path: Path) -> None:
    problem, answer = answered()

    paths = write(problem, answer.proposals[0], tmp_path / "new" / "folder", [NOTICE])

    assert [path.name for path in paths] == ["series.ics", "protections.ics"]
    assert sorted(each.name for each in (tmp_path / "new" / "folder").iterdir()) == [
        "protections.ics",
        "series.ics",
    ]


def test_writing_again_replaces_our_files_and_nothing_else(tmp_path: Path) -> None:
    problem, answer = answered()
    (tmp_path / "series.ics").write_text("old")
    (tmp_path / "ada.ics").write_text("hers")
    write(problem, answer.proposals[0], tmp_path, [NOTICE])
    first = (tmp_path / "series.ics").read_bytes()

    write(problem, answer.proposals[0], tmp_path)

    assert (tmp_path / "series.ics").read_bytes() == first
    assert sorted(each.name for each in tmp_path.iterdir()) == ["ada.ics", "series.ics"]
    assert (tmp_path / "ada.ics").read_text() == "hers"


def test_somebody_elses_calendar_of_protections_stays(tmp_path: Path) -> None:
    problem, answer = answered()
    (tmp_path / "protections.ics").write_text("hers")

    write(problem, answer.proposals[0], tmp_path)

    assert (tmp_path / "protections.ics").read_text() == "hers"


def places(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "taken" / "series.ics").mkdir(parents=True)
    yield tmp_path / "file"
    yield tmp_path / "file" / "folder"
    yield tmp_path / "taken"
    yield tmp_path / "nul\0"
    yield Path("/proc/nowhere")  # root may write everywhere else


def test_a_place_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    problem, answer = answered()

    for place in places(tmp_path):
        with pytest.raises(Explained) as explained:
            write(problem, answer.proposals[0], place)

        assert repr(str(place)) in explained.value.what
        assert "name a folder" in explained.value.remedy
        assert "\n" not in str(explained.value)
    assert (tmp_path / "file").read_text() == "mine"
    assert [each.name for each in (tmp_path / "taken").iterdir()] == ["series.ics"]


def test_the_hour_stands_in_the_file_as_the_group_reads_it(tmp_path: Path) -> None:
    problem, answer = answered(windows=[{"days": ["wed"], "start": "08:00", "end": "09:00"}])

    [path] = write(problem, answer.proposals[0], tmp_path)

    lines = path.read_text().splitlines()
    assert "DTSTART;TZID=America/New_York:20270106T080000" in lines
    assert "DTEND;TZID=America/New_York:20270106T090000" in lines
    assert "RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=26" in lines
