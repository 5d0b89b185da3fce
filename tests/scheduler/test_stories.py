"""Groups as coordinators tell of them, and what the planner must answer."""

import copy
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from benchmarks.groups import a_group
from scheduler.model.cadence import Monthly
from scheduler.planner import Planner, plan
from services.planning.answer import as_object
from services.planning.terminal import to_text
from tests.builders import WORKDAYS, a_problem, as_problem, at, every_day, members, planned

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


SECOND_WEDNESDAYS = ["01-13", "02-10", "03-10", "04-14", "05-12", "06-09"]


def breakfast(day: date, start: str, end: str) -> list[str]:
    return [at(f"{day}", start), at(f"{day}", end)]


def a_campus(*, taken: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Eight people who can meet on second Wednesdays outside `taken` and hardly ever else.

    Five of them cannot on 14 April, when only one is busy the day after.
    """
    group: list[dict[str, Any]] = members(8, busy=[])
    for number, member in enumerate(group):
        member["busy"] = []
        for day in every_day(date(2027, 1, 4), date(2027, 6, 30)):
            free = f"{day:%m-%d}" in SECOND_WEDNESDAYS and not (day.month == 4 and number < 5)
            free |= f"{day:%m-%d}" == "04-15" and number != 3
            hours = taken if free else [("06:00", "09:00")]
            member["busy"] += [breakfast(day, *hour) for hour in hours]
    return group


def test_a_campus_meets_on_second_wednesdays_with_april_moved_by_a_day() -> None:
    group = a_campus(taken=[("06:00", "07:00"), ("08:00", "09:00")])
    answer = planned(
        a_problem(
            cadence={"kind": "monthly"},
            windows=[{"days": WORKDAYS, "start": "06:30", "end": "08:30"}],
            quorum={"share": 0.5},
            members=group,
            moves={},
        )
    )

    best = answer["proposals"][0]
    april = best["dates"][3]
    assert best["label"] == "2nd Wednesday, 07:00-08:00"
    assert [each["state"] for each in best["dates"]] == ["kept"] * 3 + ["moved"] + ["kept"] * 2
    assert april["moved_from"] == "2027-04-14T11:00:00Z"
    assert april["start"] == "2027-04-15T11:00:00Z"
    assert april["expected"] == [7, 7]
    assert "3 of 8 can come" in april["why"]


def test_every_clinic_is_asked_for_in_time_or_through_its_approver() -> None:
    group = a_campus(taken=[("06:00", "07:00")])
    tiers = [{"days": 60}, {"days": 30, "approver": "section head"}]
    for member in group:
        clinics = [
            [at(f"{day}", "08:00"), at(f"{day}", "12:00"), "protectable"]
            for day in every_day(date(2027, 1, 4), date(2027, 6, 30))
            if day.weekday() < 5
        ]
        member |= {"busy": member["busy"] + clinics, "notice": tiers}
    answer = planned(
        a_problem(
            cadence={"kind": "monthly"},
            meeting={"minutes": 90},
            windows=[{"days": WORKDAYS, "start": "06:30", "end": "08:30"}],
            members=group,
            moves={},
        )
    )

    asked = {(each["start"][:10], each["ask_by"], each["status"]) for each in answer["notices"]}
    assert sorted(asked) == [
        ("2027-01-13", "2026-11-14", "approver"),
        ("2027-02-10", "2026-12-12", "routine"),
        ("2027-03-10", "2027-01-09", "routine"),
        ("2027-04-15", "2027-02-14", "routine"),
        ("2027-05-12", "2027-03-13", "routine"),
        ("2027-06-09", "2027-04-10", "routine"),
    ]
    assert answer["notices"][0]["approver"] == "section head"
    assert answer["plan_by"] == {"routine": "2026-11-14", "any_tier": "2026-12-14"}
    assert answer["proposals"][0]["label"] == "2nd Wednesday, 07:00-08:30"


def every_other_thursday() -> dict[str, Any]:
    """Nine of thirteen Thursdays reach six of eight; on four, three people leave at 13:15."""
    group: list[dict[str, Any]] = members(8, busy=[])
    thursdays = [date(2027, 1, 7) + timedelta(days=14 * n) for n in range(13)]
    between = [each + timedelta(days=7) for each in thursdays]
    for number, member in enumerate(group):
        early = [breakfast(thursdays[n], "13:15", "17:00") for n in (2, 5, 8, 11) if number < 3]
        away = [
            breakfast(day, "08:00", "17:00")
            for place, day in enumerate(between)
            if number < 4 and place not in (2, 5, 8, 11)
        ]
        member["busy"] = early + away
    return a_problem(
        term={"start": "2027-01-07", "end": "2027-06-30"},
        cadence={"kind": "weekly", "every": 2},
        meeting={"minutes": 90},
        windows=[{"days": ["thu"], "start": "12:00", "end": "13:30"}],
        quorum={"count": 6},
        members=group,
        moves={},
    )


def test_every_other_thursday_says_which_dates_are_short_and_what_would_help() -> None:
    answer = planned(every_other_thursday())

    best = answer["proposals"][0]
    short = [each for each in best["dates"] if each["state"] == "short"]
    assert len(best["dates"]) == 13
    assert [each["start"][:10] for each in short] == [
        "2027-02-04", "2027-03-18", "2027-04-29", "2027-06-10",
    ]  # fmt: skip
    assert all("5 of 8 can come, 6 are needed" in each["why"] for each in short)
    assert all(each["alternatives"][0]["expected"] == [8, 8] for each in short)
    assert best["score"]["lost_dates"] == 4
    assert {each["patch"][0]["path"]: each["lost_dates"] for each in answer["relaxations"]} == {
        "/meeting/minutes": 0,
        "/windows/0/start": 0,
        "/windows/0/days/-": 0,
    }


def test_relaxations_keep_their_word() -> None:
    written = every_other_thursday()
    for relaxation in planned(written)["relaxations"]:
        relaxed = patched(written, relaxation["patch"])

        assert planned(relaxed)["proposals"][0]["score"]["lost_dates"] == relaxation["lost_dates"]


def patched(written: dict[str, Any], patch: list[dict[str, Any]]) -> dict[str, Any]:
    """Apply the operations of a JSON Patch (RFC 6902), as far as relaxations use them."""
    changed: dict[str, Any] = copy.deepcopy(written)
    for operation in patch:
        *steps, last = operation["path"].split("/")[1:]
        place: Any = changed
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place[step]
        if operation["op"] == "remove":
            del place[last]
        elif last == "-":
            place.append(operation["value"])
        else:
            place[int(last) if isinstance(place, list) else last] = operation["value"]
    return changed


def test_three_half_days_are_well_apart_and_reach_their_quorum() -> None:
    group: list[dict[str, Any]] = members(12, busy=[])
    for number, member in enumerate(group):
        member["busy"] = [
            breakfast(day, "08:00", "17:00")
            for day in every_day(date(2027, 1, 4), date(2027, 6, 30))
            if day.isocalendar().week % 6 == number % 6 or day.weekday() == number % 5
        ]
    best = planned(
        a_problem(
            cadence={"kind": "spread", "count": 3, "min_gap_days": 42},
            meeting={"minutes": 240},
            windows=[{"days": WORKDAYS, "start": "08:00", "end": "12:30"}],
            quorum={"count": 8},
            members=group,
        )
    )["proposals"][0]

    days = [date.fromisoformat(each["start"][:10]) for each in best["dates"]]
    assert len(days) == 3
    assert min(later - earlier for earlier, later in pairwise(days)) >= timedelta(days=42)
    assert all(each["state"] == "kept" for each in best["dates"])
    assert best["pattern"]["weekday"] is None


def mondays(*, free: list[tuple[str, str]]) -> dict[str, Any]:
    """A weekly group on Mondays at noon that holds; 18 January is a holiday.

    free  other times around the holiday at which people can meet
    """
    around = every_day(date(2027, 1, 15), date(2027, 1, 21))
    taken = []
    for day in around:
        gaps = sorted(hour for on, hour in free if on == f"{day}")
        begin = "08:00"
        for gap in gaps:
            taken.append(breakfast(day, begin, gap))
            begin = f"{int(gap[:2]) + 1:02}:00"
        taken.append(breakfast(day, begin, "18:00"))
    rest = [
        breakfast(day, *hours)
        for day in every_day(date(2027, 1, 4), date(2027, 6, 30))
        if day not in around
        for hours in (
            [("08:00", "12:00"), ("13:00", "18:00")] if day.weekday() == 0 else [("08:00", "18:00")]
        )
    ]
    return a_problem(
        blackouts=[{"start": "2027-01-18", "end": "2027-01-18", "name": "Martin Luther King Day"}],
        members=members(4, busy=taken + rest),
        moves={},
    )


def test_a_holiday_monday_is_moved_even_to_the_friday_before() -> None:
    problem = mondays(free=[("2027-01-15", "15:00")])

    holiday = planned(problem)["proposals"][0]["dates"][2]

    assert holiday["state"] == "moved"
    assert holiday["start"] == "2027-01-15T20:00:00Z"
    assert "Martin Luther King Day" in holiday["why"]


def test_a_holiday_monday_with_nowhere_to_go_is_skipped_and_lost() -> None:
    best = planned(mondays(free=[]))["proposals"][0]

    assert best["dates"][2]["state"] == "skipped"
    assert best["dates"][2]["attendance"]["free"] == []
    assert best["score"]["lost_dates"] == 1


@pytest.mark.parametrize("share", ["0.85", "1"])
def test_a_hopeless_quorum_is_planned_to_proof(share: str) -> None:
    answer = plan(a_group(12, share=share))

    assert answer.proposals[0].score.lost_dates >= 10
    assert all(each.proven for each in answer.proposals)


def test_a_planner_that_remembers_answers_like_a_new_one() -> None:
    planner, group = Planner(), a_group(70, cadence=Monthly(), share="0.6")
    other = replace(group.members[66], busy=group.members[3].busy)
    changed = replace(group, members=(*group.members[:66], other, *group.members[67:]))

    planner.plan(group)

    assert as_object(changed, planner.plan(changed)) == as_object(changed, plan(changed))
    assert as_object(group, planner.plan(group)) == as_object(group, plan(group))
