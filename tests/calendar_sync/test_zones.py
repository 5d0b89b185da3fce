"""Rule 6: whose time a local time is; and a second opinion on every conversion."""

from datetime import datetime
from functools import cache
from itertools import pairwise

import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_sync.ics.budget import Budget
from calendar_sync.ics.outline import outline
from calendar_sync.ics.reasons import Reason, Refused
from calendar_sync.ics.sieve import sieve
from calendar_sync.ics.vtimezone import observed
from calendar_sync.ics.zones import Zone, named, seconds
from tests.calendar_sync.builders import (
    NEW_YORK_BY_HAND,
    a_calendar,
    a_clock,
    a_zone,
    an_event,
    busy,
    busy_of,
    starts,
    utc,
)

WEEKLY = "RRULE:FREQ=WEEKLY;BYDAY=MO"
MARCH = ["03-01 14:00", "03-08 14:00", "03-15 13:00", "03-22 13:00", "03-29 13:00"]
PLUS_ONE = a_clock("STANDARD", "19700101T000000", "+0100", "+0100")


def weekly(tzid: str) -> str:
    return an_event(f"DTSTART;TZID={tzid}:20270301T090000", "DURATION:PT1H", WEEKLY)


@pytest.mark.parametrize(
    "tzid", ["America/New_York", "US/Eastern", "Eastern Standard Time", '"Eastern Standard Time"']
)
def test_iana_and_windows_names_are_known(tzid: str) -> None:
    assert starts(busy(weekly(tzid))) == MARCH


def test_the_calendars_own_zone_is_used_where_nobody_knows_the_name() -> None:
    zone = a_zone("Customized Time Zone", *NEW_YORK_BY_HAND)

    assert starts(busy(zone, weekly("Customized Time Zone"))) == MARCH


def test_a_zone_may_be_written_after_its_use_and_with_commas() -> None:
    zone = a_zone(r"(UTC-05:00) Boston\, here", *NEW_YORK_BY_HAND)

    assert starts(busy(weekly('"(UTC-05:00) Boston, here"'), zone)) == MARCH


@pytest.mark.parametrize("tzid", ["America/New_York", "Eastern Standard Time"])
def test_a_known_name_is_trusted_more_than_the_calendars_own_zone(tzid: str) -> None:
    assert starts(busy(a_zone(tzid, PLUS_ONE), weekly(tzid))) == MARCH


def test_a_zone_that_nobody_knows_makes_the_calendar_unreadable() -> None:
    with pytest.raises(Refused) as refused:
        busy(weekly("Middle-earth/Shire"))

    assert (refused.value.reason, refused.value.line) == (Reason.UNKNOWN_ZONE, 6)


@pytest.mark.parametrize("place", ["RDATE", "EXDATE", "RECURRENCE-ID", "DTEND"])
def test_wherever_it_is_used(place: str) -> None:
    event = an_event("DTSTART:20270301T090000Z", f"{place};TZID=Shire:20270301T090000")

    with pytest.raises(Refused) as refused:
        busy(event)

    assert refused.value.reason is Reason.UNKNOWN_ZONE


def test_an_unknown_zone_is_no_matter_where_no_time_hangs_on_it() -> None:
    zone = a_zone("Shire", "X-NOTHING:")
    events = [
        an_event("DTSTART;TZID=Shire:20270301T090000Z", "DURATION:PT1H", uid="a"),
        an_event("DTSTART;TZID=Shire;VALUE=DATE:20270302", uid="b"),
    ]

    assert starts(busy(zone, *events)) == ["03-01 09:00", "03-02 00:00"]


def test_each_calendar_of_a_file_has_its_own_zones() -> None:
    west = a_zone("Custom", a_clock("STANDARD", "19700101T000000", "-0500", "-0500"))
    east = a_zone("Custom", PLUS_ONE)

    def hour(uid: str) -> str:
        return an_event("DTSTART;TZID=Custom:20270301T090000", "DURATION:PT1H", uid=uid)

    found = busy_of(a_calendar(west, hour("a")) + a_calendar(east, hour("b")) + a_calendar(west))

    assert starts(found) == ["03-01 08:00", "03-01 14:00"]


def test_one_calendars_zone_is_not_anothers() -> None:
    busy(a_zone("Custom", PLUS_ONE), weekly("Custom"))

    with pytest.raises(Refused):
        busy(weekly("Custom"))


@pytest.mark.parametrize(
    "parts",
    [
        (),
        ("BEGIN:STANDARD\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD",),
        ("BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:+0100\nEND:STANDARD",),
        (a_clock("STANDARD", "19700101T000000", "+0100", "later"),),
    ],
)
def test_a_zone_of_its_own_that_cannot_be_read_makes_the_calendar_unreadable(
    parts: tuple[str, ...],
) -> None:
    with pytest.raises(Refused) as refused:
        busy(a_zone("Custom", *parts), weekly("Custom"))

    assert refused.value.reason is Reason.BAD_ZONE


def test_dates_and_ends_of_a_zones_rules_are_kept() -> None:
    zone = a_zone(
        "Custom",
        a_clock("STANDARD", "19700101T000000", "+0000", "+0000"),
        a_clock("DAYLIGHT", "20270308T000000", "+0000", "+0100", "RDATE:20270322T000000"),
        a_clock(
            "STANDARD", "20270315T000000", "+0100", "+0000",
            "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20270328T230000Z",
        ),
    )  # fmt: skip

    assert starts(busy(zone, weekly("Custom"))) == [
        "03-01 09:00", "03-08 08:00", "03-15 09:00", "03-22 08:00", "03-29 09:00",
    ]  # fmt: skip


TWENTY = (
    "Africa/Cairo", "Africa/Casablanca", "America/Chicago", "America/New_York", "America/Nuuk",
    "America/Phoenix", "America/Santiago", "America/St_Johns", "Asia/Beirut", "Asia/Kathmandu",
    "Asia/Tehran", "Asia/Tokyo", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Dublin",
    "Europe/London", "Europe/Paris", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham",
)  # fmt: skip


def in_another_library(name: str, wall: datetime) -> int:
    zone = pytz.timezone(name)
    try:
        found = zone.localize(wall, is_dst=None)
    except pytz.AmbiguousTimeError:
        found = min(zone.localize(wall, is_dst=True), zone.localize(wall, is_dst=False))
    except pytz.NonExistentTimeError:  # the offset before the gap gives the later instant
        found = max(zone.localize(wall, is_dst=True), zone.localize(wall, is_dst=False))
    return int(found.timestamp())


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(TWENTY),
    st.datetimes(min_value=datetime(2012, 1, 1), max_value=datetime(2036, 12, 31)),  # noqa: DTZ001
)
def test_wall_clocks_agree_with_another_library(name: str, wall: datetime) -> None:
    wall = wall.replace(microsecond=0)
    zone = named(name)

    assert zone is not None
    assert zone.utc(wall) == in_another_library(name, wall)


@cache
def new_york_by_hand() -> Zone:
    (calendar,) = outline(sieve(a_calendar(a_zone("Custom", *NEW_YORK_BY_HAND))))
    return observed(calendar.parts[0], datetime(2040, 1, 1), Budget(5_000))  # noqa: DTZ001


@settings(max_examples=200, deadline=None)
@given(st.datetimes(min_value=datetime(2008, 1, 1), max_value=datetime(2036, 12, 31)))  # noqa: DTZ001
def test_a_zone_written_by_hand_agrees_with_the_known_one(wall: datetime) -> None:
    wall = wall.replace(fold=0)  # a calendar cannot say which of two it means
    known, by_hand = named("America/New_York"), new_york_by_hand()

    assert known is not None
    assert by_hand.utc(wall.replace(microsecond=0)) == known.utc(wall.replace(microsecond=0))
    assert by_hand.wall(known.utc(wall)) == known.wall(known.utc(wall))


@pytest.mark.parametrize("name", TWENTY)
def test_they_agree_around_every_change_of_the_clocks(name: str) -> None:
    zone, quarters = named(name), range(utc("2026-01-01"), utc("2028-01-01"), 900)

    assert zone is not None
    walls = {zone.wall(instant) for instant in _near_changes(zone, quarters)}
    assert all(zone.utc(wall) == in_another_library(name, wall) for wall in walls)


def _near_changes(zone: Zone, quarters: range) -> list[int]:
    def offset(instant: int) -> int:
        return seconds(zone.wall(instant)) - instant

    days = quarters[::96]
    changed = [day for day, after in pairwise(days) if offset(day) != offset(after)]
    return [instant for day in changed for instant in range(day, day + 86_400, 900)]
