"""What other software reads in our invitations."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, tzinfo
from io import StringIO
from itertools import pairwise

import pytest
import vobject  # type: ignore[import-untyped]
from dateutil.rrule import rrulestr
from dateutil.tz import tzical
from hypothesis import given, settings

from notifications.itip import calendar
from notifications.itip.people import Answer
from notifications.itip.pieces import pieces, single, told_apart
from notifications.itip.zones import vtimezone
from scheduler.model.series import Occurrence, Series
from scheduler.model.zone import zone
from tests.notifications.semesters import (
    UID,
    ZONES,
    a_semester,
    at,
    event_of,
    expanded,
    semesters,
    told,
)
from tests.sizes import size

QUICK = settings(max_examples=size(40, 1000), deadline=None)
Held = list[tuple[int, int]]


def by_vobject(ics: str) -> Held:
    """When the event is, as vobject and dateutil see it; the zone is the one in the object."""
    event = vobject.readOne(ics).vevent
    written = tzical(StringIO(ics)).get()
    starts, end = [_there(event.dtstart.value, written)], _there(event.dtend.value, written)
    long = end - starts[0]
    if "rrule" in event.contents:
        out = [each for line in event.contents.get("exdate", []) for each in line.value]
        left_out = {_there(each, written) for each in out}
        starts = [*rrulestr(event.rrule.value, dtstart=starts[0])]
        assert left_out <= set(starts)
        starts = [each for each in starts if each not in left_out]
    return sorted((int(each.timestamp()), int((each + long).timestamp())) for each in starts)


def _there(read: datetime, written: tzinfo | None) -> datetime:
    """The time in the zone of this object; vobject remembers those of earlier ones."""
    return read if read.tzname() == "UTC" else read.replace(tzinfo=written)


def first_pieces(series: Series) -> dict[int | None, Series]:
    return pieces(series, told_apart(series))


def held(series: Series) -> Held:
    return sorted((each.start, each.end) for each in series.occurrences)


@QUICK
@given(series=semesters())
def test_two_other_programs_see_every_date_where_it_is_held(series: Series) -> None:
    objects = [calendar.request(told(), piece) for piece in first_pieces(series).values()]

    for read in (expanded, by_vobject):
        assert sorted(each for ics in objects for each in read(ics)) == held(series)


@QUICK
@given(series=semesters())
def test_each_object_is_one_event_of_its_own_kind(series: Series) -> None:
    for original, piece in first_pieces(series).items():
        event = event_of(calendar.request(told(), piece))
        assert ("RRULE" in event) == (original is None)
        assert "RECURRENCE-ID" not in event


def test_a_moved_date_is_left_out_of_the_rule_and_stands_alone() -> None:
    series = a_semester(weeks=4, moved={1: 3600})

    whole = first_pieces(series)

    [moved] = [each for each in series.occurrences if each.start != each.original]
    assert list(whole) == [None, moved.original]
    assert whole[None].skipped == (moved.original,)
    assert whole[moved.original].occurrences == (moved,)


def test_a_series_begins_with_a_date_that_is_held() -> None:
    series = a_semester(weeks=4, moved={0: 3600}, skipped=[1])

    event = event_of(calendar.request(told(), first_pieces(series)[None]))

    assert int(event["DTSTART"].dt.timestamp()) == series.occurrences[1].original
    assert "EXDATE" not in event


def test_a_monthly_series_keeps_its_weekday() -> None:
    days = [date(2027, 3, 26), date(2027, 4, 30), date(2027, 5, 28), date(2027, 6, 25)]
    originals = [at(day, time(16)) for day in days]
    rule = "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270625T140000Z"
    held_on = tuple(Occurrence(original, original, 45) for original in originals[1:])
    series = Series("Europe/Berlin", rule, 45, held_on, (originals[0],))

    ics = calendar.request(told(), first_pieces(series)[None])

    assert expanded(ics) == by_vobject(ics) == held(series)


def test_a_series_of_moved_dates_has_no_rule_at_all() -> None:
    series = a_semester(weeks=2, moved={0: 3600, 1: 3600})

    assert None not in first_pieces(series)


def test_a_date_moved_after_it_was_told_stays_in_its_series() -> None:
    moved = a_semester(weeks=4, moved={2: 3600})

    assert list(pieces(moved, apart=[])) == [None]
    assert expanded(calendar.request(told(), pieces(moved, apart=[])[None])) == held(
        a_semester(weeks=4)
    )


def test_another_length_or_place_puts_a_date_apart() -> None:
    series = a_semester(weeks=3)
    longer = replace(series.occurrences[1], minutes=90)
    elsewhere = replace(series.occurrences[2], place="Ward 7")
    other = replace(series, occurrences=(series.occurrences[0], longer, elsewhere))

    assert list(first_pieces(other)) == [None, longer.original, elsewhere.original]
    event = event_of(calendar.request(told(), first_pieces(other)[elsewhere.original]))
    assert event["LOCATION"] == "Ward 7"


def test_a_changed_date_is_named_as_the_rule_puts_it() -> None:
    series = a_semester(weeks=4, moved={2: 3600})
    moved = series.occurrences[2]

    event = event_of(calendar.request_date(told(sequence=1), series, moved))

    assert int(event["RECURRENCE-ID"].dt.timestamp()) == moved.original
    assert event["RECURRENCE-ID"].params["TZID"] == "Europe/Berlin"
    assert int(event["DTSTART"].dt.timestamp()) == moved.start
    assert event["SEQUENCE"] == 1


def test_the_second_coming_of_an_hour_is_written_in_utc() -> None:
    autumn = at(date(2027, 10, 31), time(2, 30)) + 3600
    alone = single("Europe/Berlin", Occurrence(autumn, autumn, 60))

    assert "DTSTART:20271031T013000Z\r\n" in calendar.request(told(), alone)


def test_an_answer_that_was_given_is_not_asked_for_again() -> None:
    event = event_of(calendar.request(told(answer=Answer.ACCEPTED, sequence=2), a_semester()))

    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"


def test_a_rule_that_is_none_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no rule"):
        calendar.request(told(), replace(a_semester(), rule="FREQ=WEEKLY\r\nATTACH:x"))


def a_request() -> str:
    return calendar.request(told(), first_pieces(a_semester(skipped=[2], moved={3: 3600}))[None])


def a_single_request() -> str:
    return calendar.request(told(), single("UTC", a_semester().occurrences[0]))


def a_bare_request() -> str:
    return calendar.request(told(place="", text="", title=""), a_semester())


def a_changed_date() -> str:
    series = a_semester()
    return calendar.request_date(told(sequence=1), series, series.occurrences[3])


def a_cancelled_series() -> str:
    return calendar.cancel(told(sequence=2), a_semester(skipped=[2]))


def a_cancelled_date() -> str:
    series = a_semester()
    return calendar.cancel_date(told(sequence=2), series, series.occurrences[3])


def a_removed_guest() -> str:
    return calendar.cancel(told(sequence=2), a_semester(), for_all=False)


OBJECTS = [
    a_request, a_single_request, a_bare_request, a_changed_date, a_cancelled_series,
    a_cancelled_date, a_removed_guest,
]  # fmt: skip
every_object = pytest.mark.parametrize("write", OBJECTS, ids=lambda write: write.__name__)
Write = Callable[[], str]

ONCE, MAYBE, ANY, SOME = (1, 1), (0, 1), (0, 999), (1, 999)
ALLOWED = {
    "REQUEST": {
        "ATTENDEE": SOME, "DTSTAMP": ONCE, "DTSTART": ONCE, "ORGANIZER": ONCE, "SEQUENCE": MAYBE,
        "SUMMARY": ONCE, "UID": ONCE, "DESCRIPTION": MAYBE, "DTEND": MAYBE, "EXDATE": ANY,
        "LOCATION": MAYBE, "RECURRENCE-ID": MAYBE, "RRULE": MAYBE, "STATUS": MAYBE,
        "TRANSP": MAYBE,
    },
    "CANCEL": {
        "ATTENDEE": ANY, "DTSTAMP": ONCE, "ORGANIZER": ONCE, "SEQUENCE": ONCE, "UID": ONCE,
        "DTSTART": MAYBE, "DTEND": MAYBE, "EXDATE": ANY, "RECURRENCE-ID": MAYBE, "RRULE": MAYBE,
        "STATUS": MAYBE, "SUMMARY": MAYBE,
    },
}  # fmt: skip
"""How often a property stands in an event, by method: RFC 5546, 3.2.2 and 3.2.5, as far as ours
go. libical's table of restrictions has the same numbers."""


def lines(ics: str) -> list[str]:
    return ics.replace("\r\n ", "").split("\r\n")


def inside(ics: str, component: str) -> list[str]:
    whole = lines(ics)
    return whole[whole.index(f"BEGIN:{component}") + 1 : whole.index(f"END:{component}")]


def count(ics: str, name: str) -> int:
    found = [re.split("[;:]", line)[0] for line in inside(ics, "VEVENT")]
    return found.count(name)


@every_object
def test_an_object_has_what_its_method_asks_for_and_nothing_else(write: Write) -> None:
    ics = write()
    [method] = [line.partition(":")[2] for line in lines(ics) if line.startswith("METHOD:")]

    found = {re.split("[;:]", line)[0] for line in inside(ics, "VEVENT")}
    assert found <= ALLOWED[method].keys()
    for name, (least, most) in ALLOWED[method].items():
        assert least <= count(ics, name) <= most, name


@every_object
def test_the_rules_that_are_no_numbers_are_kept_as_well(write: Write) -> None:
    ics = write()
    event = inside(ics, "VEVENT")

    assert count(ics, "RRULE") + count(ics, "RECURRENCE-ID") <= 1
    assert "DURATION" not in ics
    assert "BEGIN:VALARM" not in ics
    used = {found for line in event for found in re.findall(r";TZID=([^:;]+)", line)}
    assert {f"TZID:{name}" for name in used} <= set(inside(ics, "VTIMEZONE"))
    status = [line for line in event if line.startswith("STATUS")]
    if "METHOD:REQUEST" in ics:
        assert status == ["STATUS:CONFIRMED"]
    else:
        assert status in (["STATUS:CANCELLED"], [])


def test_only_what_is_cancelled_for_all_is_called_cancelled() -> None:
    assert "STATUS:CANCELLED" in a_cancelled_series()
    assert "STATUS:CANCELLED" in a_cancelled_date()
    assert "STATUS" not in a_removed_guest()


@every_object
def test_lines_end_and_fold_as_they_should(write: Write) -> None:
    raw = write().encode()

    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


def test_folding_never_cuts_a_character() -> None:
    for shift in range(5):
        ics = calendar.request(told(title="x" * shift + "👩‍⚕️学é" * 15), a_semester())
        folded = ics.encode().split(b"\r\n")
        assert all(len(line) <= 75 for line in folded)
        assert all(line.decode() is not None for line in folded)
        event = event_of(ics)
        assert event["SUMMARY"] == "x" * shift + "👩‍⚕️学é" * 15


@every_object
def test_an_object_names_its_meeting_and_two_people(write: Write) -> None:
    event = event_of(write())

    assert event["UID"] == UID
    assert event["ATTENDEE"] == "mailto:ada@example.org"
    assert event["ORGANIZER"].startswith("mailto:meet+")
    assert event["ORGANIZER"].params["CN"] == "Cardiology mentors"


def hours(series: Series) -> Iterator[int]:
    """Some instants, and every hour around where the clocks change."""
    first, last = series.occurrences[0].start, series.occurrences[-1].end
    instants = list(range(first, last, 86_400))
    there = zone(series.zone)
    for before, after in pairwise(instants):
        yield before
        ends = [datetime.fromtimestamp(each, there).utcoffset() for each in (before, after)]
        if ends[0] != ends[1]:
            yield from range(before, after, 1800)


# Morocco's clocks changed on days of no rule, and then no more; icalendar asks the machine's data.
@pytest.mark.parametrize("zone_name", [*ZONES, "Africa/Casablanca"])
@pytest.mark.parametrize("year", size([2027], list(range(2026, 2034))))
def test_a_zone_is_right_for_the_years_of_its_series(zone_name: str, year: int) -> None:
    series = a_semester(zone_name=zone_name, first=date(year, 1, 4), weeks=50)
    text = "\r\n".join(
        vtimezone(zone_name, series.occurrences[0].start, series.occurrences[-1].end)
    )

    written = tzical(StringIO(f"BEGIN:VCALENDAR\r\n{text}\r\nEND:VCALENDAR\r\n")).get()
    assert written is not None
    there = zone(zone_name)
    for instant in hours(series):
        wall = datetime.fromtimestamp(instant, there).replace(tzinfo=None)
        if datetime.fromtimestamp(instant, there).fold == 0:
            assert int(wall.replace(tzinfo=written).timestamp()) == instant


def test_a_zone_is_short() -> None:
    berlin = vtimezone(
        "Europe/Berlin", at(date(2027, 3, 1), time(10)), at(date(2027, 6, 1), time())
    )

    assert len(berlin) == 15
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU" in berlin
    assert "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU" in berlin
