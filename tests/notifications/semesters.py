"""Words for the tests of invitations: a semester, those it is told to, and what they answer."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import recurring_ical_events  # type: ignore[import-untyped]
from hypothesis import strategies as st
from icalendar import Calendar

from notifications.addresses import Address
from notifications.itip.calendar import About
from notifications.itip.names import Names
from notifications.itip.people import Person
from scheduler.model.series import Occurrence, Series
from scheduler.model.zone import zone

NAMES = Names(b"sixteen bytes and more", Address.parse("meet@commonhour.example"))
ADA = Address.parse("ada@example.org")
UID = NAMES.uid("group-1")
STAMP = int(datetime(2027, 1, 15, 9, 30, tzinfo=UTC).timestamp())
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "America/Santiago",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Auckland",
    "Europe/Dublin",
    "UTC",
)


def at(day: date, clock: time, zone_name: str = "Europe/Berlin") -> int:
    """UTC seconds."""
    return int(datetime.combine(day, clock, zone(zone_name)).timestamp())


def a_semester(
    *,
    zone_name: str = "Europe/Berlin",
    first: date = date(2027, 3, 1),
    clock: time = time(10),
    weeks: int = 8,
    every: int = 1,
    minutes: int = 60,
    moved: Mapping[int, int] | None = None,
    skipped: Collection[int] = (),
) -> Series:
    """Dates by a weekly rule. moved: number of the date -> seconds by which; skipped: numbers."""
    days = [first + timedelta(weeks=every * number) for number in range(weeks)]
    originals = [at(day, clock, zone_name) for day in days]
    until = datetime.fromtimestamp(originals[-1], UTC).strftime("%Y%m%dT%H%M%SZ")
    rule = f"FREQ=WEEKLY;INTERVAL={every};UNTIL={until}"
    held = [
        Occurrence(original, original + (moved or {}).get(number, 0), minutes)
        for number, original in enumerate(originals)
        if number not in skipped
    ]
    return Series(
        zone_name, rule, minutes, tuple(held), tuple(originals[each] for each in sorted(skipped))
    )


@st.composite
def semesters(draw: st.DrawFn) -> Series:
    """Any weekly semester, with some of its dates moved or left out, and one held as ruled."""
    weeks = draw(st.integers(2, 16))
    numbers = st.integers(0, weeks - 1)
    kept = draw(numbers)
    moved = draw(st.dictionaries(numbers, st.integers(-3, 3).map(lambda day: day * 86_400 + 1800)))
    skipped = draw(st.sets(numbers)) - {kept}
    return a_semester(
        zone_name=draw(st.sampled_from(ZONES)),
        first=draw(st.dates(date(2026, 1, 1), date(2031, 12, 31))),
        clock=draw(st.times(time(7), time(20)).map(lambda at: at.replace(second=0, microsecond=0))),
        weeks=weeks,
        every=draw(st.integers(1, 3)),
        minutes=draw(st.integers(15, 180)),
        moved={number: by for number, by in moved.items() if number != kept},
        skipped=skipped,
    )


def event_of(ics: str) -> Any:
    """The only event of an object, as icalendar reads it; its values have a type for each kind."""
    [event] = Calendar.from_ical(ics).walk("VEVENT")
    return event


def expanded(ics: str) -> list[tuple[int, int]]:
    """When the event is, as icalendar and recurring-ical-events see it."""
    found = recurring_ical_events.of(Calendar.from_ical(ics)).between(
        datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
    )
    return sorted(
        (int(each["DTSTART"].dt.timestamp()), int(each["DTEND"].dt.timestamp())) for each in found
    )


def told(**changes: Any) -> About:
    """What is told to Ada."""
    uid = changes.get("uid", UID)
    guest = changes.get("guest", Person(ADA, "Ada Lovelace"))
    usual: dict[str, Any] = {
        "uid": uid,
        "sequence": 0,
        "stamp": STAMP,
        "organizer": Person(NAMES.organizer(uid, guest.address), "Cardiology mentors"),
        "guest": guest,
        "title": "Cardiology mentors",
        "place": "Room 3",
        "text": "Bring a case.\nOr two.",
    }
    return About(**{**usual, **changes})
