"""Wall clocks over clock changes, against pytz, which has code and data of its own."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.week import Hours, Week
from scheduler.wallclock import DAY_SECONDS, days_since_epoch, wall_clock

ZONES = [
    "Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi",
    "America/Anchorage", "America/Argentina/Buenos_Aires", "America/Asuncion", "America/Bogota",
    "America/Chicago", "America/Denver", "America/Halifax", "America/Havana",
    "America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Nuuk",
    "America/Phoenix", "America/Santiago", "America/Sao_Paulo", "America/St_Johns",
    "Antarctica/Troll", "Asia/Beirut", "Asia/Dubai", "Asia/Gaza", "Asia/Jerusalem",
    "Asia/Kathmandu", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Atlantic/Azores",
    "Australia/Adelaide", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Berlin",
    "Europe/Dublin", "Europe/London", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham",
]  # fmt: skip
FIRST, LAST = date(2027, 1, 1), date(2028, 12, 31)


def by_pytz(zone: str, wall: datetime) -> datetime:
    """The rule in words: in a gap the offset before it, of two the first."""
    tz = pytz.timezone(zone)
    try:
        return tz.localize(wall, is_dst=None).astimezone(UTC)
    except pytz.AmbiguousTimeError:
        return min(tz.localize(wall, is_dst=dst).astimezone(UTC) for dst in (True, False))
    except pytz.NonExistentTimeError:
        before = tz.localize(wall - timedelta(hours=3)).utcoffset()
        assert before is not None
        return (wall - before).replace(tzinfo=UTC)


def steps_of(zone: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Wall clocks of two years: every hour, and every 5 minutes on days the clocks change."""
    midnights = np.arange(days_since_epoch(FIRST), days_since_epoch(LAST) + 1) * DAY_SECONDS
    changes = wall_clock(zone, FIRST, LAST).changes
    near = [
        change // DAY_SECONDS * DAY_SECONDS + day
        for change in changes
        for day in (-86400, 0, 86400)
    ]
    fine = np.array(near, np.int64)[:, None] + np.arange(0, DAY_SECONDS, 300)
    hours = midnights[:, None] + np.arange(0, DAY_SECONDS, 3600)
    return np.unique(np.concatenate([hours.ravel(), fine.ravel()]))


@pytest.mark.parametrize("zone", ZONES)
def test_two_years_of_wall_clocks_differ_by_no_second(zone: str) -> None:
    wall = steps_of(zone)

    ours = wall_clock(zone, FIRST, LAST).to_utc(wall)

    theirs = [
        by_pytz(zone, datetime.fromtimestamp(each, UTC).replace(tzinfo=None)).timestamp()
        for each in wall.tolist()
    ]
    assert np.abs(ours - np.array(theirs, np.int64)).max() == 0


@pytest.mark.parametrize("zone", ZONES)
def test_utc_shows_the_wall_clock_that_pytz_shows(zone: str) -> None:
    utc = steps_of(zone)

    ours = wall_clock(zone, FIRST, LAST).to_wall(utc)

    tz = pytz.timezone(zone)
    theirs = [
        datetime.fromtimestamp(each, tz).replace(tzinfo=UTC).timestamp() for each in utc.tolist()
    ]
    assert (ours == np.array(theirs, np.int64)).all()


def test_a_weekly_meeting_keeps_its_local_hour_across_a_clock_change() -> None:
    paris = wall_clock("Europe/Paris", date(2027, 3, 1), date(2027, 4, 30))
    evenings = [datetime(2027, 3, day, 18, tzinfo=UTC) for day in (22, 29)]  # changed on the 28th

    utc = paris.to_utc(np.array([int(each.timestamp()) for each in evenings]))

    assert [datetime.fromtimestamp(each, UTC).hour for each in utc.tolist()] == [17, 16]


@given(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440), st.integers(0, 23))
def test_hours_of_a_week_hold_exactly_the_instants_at_which_the_wall_shows_them(
    day: int, start: int, length: int, probe: int
) -> None:
    hours = Hours((day,), start, min(start + length, 1440))
    clock = wall_clock("America/New_York", date(2027, 3, 8), date(2027, 3, 21))
    begin = int(datetime(2027, 3, 8, tzinfo=UTC).timestamp())
    instants = np.arange(begin, begin + 13 * DAY_SECONDS, 900, dtype=np.int64) + 37 * probe

    spans = clock.spans(Week.of([hours]), begin - DAY_SECONDS, begin + 14 * DAY_SECONDS)

    inside = np.searchsorted(spans.starts, instants, "right") > np.searchsorted(
        spans.ends, instants, "right"
    )
    walls = [datetime.fromtimestamp(each, UTC) for each in clock.to_wall(instants).tolist()]
    shown = [
        wall.weekday() == day
        and hours.start * 60 <= wall.hour * 3600 + wall.minute * 60 + wall.second < hours.end * 60
        for wall in walls
    ]
    assert inside.tolist() == shown
