"""Groups as coordinators tell of them, and what the planner must answer."""

from datetime import date
from typing import Any

from scheduler.planner import plan
from services.planning.terminal import to_text
from tests.builders import WORKDAYS, a_problem, as_problem, at, members, planned

ZONES = ["New_York", "Chicago", "Denver", "Phoenix", "Los_Angeles"]


def across_the_country(**changes: Any) -> dict[str, Any]:
    """Twelve members in five zones, each there from 08:00 to 18:00 by their own clock."""
    office = [{"days": WORKDAYS, "start": "08:00", "end": "18:00"}]
    group = [
        {"name": f"M{n}", "timezone": f"America/{ZONES[n % 5]}", "hours": office, "busy": []}
        for n in range(12)
    ]
    return a_problem(
        cadence={"kind": "monthly", "ordinals": [2]},
        windows=[{"days": WORKDAYS, "start": "06:00", "end": "22:00"}],
        quorum={"share": 1},
        members=group,
        **changes,
    )


def test_only_late_morning_to_five_in_new_york_is_office_time_for_five_zones() -> None:
    serving = set()
    for hour in range(6 * 60, 21 * 60 + 1, 15):
        clock = f"{hour // 60:02}:{hour % 60:02}"
        until = f"{(hour + 60) // 60:02}:{hour % 60:02}"
        window = [{"days": ["wed"], "start": clock, "end": until}]
        best = planned(across_the_country() | {"windows": window})["proposals"][0]
        if best["score"]["lost_dates"] == 0:
            serving.add(clock)

    assert min(serving) == "11:00"
    assert max(serving) == "17:00"
    assert len(serving) == 6 * 4 + 1


def test_noon_in_new_york_is_an_hour_earlier_in_phoenix_once_summer_time_begins() -> None:
    noon = [{"days": ["wed"], "start": "12:00", "end": "13:00"}]

    best = planned(across_the_country() | {"windows": noon})["proposals"][0]

    assert {
        "member": "M3", "from": "2027-04-14", "before": "10:00", "after": "09:00"
    } in best["hour_changes"]  # fmt: skip
    assert {change["member"] for change in best["hour_changes"]} == {"M3", "M8"}  # Phoenix


def half_known() -> dict[str, Any]:
    """Five free, three busy, four of whom nothing is known; six are needed."""
    taken = [[at("2027-01-06", "07:00"), at("2027-01-06", "20:00")]]
    return a_problem(
        term={"start": "2027-01-06", "end": "2027-01-06"},
        cadence={"kind": "once"},
        quorum={"count": 6},
        members=[
            *({"name": f"Free{n}", "busy": []} for n in range(5)),
            *({"name": f"Busy{n}", "busy": taken} for n in range(3)),
            *({"name": f"Unknown{n}"} for n in range(4)),
        ],
    )


def test_unknown_members_may_come_but_never_make_a_quorum() -> None:
    only = planned(half_known())["proposals"][0]["dates"][0]

    assert only["expected"] == [5, 9]
    assert only["quorum_met"] is False
    assert only["state"] == "short"


def test_the_terminal_shows_the_unknown_as_a_range() -> None:
    problem = as_problem(half_known())

    assert "5-9 of 12" in to_text(problem, plan(problem))


def test_the_dates_of_every_weekday_are_counted_right() -> None:
    counted = {}
    for day in WORKDAYS:
        window = [{"days": [day], "start": "08:00", "end": "18:00"}]
        problem = a_problem(members=members(10, busy=[]), windows=window)
        counted[day] = len(planned(problem)["proposals"][0]["dates"])

    assert counted == {"mon": 26, "tue": 26, "wed": 26, "thu": 25, "fri": 25}
    assert date(2027, 1, 4).weekday() == 0
