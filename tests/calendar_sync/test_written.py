"""Calendars that we write, read back by our own reader and by two other libraries."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.ics.written.calendars import series
from scheduler.model.answer import Outcome, PlannedDate, Proposal, Rule, Score
from scheduler.model.cadence import Weekly
from scheduler.model.problem import Meeting, Member, Problem, State
from scheduler.model.week import Hours
from scheduler.model.zone import zone as zone_of
from tests.calendar_sync.builders import busy_of, utc

NEW_YORK = "America/New_York"
ZONES = [NEW_YORK, "America/Phoenix", "Europe/London", "Europe/Dublin", "Australia/Sydney",
         "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago", "Africa/Cairo"]  # fmt: skip
YEARS = (utc("2026-01-01"), utc("2029-01-01"))
MOVED = Outcome.MOVED
Instants = list[tuple[int, int]]


def a_problem(zone: str = NEW_YORK, minutes: int = 60, **changes: Any) -> Problem:
    fields: dict[str, Any] = {
        "zone": zone,
        "planning_date": date(2026, 12, 1),
        "start": date(2027, 1, 4),
        "end": date(2027, 12, 31),
        "meeting": Meeting(minutes),
        "cadence": Weekly(),
        "windows": (Hours((0, 1, 2, 3, 4, 5, 6), 0, 1440),),
        "members": (Member("Ada", zone), Member("Lee", zone)),
    }
    return Problem(**(fields | changes))


def a_proposal(
    problem: Problem,
    rule: Rule,
    days: Sequence[date],
    skipped: Sequence[int] = (),
    moved: Mapping[int, str] | None = None,
) -> Proposal:
    """The days at the rule's hour; those skipped or moved (to an ISO wall clock) by place."""
    midnights = (datetime.combine(day, datetime.min.time()) for day in days)
    dates = []
    for place, midnight in enumerate(midnights):
        start = original = instant(midnight + timedelta(minutes=rule.time), problem.zone)
        outcome = Outcome.SKIPPED if place in skipped else Outcome.KEPT
        if moved and place in moved:
            start, outcome = instant(datetime.fromisoformat(moved[place]), problem.zone), MOVED
        dates.append(a_date(problem, start, outcome, original if outcome is MOVED else None))
    return Proposal("", "", rule, Score(0, 0, 0, 0, 0, 0, (0, 0)), tuple(dates), ())


def a_date(problem: Problem, start: int, outcome: Outcome, original: int | None) -> PlannedDate:
    day = datetime.fromtimestamp(start, zone_of(problem.zone)).date()
    nobody: dict[State, tuple[int, ...]] = dict.fromkeys(State, ())
    end = start + problem.meeting.minutes * 60
    return PlannedDate(start, end, day, outcome, True, (2, 2), nobody, "", original)


def instant(wall: datetime, zone: str) -> int:
    """RFC 5545 3.3.5, which is what fold=0 means."""
    return int(wall.replace(tzinfo=zone_of(zone), fold=0).timestamp())


def weekly(weekday: int, time: int, every: int = 1) -> Rule:
    return Rule("weekly", weekday, time, every=every, phase=0)


def monthly(weekday: int, time: int, *ordinals: int) -> Rule:
    return Rule("monthly", weekday, time, ordinals=ordinals)


def days_of(rule: Rule, first: date, last: date) -> list[date]:
    """The pattern's days, counted by hand."""
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    days = [day for day in days if day.weekday() == rule.weekday]
    if rule.kind == "weekly":
        return days[:: rule.every]
    assert rule.ordinals is not None
    numbers = {day: {(day.day - 1) // 7 + 1} for day in days}
    for day in days:
        if (day + timedelta(7)).month != day.month:
            numbers[day].add(-1)
    return [day for day in days if numbers[day] & {*rule.ordinals}]


def held(proposal: Proposal) -> Instants:
    return sorted(
        (each.start, each.end) for each in proposal.dates if each.outcome is not Outcome.SKIPPED
    )


def ours(data: bytes) -> Instants:
    return [(each.start, each.end) for each in busy_of(data, span=YEARS)]


def expanded(data: bytes) -> Instants:
    begin, end = (datetime.fromtimestamp(each, UTC) for each in YEARS)
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(begin, end)
    return sorted(
        (int(event["DTSTART"].dt.timestamp()), int(event["DTEND"].dt.timestamp()))
        for event in events
    )


def by_hand(data: bytes, zone: str) -> Instants:
    """dateutil's reading of the very lines of the rule; exceptions put in one by one."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for event in events(data):
        begin, end = event["DTSTART"].dt, event["DTEND"].dt
        moment, uid = int(begin.timestamp()), event["UID"]
        if "RRULE" in event:
            text = event.to_ical().decode().replace("\r\n ", "").replace("\r\n", "\n")
            lines = [x for x in text.split("\n") if x.startswith(("DTSTART", "RRULE", "EXDATE"))]
            length = int((end - begin).total_seconds())
            for start in rrulestr("\n".join(lines), tzids={zone: zone_of(zone)}):
                at = int(start.timestamp())
                found[uid, at] = (at, at + length)
        else:
            named = event.get("RECURRENCE-ID")
            at = int(named.dt.timestamp()) if named else moment
            found[uid, at] = (moment, int(end.timestamp()))
    return sorted(found.values())


def read_alike(problem: Problem, proposal: Proposal) -> bytes:
    data = series(problem, proposal)
    assert ours(data) == held(proposal)
    assert expanded(data) == held(proposal)
    assert by_hand(data, problem.zone) == held(proposal)
    return data


def events(data: bytes) -> list[Any]:
    calendar: Any = icalendar.Calendar.from_ical(data)
    return list(calendar.walk("VEVENT"))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("every", [1, 2, 3])
def test_a_weekly_series_keeps_its_hour_across_both_changes_of_the_clocks(
    zone: str, every: int
) -> None:
    problem, rule = a_problem(zone), weekly(2, 7 * 60, every)
    days = days_of(rule, problem.start, problem.end)

    data = read_alike(problem, a_proposal(problem, rule, days))

    [event] = events(data)
    interval = {} if every == 1 else {"INTERVAL": [every]}
    expected = {"FREQ": ["WEEKLY"], "BYDAY": ["WE"], "COUNT": [len(days)], **interval}
    assert dict(event["RRULE"]) == expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("ordinals", "by_day"),
    [((2,), ["2WE"]), ((-1,), ["-1WE"]), ((1, 3), ["1WE", "3WE"]), ((3, -1), ["3WE", "-1WE"])],
)
def test_a_monthly_series_names_its_ordinals(
    zone: str, ordinals: tuple[int, ...], by_day: list[str]
) -> None:
    problem, rule = a_problem(zone, start=date(2027, 1, 18)), monthly(2, 7 * 60, *ordinals)
    days = days_of(rule, problem.start, problem.end)

    data = read_alike(problem, a_proposal(problem, rule, days))

    [event] = events(data)
    assert [str(each) for each in event["RRULE"]["BYDAY"]] == by_day


@pytest.mark.parametrize("zone", ZONES)
def test_dates_that_no_rule_gives_are_events_of_their_own(zone: str) -> None:
    problem = a_problem(zone)
    coinciding = monthly(2, 420, 4, -1)
    spread = [date(2027, 1, 13), date(2027, 3, 26), date(2027, 5, 7), date(2027, 11, 8)]
    for rule, days in [
        (coinciding, days_of(coinciding, problem.start, problem.end)),
        (Rule("spread", None, 420), spread),
        (Rule("once", 2, 420), spread[:1]),
        (weekly(2, 420), spread[:1]),
    ]:
        found = events(read_alike(problem, a_proposal(problem, rule, days)))

        assert len({event["UID"] for event in found}) == len(found) == len(days)
        assert not any("RRULE" in event or "RDATE" in event for event in found)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "moved",
    ["2027-03-08T09:00", "2027-03-12T07:00", "2027-03-10T16:45", "2027-03-14T02:15",
     "2027-11-07T01:30"],
)  # fmt: skip
def test_a_moved_date_overrides_the_instance_it_leaves(zone: str, moved: str) -> None:
    problem, rule = a_problem(zone), monthly(2, 7 * 60, 2)
    days = days_of(rule, problem.start, problem.end)
    proposal = a_proposal(problem, rule, days, moved={2: moved})

    master, override = events(read_alike(problem, proposal))

    assert master["UID"] == override["UID"]
    assert int(override["RECURRENCE-ID"].dt.timestamp()) == proposal.dates[2].moved_from
    assert "RRULE" not in override


@pytest.mark.parametrize("moved", ["2027-01-11T09:00", "2027-01-14T07:00", "2027-01-13T12:00"])
def test_a_first_date_that_is_moved_still_begins_the_series(moved: str) -> None:
    problem, rule = a_problem(), monthly(2, 7 * 60, 2)
    days = days_of(rule, problem.start, problem.end)

    master, _ = events(read_alike(problem, a_proposal(problem, rule, days, moved={0: moved})))

    assert master["DTSTART"].dt.isoformat() == "2027-01-13T07:00:00-05:00"


def test_a_date_skipped_in_the_middle_is_excluded() -> None:
    problem, rule = a_problem(), weekly(2, 7 * 60, 2)
    days = days_of(rule, problem.start, problem.end)

    data = read_alike(problem, a_proposal(problem, rule, days, skipped=[3, 4]))

    assert data.count(b"EXDATE;TZID=America/New_York:") == 2


@pytest.mark.parametrize("moved", [{}, {2: "2027-01-18T10:00"}])
def test_dates_skipped_first_or_last_are_outside_the_series(moved: dict[int, str]) -> None:
    problem, rule = a_problem(), weekly(2, 7 * 60)
    days = days_of(rule, problem.start, date(2027, 5, 1))
    proposal = a_proposal(problem, rule, days, [0, 1, len(days) - 1], moved)

    data = read_alike(problem, proposal)

    assert b"EXDATE" not in data
    assert events(data)[0]["DTSTART"].dt.date() == days[2]


def test_a_short_date_stays_in_the_series() -> None:
    problem, rule = a_problem(), weekly(2, 7 * 60)
    days = days_of(rule, problem.start, problem.end)
    proposal = a_proposal(problem, rule, days)
    short = a_date(problem, proposal.dates[3].start, Outcome.SHORT, None)
    changed = (*proposal.dates[:3], short, *proposal.dates[4:])

    again = Proposal("", "", rule, proposal.score, changed, ())

    assert series(problem, again) == series(problem, proposal)


@pytest.mark.parametrize("time", [90, 119, 120, 150, 60, 0])
@pytest.mark.parametrize("first", [date(2027, 1, 3), date(2027, 3, 14), date(2027, 11, 7)])
def test_hours_that_the_clocks_skip_or_repeat_are_told_outright(time: int, first: date) -> None:
    problem, rule = a_problem(start=first), weekly(6, time)

    read_alike(problem, a_proposal(problem, rule, days_of(rule, first, date(2027, 12, 31))))


@st.composite
def proposals(draw: st.DrawFn) -> tuple[Problem, Proposal]:
    minutes, time = draw(st.sampled_from([5, 60, 300])), draw(st.integers(0, 95)) * 15
    problem = a_problem(draw(st.sampled_from(ZONES)), minutes)
    weekday = draw(st.integers(0, 6))
    ordinals = st.lists(st.sampled_from([1, 2, 3, 4, -1]), min_size=1, max_size=3, unique=True)
    rule = draw(
        st.one_of(
            st.integers(1, 3).map(lambda every: weekly(weekday, time, every)),
            ordinals.map(lambda each: monthly(weekday, time, *each)),
        )
    )
    first = problem.start + timedelta(draw(st.integers(0, 300)))
    days = days_of(rule, first, first + timedelta(draw(st.integers(40, 300))))
    places = st.sets(st.integers(0, len(days) - 1), max_size=len(days) // 2)
    skipped = draw(places)
    moved = {}
    for place in draw(places) - skipped:  # never onto another date
        day, hour = days[place] + timedelta(draw(st.integers(-1, 1))), draw(st.integers(0, 95)) * 15
        moved[place] = f"{datetime.combine(day, datetime.min.time()) + timedelta(minutes=hour)}"
    return problem, a_proposal(problem, rule, days, sorted(skipped), moved)


@settings(max_examples=150, deadline=None)
@given(proposals())
def test_any_proposal_is_read_alike_by_all(made: tuple[Problem, Proposal]) -> None:
    read_alike(*made)
