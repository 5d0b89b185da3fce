"""A private feed says the same to programs that are not ours."""

from datetime import UTC, datetime, tzinfo
from io import StringIO
from typing import Any

import pytest
import recurring_ical_events  # type: ignore[import-untyped]
import vobject  # type: ignore[import-untyped]
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from notifications.itip.people import Person
from notifications.itip.published import Feed, Published, publish
from tests.notifications.semesters import ADA, STAMP, ZONES
from tests.sizes import size

FEED = Feed("Thursday circle", "Europe/Berlin", STAMP, Person(ADA, "Common Hour"))
START = int(datetime(2027, 3, 4, 17, tzinfo=UTC).timestamp())


def a_date(start: int = START, minutes: int = 60, **said: Any) -> Published:
    usual: dict[str, Any] = {"uid": f"date-{start}", "sequence": 1, "title": "Mentoring"}
    return Published(stamp=STAMP, start=start, end=start + minutes * 60, **usual | said)


def as_icalendar_reads(ics: str) -> list[tuple[int, int]]:
    found = recurring_ical_events.of(Calendar.from_ical(ics)).between(
        datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
    )
    return sorted((_seconds(each["DTSTART"].dt), _seconds(each["DTEND"].dt)) for each in found)


def as_vobject_reads(ics: str) -> list[tuple[int, int]]:
    """When the events are; the zone is the one in this feed, for vobject remembers earlier ones."""
    zones, feed = tzical(StringIO(ics)), vobject.readOne(ics)
    zone = next(map(zones.get, zones.keys()), None)
    times = [(each.dtstart.value, each.dtend.value) for each in feed.contents.get("vevent", [])]
    return sorted((_there(start, zone), _there(end, zone)) for start, end in times)


def _there(read: datetime, zone: tzinfo | None) -> int:
    return _seconds(read if read.tzname() == "UTC" else read.replace(tzinfo=zone))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


@settings(max_examples=size(25, 1000), deadline=None)
@given(
    st.lists(st.integers(START, START + 5 * 366 * 86_400).map(lambda at: at - at % 60), max_size=6),
    st.integers(15, 600),
    st.sampled_from(ZONES),
)
def test_two_parsers_find_every_date_where_it_is(starts: list[int], minutes: int, tz: str) -> None:
    feed = Feed("Circle", tz, STAMP, FEED.organizer)
    ics = publish(feed, [a_date(each, minutes) for each in sorted(set(starts))])

    expected = [(each, each + minutes * 60) for each in sorted(set(starts))]
    assert as_icalendar_reads(ics) == expected
    assert as_vobject_reads(ics) == expected


def test_it_asks_nobody_and_names_no_guest() -> None:
    [event] = Calendar.from_ical(publish(FEED, [a_date()])).walk("VEVENT")

    assert "ATTENDEE" not in event
    assert event["ORGANIZER"] == f"mailto:{ADA}"
    assert event["STATUS"] == "CONFIRMED"
    assert event["TRANSP"] == "OPAQUE"


def test_a_date_to_which_its_reader_does_not_come_takes_none_of_their_time() -> None:
    dates = [a_date(coming=False), a_date(START + 86_400, certain=False)]
    declined, doubtful = Calendar.from_ical(publish(FEED, dates)).walk("VEVENT")

    assert declined["TRANSP"] == "TRANSPARENT"
    assert doubtful["STATUS"] == "TENTATIVE"


def test_what_people_wrote_stays_what_they_wrote() -> None:
    wrote = "a;b,c\\d\nBEGIN:VEVENT\r\nUID:x\u2028ATTENDEE:mailto:eve@example.org"
    ics = publish(FEED, [a_date(title=wrote, place=wrote, text=wrote)])

    [event] = Calendar.from_ical(ics).walk("VEVENT")
    assert "ATTENDEE" not in event
    assert event["UID"] == f"date-{START}"
    assert str(event["SUMMARY"]).startswith("a;b,c\\d BEGIN:VEVENT")
    assert max(len(line.encode()) for line in ics.split("\r\n")) <= 75


@pytest.mark.parametrize("tz", ["Europe/Berlin", "UTC"])
def test_without_a_date_it_is_a_calendar_all_the_same(tz: str) -> None:
    ics = publish(Feed("Circle", tz, STAMP, FEED.organizer), [])

    assert as_icalendar_reads(ics) == as_vobject_reads(ics) == []
    assert len(Calendar.from_ical(ics).subcomponents) == 1  # RFC 5545, 3.6: at least one
