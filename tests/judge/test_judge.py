"""The judge is right: answers worked out by hand from the contract, and no shortcut that lies."""

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

import pytest

from tests.judge.exhaustive import judge
from tests.judge.patterns import Pattern, move_limits, patterns
from tests.judge.problems import small_problem
from tests.judge.search import Budget, Plan, best_plan, plan_of, targets
from tests.judge.states import Case, Slot


def member(name: str = "Ada", *busy: list[str], **more: Any) -> dict[str, Any]:
    return {"name": name, "busy": list(busy), **more}


def problem(*members: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Mondays of January 2027 at noon, one hour, in UTC, nobody away: the 4th, 11th, 18th, 25th."""
    return {
        "timezone": "UTC",
        "planning_date": "2026-12-01",
        "term": {"start": "2027-01-01", "end": "2027-01-31"},
        "meeting": {"minutes": 60, "grid": 30},
        "cadence": {"kind": "weekly"},
        "windows": [window("mon", start="12:00", end="13:00")],
        "moves": {"max_days": 0},
        "members": list(members) or [member()],
        **changes,
    }


def window(*days: str, start: str, end: str) -> dict[str, Any]:
    return {"days": list(days), "start": start, "end": end}


def one_day(day: str, start: str, end: str, *members: dict[str, Any], **more: Any) -> Any:
    """One meeting of an hour on one day of 2027, any weekday."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return problem(
        *members,
        term={"start": day, "end": day},
        cadence={"kind": "once"},
        windows=[window(*days, start=start, end=end)],
        **more,
    )


def dates(answer: dict[str, Any], field: str) -> list[Any]:
    return [date[field] for date in answer["proposals"][0]["dates"]]


def state(of: dict[str, Any]) -> str:
    """The state of the first member at the first date."""
    attendance: dict[str, list[str]] = dates(judge(of), "attendance")[0]
    name = of["members"][0]["name"]
    return next(state for state, names in attendance.items() if name in names)


def test_a_start_in_the_gap_shifts_forward_by_the_gap() -> None:
    hours = [window("sun", start="03:00", end="04:30")]  # real time, not the nominal 02:30
    of = one_day("2027-03-14", "02:30", "03:30", member(hours=hours), timezone="America/New_York")
    answer = judge(of)
    assert dates(answer, "start") == ["2027-03-14T07:30:00Z"]
    assert dates(answer, "end") == ["2027-03-14T08:30:00Z"]
    assert answer["proposals"][0]["pattern"]["time"] == "02:30"
    assert state(of) == "free"


def test_a_gap_of_half_an_hour_shifts_by_half_an_hour() -> None:
    of = one_day("2027-10-03", "02:00", "03:00", timezone="Australia/Lord_Howe")
    # 02:00 at +10:30 does not exist; it is 02:30 at +11:00.
    assert dates(judge(of), "start") == ["2027-10-02T15:30:00Z"]


def test_an_ambiguous_hour_takes_the_first() -> None:
    of = one_day("2027-11-07", "01:30", "02:30", timezone="America/New_York")
    answer = judge(of)
    assert dates(answer, "start") == ["2027-11-07T05:30:00Z"]
    assert dates(answer, "end") == ["2027-11-07T06:30:00Z"]  # 01:30 again: elapsed minutes


@pytest.mark.parametrize(
    ("since", "until", "meeting", "expected"),
    [
        ("11:00:00", "12:00:00", {}, "free"),
        ("11:00:00", "12:00:01", {}, "busy"),
        ("13:00:00", "14:00:00", {}, "free"),
        ("12:59:59", "14:00:00", {}, "busy"),
        ("11:00:00", "11:50:00", {"before": 10}, "free"),
        ("11:00:00", "11:50:01", {"before": 10}, "busy"),
        ("13:10:00", "14:00:00", {"after": 10}, "free"),
        ("13:09:59", "14:00:00", {"after": 10}, "busy"),
    ],
)
def test_busy_time_that_only_touches_the_margins_does_not_overlap(
    since: str, until: str, meeting: dict[str, int], expected: str
) -> None:
    busy = [f"2027-01-04T{since}Z", f"2027-01-04T{until}Z"]
    of = problem(member("Ada", busy), meeting={"minutes": 60, "grid": 30, **meeting})
    assert state(of) == expected


@pytest.mark.parametrize(
    ("share", "size", "quorum"), [(0.55, 20, 11), (0.07, 100, 7), (0.3333, 3, 1), (0.01, 3, 1)]
)
def test_the_quorum_of_a_share_is_exact(share: float, size: int, quorum: int) -> None:
    of = problem(*(member(f"M{number}") for number in range(size)), quorum={"share": share})
    assert judge(of)["problem"]["quorum"] == quorum


def test_a_required_member_who_does_not_count_makes_a_date_short_with_quorum_met() -> None:
    maybe = ["2027-01-11T12:00:00Z", "2027-01-11T12:30:00Z", "tentative"]
    answer = judge(problem(member("Ada", maybe, required=True), member("Bela"), member("Chidi")))
    assert dates(answer, "state") == ["kept", "short", "kept", "kept"]
    assert dates(answer, "quorum_met") == [True] * 4
    assert answer["proposals"][0]["score"]["worst_absences"] == 1
    # A shorter meeting still meets her event, and so does 11:30 to 12:30; 12:30 does not.
    assert [one["patch"] for one in answer["relaxations"]] == [
        [{"op": "replace", "path": "/windows/0/end", "value": "13:30"}],
        [{"op": "add", "path": "/windows/0/days/-", "value": "tue"}],
        [{"op": "replace", "path": "/members/0/required", "value": False}],
    ]


def test_a_blackout_is_skipped_and_a_missed_quorum_short() -> None:
    away = ["2027-01-11T00:00:00Z", "2027-01-12T00:00:00Z", "unavailable"]
    of = problem(
        member("Ada", away),
        member("Bela"),
        quorum={"count": 2},
        blackouts=[{"start": "2027-01-18", "end": "2027-01-18", "name": "holiday"}],
    )
    answer = judge(of)
    assert dates(answer, "state") == ["kept", "short", "skipped", "kept"]
    assert dates(answer, "expected") == [[2, 2], [1, 1], [0, 0], [2, 2]]
    assert answer["proposals"][0]["score"]["lost_dates"] == 2
    assert answer["proposals"][0]["score"]["expected_attendance"] == 5


@pytest.mark.parametrize(
    ("shadow", "expected"),
    [
        ("2027-01-04T13:00:00Z", "protectable"),  # the same session: the ordinary one is dropped
        ("2027-01-04T13:00:01Z", "busy"),  # tentative and clinical both overlap
    ],
)
def test_an_ordinary_interval_equal_to_a_clinical_one_is_that_one(
    shadow: str, expected: str
) -> None:
    clinic = ["2027-01-04T11:00:00Z", "2027-01-04T13:00:00Z", "protectable"]
    listed = ["2027-01-04T11:00:00Z", shadow, "tentative"]
    notice = [{"days": 30}]
    assert state(problem(member("Ada", listed, clinic, notice=notice))) == expected


def test_protections_are_routine_by_approver_or_late_by_the_days_that_are_left() -> None:
    clinics = [
        [f"2027-01-{day}T12:00:00Z", f"2027-01-{day}T13:00:00Z", "protectable"]
        for day in ("04", "11", "18", "25")
    ]
    notice = [{"days": 31}, {"days": 24, "approver": "chair"}, {"days": 17}]
    of = problem(member("Ada", *clinics, notice=notice), planning_date="2026-12-25")
    answer = judge(of)  # 10, 17, 24 and 31 days of notice
    assert dates(answer, "state") == ["short", "kept", "kept", "kept"]
    assert [(one["ask_by"], one["status"], one["approver"]) for one in answer["notices"]] == [
        ("2026-12-11", "late", None),
        ("2026-12-18", "approver", "chair"),
        ("2026-12-25", "routine", None),
    ]
    score = answer["proposals"][0]["score"]
    assert (score["late_protections"], score["protections"]) == (2, 3)


def test_plan_by_is_the_last_day_for_no_late_protection_and_for_some_tier() -> None:
    clinic = ["2027-01-11T12:00:00Z", "2027-01-25T13:00:00Z", "protectable"]
    notice = [{"days": 60}, {"days": 10}]
    answer = judge(problem(member("Ada", clinic, notice=notice)))
    assert answer["plan_by"] == {"routine": "2026-11-12", "any_tier": "2027-01-01"}
    nothing = judge(problem())["plan_by"]
    assert nothing == {"routine": None, "any_tier": None}


@pytest.mark.parametrize(
    ("cadence", "end", "asked", "limit"),
    [
        ({"kind": "weekly"}, "2027-01-31", 7, (3, 2)),  # five dates: a quarter, rounded up, is two
        ({"kind": "weekly", "every": 2}, "2027-01-31", 7, (6, 1)),
        ({"kind": "weekly", "every": 2}, "2027-01-31", 4, (4, 1)),
        ({"kind": "weekly"}, "2027-01-07", 9, (7, 1)),  # a single date
        ({"kind": "monthly", "ordinals": [1]}, "2027-03-31", 9, (7, 1)),
        ({"kind": "monthly", "ordinals": [[1, 3]]}, "2027-01-31", 9, (6, 1)),
    ],
)
def test_a_date_moves_no_further_than_half_way_to_the_next(
    cadence: dict[str, Any], end: str, asked: int, limit: tuple[int, int]
) -> None:
    of = problem(
        cadence=cadence,
        term={"start": "2027-01-01", "end": end},
        windows=[window("fri", start="12:00", end="13:00")],
        moves={"max_days": asked},
    )
    case = Case(of, None, still=False)
    assert move_limits(case, patterns(case)[0]) == limit


def test_a_failing_date_moves_to_where_it_does_not_fail() -> None:
    away = [
        ["2027-01-11T00:00:00Z", "2027-01-12T00:00:00Z"],
        ["2027-01-19T00:00:00Z", "2027-01-20T00:00:00Z"],
    ]
    windows = [window("mon", "tue", start="12:00", end="13:00")]
    answer = judge(problem(member("Ada", *away), windows=windows, moves={}))
    # Mondays and Tuesdays both need one move; Mondays begin earlier.
    assert dates(answer, "state") == ["kept", "moved", "kept", "kept"]
    assert dates(answer, "start")[1] == "2027-01-12T12:00:00Z"
    assert dates(answer, "moved_from")[1] == "2027-01-11T12:00:00Z"
    assert [one["pattern"]["weekday"] for one in answer["proposals"]] == ["mon", "tue"]
    assert answer["proposals"][0]["score"]["moves"] == 1
    still = problem(member("Ada", *away), windows=windows)
    del still["moves"]
    assert dates(judge(still, moves_default=False), "state")[1] == "short"


def test_starts_less_than_an_hour_apart_are_one_proposal() -> None:
    answer = judge(one_day("2027-01-04", "12:00", "14:30"))
    assert answer["problem"]["patterns"] == 4
    assert [one["pattern"]["time"] for one in answer["proposals"]] == ["12:00", "13:00"]


def test_a_fourth_that_is_always_the_last_counts_once() -> None:
    of = problem(
        cadence={"kind": "monthly", "ordinals": [4, -1, [4, -1]]},
        term={"start": "2027-02-01", "end": "2027-02-28"},
    )
    answer = judge(of)
    assert answer["problem"]["patterns"] == 1
    assert answer["proposals"][0]["pattern"]["ordinals"] == [4]
    assert dates(answer, "start") == ["2027-02-22T12:00:00Z"]


def test_dates_that_are_wanted_but_missing_are_lost() -> None:
    answer = judge(problem(cadence={"kind": "weekly", "count": 6}))
    assert len(dates(answer, "state")) == 4
    assert answer["proposals"][0]["score"]["lost_dates"] == 2
    # A Friday, the 1st to the 29th of January, has five dates.
    assert [(one["patch"][0]["value"], one["lost_dates"]) for one in answer["relaxations"]] == [
        ("fri", 1)
    ]
    fewer = judge(problem(cadence={"kind": "weekly", "count": 3}))
    assert dates(fewer, "start")[-1] == "2027-01-18T12:00:00Z"


def test_a_meeting_that_ends_at_the_midnight_of_known_until_is_known() -> None:
    last = member(known_until="2027-01-04", timezone="Asia/Kathmandu")  # until 18:15 UTC
    inside = one_day("2027-01-04", "17:15", "18:15", last)
    inside["meeting"] = {"minutes": 60}
    beyond = {**inside, "meeting": {"minutes": 60, "after": 1}}
    assert (state(inside), state(beyond)) == ("free", "unknown")


def test_hours_that_touch_over_midnight_are_one() -> None:
    hours = [window("mon", start="22:00", end="24:00"), window("tue", start="00:00", end="01:00")]
    late = [window("mon", start="23:30", end="24:00"), window("tue", start="00:00", end="00:30")]
    of = problem(member(hours=hours), windows=late)
    answer = judge(of)
    assert (answer["proposals"][0]["pattern"]["time"], state(of)) == ("23:30", "free")


def test_alternatives_of_a_short_date_prefer_quorum_then_heads_then_nearness() -> None:
    away = ["2027-01-11T12:00:00Z", "2027-01-11T13:30:00Z"]
    of = problem(
        member("Ada", away),
        member("Bela"),
        quorum={"count": 2},
        windows=[window("mon", start="12:00", end="13:30")],
        term={"start": "2027-01-11", "end": "2027-01-18"},
        cadence={"kind": "weekly", "count": 1},
    )
    answer = judge(of, top=9)
    # Phase 0 at 12:00 is the only pattern on its day worth showing; both starts of it are short.
    assert dates(answer, "state") == ["short"]
    found = answer["proposals"][0]["dates"][0]["alternatives"]
    assert found == [
        {"start": "2027-01-18T12:00:00Z", "expected": [2, 2]},
        {"start": "2027-01-18T12:30:00Z", "expected": [2, 2]},
        {"start": "2027-01-11T12:30:00Z", "expected": [1, 1]},
    ]


def test_one_person_always_missing_is_worse_than_everyone_missing_once() -> None:
    # At 12:00 Ada is away twice; at 15:00 each of three is away once: fewer people, but fairer.
    noon = [[f"2027-01-{day}T12:00:00Z", f"2027-01-{day}T13:00:00Z"] for day in ("04", "11")]
    later = {day: [f"2027-01-{day}T15:00:00Z", f"2027-01-{day}T16:00:00Z"] for day in ("04", "11")}
    members = [
        member("Ada", *noon, later["04"]),
        member("Bela", later["11"]),
        member("Chidi", later["04"]),
        *(member(name) for name in ("Dana", "Eeva", "Femi")),
    ]
    windows = [window("mon", start=start, end=end) for start, end in
               (("12:00", "13:00"), ("15:00", "16:00"))]  # fmt: skip
    of = problem(*members, windows=windows)
    assert dates(judge(of), "start")[0] == "2027-01-04T15:00:00Z"
    assert dates(judge(of, plant="order"), "start")[0] == "2027-01-04T12:00:00Z"


def test_a_member_elsewhere_is_told_when_their_hour_changes() -> None:
    of = problem(
        member(timezone="America/Phoenix"),
        timezone="America/New_York",
        term={"start": "2027-03-01", "end": "2027-03-22"},
    )
    assert judge(of)["proposals"][0]["hour_changes"] == [
        {"member": "Ada", "from": "2027-03-15", "before": "10:00", "after": "09:00"}
    ]


def test_a_spread_keeps_its_gap_and_takes_the_best_days() -> None:
    away = [["2027-01-04T00:00:00Z", "2027-01-05T00:00:00Z"]]
    cadence = {"kind": "spread", "count": 2, "min_gap_days": 14}
    of = problem(member("Ada", *away), cadence=cadence)
    answer = judge(of)
    assert dates(answer, "start") == ["2027-01-11T12:00:00Z", "2027-01-25T12:00:00Z"]
    assert answer["proposals"][0]["pattern"]["weekday"] is None
    too_many = {"kind": "spread", "count": 3, "min_gap_days": 14}
    assert judge(problem(cadence=too_many)) == {"error": "no pattern"}


def test_a_quorum_one_less_is_a_count_in_place_of_the_share() -> None:
    away = ["2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"]
    of = problem(member("Ada", away), member("Bela"), quorum={"share": 1})
    assert judge(of)["relaxations"] == [
        {
            "change": "",
            "patch": [
                {"op": "add", "path": "/quorum/count", "value": 1},
                {"op": "remove", "path": "/quorum/share"},
            ],
            "lost_dates": 0,
            "gains": "",
        }
    ]


def naive_plans(case: Case, pattern: Pattern) -> Iterator[Plan]:
    """Every plan of a pattern, with no thought saved: each failing date stays or goes anywhere."""
    reach, most = move_limits(case, pattern)
    choices: list[list[Slot | None]] = []
    for slot in pattern.slots:
        stays = None if case.in_blackout(slot.day) else slot
        near = case.open_slots(slot.day, reach) if case.fails(slot) and reach else []
        choices.append([stays, *(at for at in near if not case.fails(at))])
    for places in product(*choices):
        chosen = zip(pattern.slots, places, strict=True)
        moved = {slot: at for slot, at in chosen if at is not None and at != slot}
        lost = pattern.missing + sum(at is None or case.fails(at) for at in places)
        if len(moved) <= most and any(places):
            yield plan_of(case, pattern, moved, lost)


def test_the_shortcuts_of_the_judge_change_no_plan() -> None:
    compared = 0
    for seed in range(40):
        case = Case(small_problem(seed, spread=False), None, still=False)
        for pattern in patterns(case):
            choices = [len(found) + 1 for found in targets(case, pattern).values()]
            if 1 < prod(choices) <= 300:
                best = best_plan(case, pattern, Budget())
                assert best == min(naive_plans(case, pattern), key=lambda plan: plan.key)
                compared += 1
    assert compared > 100


@pytest.mark.parametrize("plant", ["order", "dst", "member"])
def test_a_planted_error_shows_in_some_small_problem(plant: str) -> None:
    problems = [small_problem(seed) for seed in range(40)]
    assert any(judge(one) != judge(one, plant=plant) for one in problems)


def test_the_generator_is_the_same_for_the_same_seed_and_obeys_its_switches() -> None:
    for seed in range(50):
        drawn = small_problem(seed, moves=False, spread=False)
        assert drawn == small_problem(seed, moves=False, spread=False)
        assert drawn["moves"] == {"max_days": 0}
        assert drawn["cadence"]["kind"] != "spread"
