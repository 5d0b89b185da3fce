"""What the sandbox makes of calendar files, beside a second expansion of the same files."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from hypothesis import given, settings

from calendar_sync.ics.source import Source, read_all
from scheduler.model.busy import BusyInterval
from scheduler.model.zone import zone
from services.sandbox.importing import NotACalendar, put_all, read
from services.sandbox.world import World
from tests.calendar_sync.builders import busy_of
from tests.calendar_sync.test_second_opinion import calendars
from tests.sizes import size

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "examples").glob("*/*.ics"))
SAMPLE = Random(20270111).sample(FILES, 12)
HOME = "America/New_York"
FROM, TO = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 7, 31, tzinfo=UTC)
SPAN = int(FROM.timestamp()), int(TO.timestamp())
FREE = ("FREE", "WORKINGELSEWHERE")

Spans = list[tuple[datetime, datetime]]


def merged(spans: Iterable[tuple[datetime, datetime]]) -> Spans:
    found: Spans = []
    for start, end in sorted((max(a, FROM), min(b, TO)) for a, b in spans):
        if start < end:
            if found and start <= found[-1][1]:
                found[-1] = found[-1][0], max(end, found[-1][1])
            else:
                found.append((start, end))
    return found


def expanded(data: bytes) -> Spans:
    """What another library makes of the file."""
    calendar = icalendar.Calendar.from_ical(data)
    # From a week earlier: it leaves out some of what has begun by then.
    events = recurring_ical_events.of(calendar).between(FROM - timedelta(days=7), TO)
    spans = [(at(each["DTSTART"].dt), at(each["DTEND"].dt)) for each in events if taken(each)]
    return merged(spans + [each for found in calendar.walk("VFREEBUSY") for each in periods(found)])


def taken(event: Any) -> bool:
    if event.get("STATUS") == "CANCELLED":
        return False
    outlook = event.get("X-MICROSOFT-CDO-BUSYSTATUS")
    return outlook not in FREE if outlook else event.get("TRANSP") != "TRANSPARENT"


def periods(component: Any) -> Spans:
    lines = [line for line in component.get("FREEBUSY", []) if line.params["FBTYPE"] != "FREE"]
    spans = [(line.dt[0], line.dt[1]) for line in lines]
    return [(a, a + b if isinstance(b, timedelta) else b) for a, b in spans]


def at(moment: date) -> datetime:
    wall = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
    return (wall if wall.tzinfo else wall.replace(tzinfo=zone(HOME))).astimezone(UTC)


def imported(data: bytes) -> Spans:
    world = World.open(None, seed=False)
    world.add_person("ada@example.org", "Ada", HOME)
    put_all(world, "ada@example.org", data, by="test")
    found = world.busy("ada@example.org", FROM, TO)
    world.close()
    return found


def ours(data: bytes) -> Spans:
    """What the product's own reader makes of the file."""
    (found,) = read_all([Source("a calendar", SPAN, HOME, data)])
    return merged(map(instants, found))


def instants(each: BusyInterval) -> tuple[datetime, datetime]:
    return datetime.fromtimestamp(each.start, UTC), datetime.fromtimestamp(each.end, UTC)


def in_new_york(data: bytes) -> bytes:
    """The same readings of the clock, in a zone that changes its clocks."""
    times = rb"(DTSTART|EXDATE|RDATE|RECURRENCE-ID):(\d{8}T\d{6})Z"
    return re.sub(times, rb"\1;TZID=America/New_York:\2", data)


def a_file(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""]).encode()


def an_event(*lines: str) -> list[str]:
    return ["BEGIN:VEVENT", "UID:one@example.org", "DTSTAMP:20261201T000000Z", *lines, "END:VEVENT"]


@pytest.mark.parametrize("judge", [expanded, ours])
def test_the_busy_time_of_our_examples_is_what_others_make_of_them(
    judge: Callable[[bytes], Spans],
) -> None:
    for path in size(SAMPLE, FILES):
        data = path.read_bytes()

        assert imported(data) == judge(data), path


@pytest.mark.parametrize("clock", [bytes, in_new_york])
@settings(max_examples=size(30, 500), deadline=None, derandomize=True)
@given(data=calendars())
def test_the_busy_time_of_any_series_is_what_our_own_reader_says(
    clock: Callable[[bytes], bytes], data: bytes
) -> None:
    # icalendar does not tell P1DT1H from PT25H, which differ where the clocks change.
    data = clock(data).replace(b"P1DT1H", b"PT25H")

    theirs = merged(map(instants, busy_of(data, span=SPAN, zone=HOME)))
    assert imported(data) == theirs


DAILY = ("DTSTART;TZID=Eastern Standard Time:20270310T090000", "DURATION:PT1H")


def test_a_series_stays_a_series_with_its_dates_in_googles_form() -> None:
    data = a_file(
        *an_event(*DAILY, "RRULE:FREQ=DAILY;UNTIL=20270316", "EXDATE;VALUE=DATE:20270312"),
        *an_event(*DAILY, "RECURRENCE-ID:20270311T140000Z", "SUMMARY:Moved"),
        *an_event(*DAILY, "RECURRENCE-ID:20270315T130000Z", "STATUS:CANCELLED"),
    )

    master, moved, gone = read(data, HOME)

    assert master["start"]["timeZone"] == "America/New_York"
    until, excluded = "RRULE:FREQ=DAILY;UNTIL=20270317T035959Z", "EXDATE:20270312T140000Z"
    assert master["recurrence"] == [until, excluded]
    assert moved["id"] == f"{master['id']}_20270311T140000Z"
    assert moved["recurringEventId"] == gone["recurringEventId"] == master["id"]
    assert gone["status"] == "cancelled"
    assert gone["originalStartTime"]["dateTime"] == "2027-03-15T09:00:00-04:00"


@pytest.mark.parametrize(
    "data",
    [
        a_file(
            *an_event(*DAILY, "RRULE:FREQ=DAILY;COUNT=8"),
            *an_event(
                "RECURRENCE-ID;RANGE=THISANDFUTURE:20270313T140000Z",
                "DTSTART;TZID=Eastern Standard Time:20270313T110000",
                "DURATION:PT2H",
            ),
        ),
        a_file(*an_event(*DAILY, "RDATE;VALUE=PERIOD:20270320T100000Z/PT3H")),
        a_file(
            "BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:19700101T000000",
            "TZOFFSETFROM:+0345", "TZOFFSETTO:+0345", "END:STANDARD", "END:VTIMEZONE",
            *an_event(
                "DTSTART;TZID=Ours:20270310T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"
            ),
        ),
        a_file(*an_event(*DAILY, "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3")),
        a_file(*an_event(*DAILY, "RECURRENCE-ID:20270309T140000Z")),
    ],
    ids=["onwards", "period", "own zone", "off the rule", "no master"],
)  # fmt: skip
def test_what_google_cannot_say_takes_the_same_time_as_single_events(data: bytes) -> None:
    assert imported(data) == ours(data) != []


def test_an_override_of_all_later_instances_becomes_single_events() -> None:
    onwards = an_event(*DAILY, "RECURRENCE-ID;RANGE=THISANDFUTURE:20270313T140000Z")
    data = a_file(*an_event(*DAILY, "RRULE:FREQ=DAILY;COUNT=6"), *onwards)

    events = read(data, HOME)

    assert len(events) == 6
    assert len({each["iCalUID"] for each in events}) == 6
    assert not any("recurrence" in each or "recurringEventId" in each for each in events)


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("TRANSP:TRANSPARENT", "transparency", "transparent"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", "transparency", "transparent"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", "transparency", None),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", "status", "tentative"),
        ("STATUS:TENTATIVE", "status", "tentative"),
        ("CLASS:PRIVATE", "visibility", "private"),
        ("LOCATION:Room 4\\, east", "location", "Room 4, east"),
    ],
)
def test_what_a_file_says_of_an_event_is_kept(line: str, field: str, value: str | None) -> None:
    (event,) = read(a_file(*an_event(*DAILY, line)), HOME)

    assert event.get(field) == value


def test_what_is_cancelled_is_left_out() -> None:
    assert read(a_file(*an_event(*DAILY, "STATUS:CANCELLED")), HOME) == []


def test_whole_days_end_before_the_day_that_their_end_names() -> None:
    lines = ("DTSTART;VALUE=DATE:20270310", "DTEND;VALUE=DATE:20270312")
    (event,) = read(a_file(*an_event(*lines)), HOME)

    assert (event["start"], event["end"]) == ({"date": "2027-03-10"}, {"date": "2027-03-12"})


def test_the_same_file_twice_is_the_same_events() -> None:
    world = World.open(None, seed=False)
    world.add_person("ada@example.org", "Ada", HOME)
    data = SAMPLE[0].read_bytes()

    put_all(world, "ada@example.org", data, by="test")
    once = len(world.events("ada@example.org"))
    put_all(world, "ada@example.org", data, by="test")

    assert len(world.events("ada@example.org")) == once


@pytest.mark.parametrize("text", ["", "hello", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])
def test_what_is_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(NotACalendar):
        read(text, HOME)
