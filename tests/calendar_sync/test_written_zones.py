"""The zone that a calendar brings along is enough to read it by."""

from datetime import date, datetime
from importlib.resources import files

import numpy as np
import pytest

from calendar_sync.ics.budget import Budget
from calendar_sync.ics.outline import outline
from calendar_sync.ics.sieve import sieve
from calendar_sync.ics.vtimezone import observed
from calendar_sync.ics.written.calendars import series
from calendar_sync.ics.written.observances import vtimezone
from calendar_sync.ics.zones import Zone
from scheduler.model.zone import zone as zone_of
from scheduler.wallclock import DAY_SECONDS, days_since_epoch, wall_clock
from tests.calendar_sync.builders import a_calendar
from tests.calendar_sync.test_written import (
    ZONES,
    a_problem,
    a_proposal,
    days_of,
    expanded,
    held,
    ours,
    weekly,
)

FIRST, LAST = date(2027, 1, 4), date(2028, 3, 13)
EVERY_ZONE = files("tzdata").joinpath("zones").read_text().split()


@pytest.mark.parametrize("zone", ZONES)
def test_programs_that_do_not_know_the_zone_read_the_same_instants(zone: str) -> None:
    problem, rule = a_problem(zone), weekly(6, 2 * 60)
    days = days_of(rule, FIRST, date(2027, 12, 31))
    proposal = a_proposal(problem, rule, days, [3], {5: "2027-02-08T10:00"})
    nowhere = series(problem, proposal).replace(zone.encode(), f"Nowhere/{zone}".encode())

    assert nowhere.count(b"TZID:Nowhere/") == 1
    assert ours(nowhere) == held(proposal)
    assert expanded(nowhere) == held(proposal)


@pytest.mark.parametrize("part", range(4))
def test_every_zone_there_is_comes_out_right_over_the_longest_term(part: int) -> None:
    for name in EVERY_ZONE[part::4]:
        written = as_others_read_it(name)
        clock = wall_clock(name, FIRST, LAST)
        days = np.arange(days_since_epoch(FIRST), days_since_epoch(LAST) + 2) * DAY_SECONDS
        instants = [*(days + 43_200), *clock.changes, *(clock.changes - 1)]
        known = zone_of(name)
        for moment in map(int, instants):
            there = datetime.fromtimestamp(moment, known).replace(tzinfo=None, fold=0)
            assert written.wall(moment) == there, name


def as_others_read_it(name: str) -> Zone:
    [calendar] = outline(sieve(a_calendar(*vtimezone(name, FIRST, LAST))))
    return observed(calendar.parts[0], datetime(2030, 1, 1), Budget(50_000))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zone", "lines"),
    [
        ("America/New_York", ["BYMONTH=3;BYDAY=2SU", "BYMONTH=11;BYDAY=1SU"]),
        ("Europe/London", ["BYMONTH=3;BYDAY=-1SU", "BYMONTH=10;BYDAY=-1SU"]),
        ("Australia/Lord_Howe", ["BYMONTH=4;BYDAY=1SU", "BYMONTH=10;BYDAY=1SU"]),
        ("Asia/Kolkata", []),
        ("America/Santiago", []),  # the Sunday from the 2nd to the 8th: no nth weekday
    ],
)
def test_a_change_on_the_nth_weekday_is_a_rule(zone: str, lines: list[str]) -> None:
    found = vtimezone(zone, FIRST, FIRST)

    rules = [f"RRULE:FREQ=YEARLY;{line}" for line in lines]
    assert [line for line in found if line.startswith("RRULE")] == rules
    assert ("RDATE:20270404T000000" in found) == (zone == "America/Santiago")


def test_summer_time_is_called_so_on_both_halves_of_the_globe_and_in_dublin() -> None:
    for zone, month in [("America/New_York", "0308"), ("Europe/Dublin", "0329"),
                        ("Australia/Sydney", "1004")]:  # fmt: skip
        lines = vtimezone(zone, FIRST, FIRST)
        assert lines[lines.index("BEGIN:DAYLIGHT") + 1].startswith(f"DTSTART:2026{month}T")
