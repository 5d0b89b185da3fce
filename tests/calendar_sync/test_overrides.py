"""Rule 5, second half: changed instances, and which version of what counts."""

import pytest

from scheduler.model.busy import Kind
from tests.calendar_sync.builders import (
    a_calendar,
    an_event,
    an_hour,
    busy,
    busy_of,
    kinds,
    spans,
    starts,
    utc,
)

SERIES = an_hour("20270301", "RRULE:FREQ=DAILY;COUNT=3")
FIRST_DAYS = (utc("2027-03-01"), utc("2027-03-03"))


def test_an_override_moved_out_of_the_range_frees_its_time() -> None:
    moved = an_hour("20270420", "RECURRENCE-ID:20270302T090000Z")

    assert starts(busy(SERIES, moved)) == ["03-01 09:00", "03-03 09:00"]


def test_an_override_moved_into_the_range_is_busy_there() -> None:
    series = an_hour("20260101", "RRULE:FREQ=DAILY;COUNT=3")
    moved = an_hour("20270302", "RECURRENCE-ID:20260102T090000Z")

    assert starts(busy(series, moved)) == ["03-02 09:00"]


def test_the_order_in_the_file_does_not_matter() -> None:
    moved = an_hour("20270310", "RECURRENCE-ID:20270302T090000Z")

    assert busy(SERIES, moved) == busy(moved, SERIES)


@pytest.mark.parametrize(
    "named",
    [
        "RECURRENCE-ID:20270302T140000Z",
        "RECURRENCE-ID;TZID=America/New_York:20270302T090000",
        "RECURRENCE-ID;TZID=Eastern Standard Time:20270302T090000",
        "RECURRENCE-ID;TZID=Europe/Berlin:20270302T150000",
        "RECURRENCE-ID;VALUE=DATE:20270302",
    ],
)
def test_an_instance_may_be_named_in_any_zone_or_by_its_day(named: str) -> None:
    series = an_event(
        "DTSTART;TZID=America/New_York:20270301T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"
    )
    cancelled = an_event(named, "STATUS:CANCELLED")

    assert starts(busy(series, cancelled)) == ["03-01 14:00", "03-03 14:00"]


def test_an_override_of_a_whole_day_may_be_an_hour() -> None:
    series = an_event("DTSTART;VALUE=DATE:20270301", "RRULE:FREQ=DAILY;COUNT=2")
    shorter = an_hour("20270302", "RECURRENCE-ID;VALUE=DATE:20270302")

    assert spans(busy(series, shorter)) == [
        ("03-01 00:00", "03-02 00:00"),
        ("03-02 09:00", "03-02 10:00"),
    ]


def test_an_override_without_its_series_is_busy() -> None:
    assert starts(busy(an_hour("20270301", "RECURRENCE-ID:20270301T090000Z"))) == ["03-01 09:00"]


def test_an_override_of_an_excluded_date_is_busy() -> None:
    series = an_hour("20270301", "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20270302T090000Z")
    moved = an_hour("20270305", "RECURRENCE-ID:20270302T090000Z")

    assert starts(busy(series, moved)) == ["03-01 09:00", "03-05 09:00"]


def test_an_added_date_can_be_overridden() -> None:
    series = an_hour("20270301", "RDATE:20270305T120000Z")
    moved = an_hour("20270306", "RECURRENCE-ID:20270305T120000Z")

    assert starts(busy(series, moved)) == ["03-01 09:00", "03-06 09:00"]


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        (("SEQUENCE:2",), ("SEQUENCE:1",), "03-11"),
        (("SEQUENCE:1",), ("SEQUENCE:2",), "03-12"),
        ((), ("SEQUENCE:1",), "03-12"),
        (("SEQUENCE:0",), (), "03-12"),
        (("DTSTAMP:20270101T000000Z",), ("DTSTAMP:20261231T000000Z",), "03-11"),
        (("DTSTAMP:20260101T000000Z",), (), "03-11"),
        (("SEQUENCE:1", "DTSTAMP:20260101T000000Z"), ("DTSTAMP:20270101T000000Z",), "03-11"),
        ((), (), "03-12"),
    ],
)
def test_of_two_overrides_the_later_version_counts(
    first: tuple[str, ...], second: tuple[str, ...], counts: str
) -> None:
    named = "RECURRENCE-ID:20270302T090000Z"
    versions = [an_hour("20270311", named, *first), an_hour("20270312", named, *second)]

    assert starts(busy(SERIES, *versions))[-1] == f"{counts} 09:00"
    assert len(busy(SERIES, *versions)) == 3


def test_of_two_masters_the_highest_sequence_counts() -> None:
    old = an_hour("20270301", "SEQUENCE:1", "DTSTAMP:20270201T000000Z")
    new = an_hour("20270305", "SEQUENCE:2", "DTSTAMP:20270101T000000Z")

    assert starts(busy(old, new)) == ["03-05 09:00"]
    assert starts(busy(new, old)) == ["03-05 09:00"]


def test_masters_that_share_the_highest_sequence_all_count_and_share_overrides() -> None:
    daily = an_hour("20270301", "RRULE:FREQ=DAILY;COUNT=2", "SEQUENCE:1")
    other = an_hour("20270310", "RRULE:FREQ=DAILY;COUNT=2", "SEQUENCE:1")
    cancelled = an_event("RECURRENCE-ID:20270311T090000Z", "STATUS:CANCELLED")

    found = busy(daily, other, cancelled)

    assert starts(found) == ["03-01 09:00", "03-02 09:00", "03-10 09:00"]


def test_a_cancelled_newer_master_frees_all() -> None:
    cancelled = an_hour("20270301", "SEQUENCE:1", "STATUS:CANCELLED")

    assert busy(SERIES, cancelled) == []


def test_events_without_a_uid_are_each_their_own() -> None:
    events = [an_hour("20270301", uid=""), an_hour("20270302", "SEQUENCE:5", uid="")]

    assert starts(busy(*events)) == ["03-01 09:00", "03-02 09:00"]


def test_identifiers_that_differ_in_a_broken_byte_differ() -> None:
    text = a_calendar(an_hour("20270301", uid="A"), an_hour("20270302", "SEQUENCE:5", uid="B"))

    found = busy_of(text.replace(b"UID:A", b"UID:\xe4").replace(b"UID:B", b"UID:\xf6"))

    assert starts(found) == ["03-01 09:00", "03-02 09:00"]


def test_this_and_future_moves_and_changes_all_that_follows() -> None:
    series = an_hour("20270301", "RRULE:FREQ=DAILY;COUNT=4")
    later = an_event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20270303T090000Z",
        "DTSTART:20270303T110000Z",
        "DTEND:20270303T113000Z",
        "STATUS:TENTATIVE",
    )

    found = busy(series, later)

    assert spans(found) == [
        ("03-01 09:00", "03-01 10:00"),
        ("03-02 09:00", "03-02 10:00"),
        ("03-03 11:00", "03-03 11:30"),
        ("03-04 11:00", "03-04 11:30"),
    ]
    assert kinds(found) == [Kind.BUSY, Kind.BUSY, Kind.TENTATIVE, Kind.TENTATIVE]


def test_the_later_of_two_that_reach_onwards_takes_over() -> None:
    series = an_hour("20270301", "RRULE:FREQ=DAILY;COUNT=6")
    second = an_hour("20270303", "RECURRENCE-ID;RANGE=THISANDFUTURE:20270302T090000Z")
    last = an_event("RECURRENCE-ID;RANGE=THISANDFUTURE:20270305T090000Z", "STATUS:CANCELLED")
    single = an_hour("20270320", "RECURRENCE-ID:20270304T090000Z")

    found = busy(series, last, second, single)

    assert starts(found) == ["03-01 09:00", "03-03 09:00", "03-04 09:00", "03-20 09:00"]


def test_this_and_future_brings_far_instances_into_the_range() -> None:
    series = an_hour("20280101", "RRULE:FREQ=DAILY")
    earlier = an_hour("20270301", "RECURRENCE-ID;RANGE=THISANDFUTURE:20280101T090000Z")

    assert starts(busy(series, earlier, span=FIRST_DAYS)) == ["03-01 09:00", "03-02 09:00"]


def test_this_and_future_keeps_the_new_local_hour_across_a_clock_change() -> None:
    series = an_event(
        "DTSTART;TZID=America/New_York:20270312T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4"
    )
    later = an_event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20270313T140000Z",
        "DTSTART;TZID=America/New_York:20270313T100000",
        "DURATION:PT1H",
    )

    assert starts(busy(series, later)) == [
        "03-12 14:00", "03-13 15:00", "03-14 14:00", "03-15 14:00",
    ]  # fmt: skip


def test_two_calendars_in_one_file_are_one_source() -> None:
    moved = an_hour("20270310", "RECURRENCE-ID:20270302T090000Z")

    found = busy_of(a_calendar(SERIES) + a_calendar(moved))

    assert starts(found) == ["03-01 09:00", "03-03 09:00", "03-10 09:00"]
