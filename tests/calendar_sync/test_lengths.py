"""Rules 2, 3 and 4: whole days, floating times, changes of the clocks, ends and durations."""

import pytest

from calendar_sync.ics.reasons import Reason, Refused
from tests.calendar_sync.builders import an_event, busy, spans

NEW_YORK = "America/New_York"  # clocks change on 2027-03-14 and 2027-11-07
IN_NEW_YORK = ";TZID=America/New_York"
AUTUMN = (1_793_491_200, 1_796_083_200)  # 2026-11-01 to 2026-12-01; the 1st has 25 hours


def test_a_whole_day_lasts_from_local_midnight_to_local_midnight() -> None:
    event = an_event("DTSTART;VALUE=DATE:20270301")

    assert spans(busy(event, zone=NEW_YORK)) == [("03-01 05:00", "03-02 05:00")]
    assert spans(busy(event, zone="UTC")) == [("03-01 00:00", "03-02 00:00")]


def test_a_whole_day_has_23_hours_when_the_clocks_go_forward() -> None:
    event = an_event("DTSTART;VALUE=DATE:20270314", "DTEND;VALUE=DATE:20270315")

    assert spans(busy(event, zone=NEW_YORK)) == [("03-14 05:00", "03-15 04:00")]


def test_a_whole_day_has_25_hours_when_the_clocks_go_back() -> None:
    event = an_event("DTSTART;VALUE=DATE:20261101")

    assert spans(busy(event, span=AUTUMN, zone=NEW_YORK)) == [("11-01 04:00", "11-02 05:00")]


@pytest.mark.parametrize("end", ["DTEND;VALUE=DATE:20270316", "DURATION:P3D", "DURATION:PT72H"])
def test_several_whole_days_end_at_the_midnight_after_the_last(end: str) -> None:
    event = an_event("DTSTART;VALUE=DATE:20270313", end)

    assert spans(busy(event, zone=NEW_YORK)) == [("03-13 05:00", "03-16 04:00")]


def test_whole_days_that_repeat_follow_local_midnight() -> None:
    event = an_event("DTSTART;VALUE=DATE:20270307", "RRULE:FREQ=WEEKLY;COUNT=2")

    assert spans(busy(event, zone=NEW_YORK)) == [
        ("03-07 05:00", "03-08 05:00"),
        ("03-14 05:00", "03-15 04:00"),
    ]


def test_a_date_without_value_date_is_still_a_whole_day() -> None:
    assert spans(busy(an_event("DTSTART:20270301"))) == [("03-01 00:00", "03-02 00:00")]


def test_a_whole_day_that_ends_at_an_hour_is_busy_to_the_end_of_that_day() -> None:
    event = an_event("DTSTART;VALUE=DATE:20270301", "DTEND:20270302T100000Z")

    assert spans(busy(event)) == [("03-01 00:00", "03-03 00:00")]


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20270301T090000Z",),
        ("DTSTART:20270301T090000Z", "DTEND:20270301T090000Z"),
        ("DTSTART:20270301T090000Z", "DTEND:20270301T080000Z"),
        ("DTSTART:20270301T090000Z", "DURATION:PT0S"),
        ("DTSTART:20270301T090000Z", "DURATION:-PT1H"),
        ("DTSTART;VALUE=DATE:20270301", "DTEND;VALUE=DATE:20270301"),
        ("DTSTART;VALUE=DATE:20270301", "DTEND;VALUE=DATE:20270228"),
    ],
)
def test_an_end_not_after_the_start_takes_no_time(lines: tuple[str, ...]) -> None:
    assert busy(an_event(*lines)) == []


def test_a_floating_time_is_read_where_the_reader_says() -> None:
    event = an_event("DTSTART:20270301T090000", "DTEND:20270301T100000")

    assert spans(busy(event, zone="Asia/Tokyo")) == [("03-01 00:00", "03-01 01:00")]
    assert spans(busy(event, zone="UTC")) == [("03-01 09:00", "03-01 10:00")]


def test_a_time_the_clocks_skip_uses_the_offset_before_the_gap() -> None:
    event = an_event(f"DTSTART{IN_NEW_YORK}:20270314T023000", "DURATION:PT1H")

    assert spans(busy(event)) == [("03-14 07:30", "03-14 08:30")]


def test_a_time_the_clocks_show_twice_is_the_first() -> None:
    event = an_event(f"DTSTART{IN_NEW_YORK}:20261101T013000", "DURATION:PT1H")

    assert spans(busy(event, span=AUTUMN)) == [("11-01 05:30", "11-01 06:30")]


def test_a_midnight_that_the_clocks_skip_is_the_moment_they_do() -> None:
    event = an_event("DTSTART;VALUE=DATE:20270328")

    # In Beirut the 28th of March 2027 begins at 01:00, at 22:00 UTC on the 27th.
    assert spans(busy(event, zone="Asia/Beirut")) == [("03-27 22:00", "03-28 21:00")]


def test_dtend_fixes_the_exact_duration_of_every_instance() -> None:
    event = an_event(
        f"DTSTART{IN_NEW_YORK}:20270312T200000",
        f"DTEND{IN_NEW_YORK}:20270313T080000",
        "RRULE:FREQ=DAILY;COUNT=3",
    )

    assert spans(busy(event)) == [
        ("03-13 01:00", "03-13 13:00"),
        ("03-14 01:00", "03-14 13:00"),  # to 09:00 on the new clock, not 08:00
        ("03-15 00:00", "03-15 12:00"),
    ]


def test_a_first_instance_of_23_hours_makes_all_of_23_hours() -> None:
    event = an_event(
        f"DTSTART{IN_NEW_YORK}:20270313T200000",
        f"DTEND{IN_NEW_YORK}:20270314T200000",
        "RRULE:FREQ=DAILY;COUNT=2",
    )

    assert spans(busy(event)) == [("03-14 01:00", "03-15 00:00"), ("03-15 00:00", "03-15 23:00")]


def test_start_and_end_may_be_in_different_zones() -> None:
    event = an_event(
        f"DTSTART{IN_NEW_YORK}:20270301T180000", "DTEND;TZID=Europe/Berlin:20270302T080000"
    )

    assert spans(busy(event)) == [("03-01 23:00", "03-02 07:00")]


@pytest.mark.parametrize(
    ("duration", "end"),
    [
        ("P1D", "03-15 00:00"),  # the same hour on the next day, 23 hours later
        ("PT24H", "03-15 01:00"),  # 24 hours
        ("P1DT1H", "03-15 01:00"),
        ("P1W", "03-21 00:00"),
        ("+PT15M30S", "03-14 01:15:30"),
    ],
)
def test_a_duration_has_nominal_days_and_exact_hours(duration: str, end: str) -> None:
    event = an_event(f"DTSTART{IN_NEW_YORK}:20270313T200000", f"DURATION:{duration}")

    assert spans(busy(event)) == [("03-14 01:00", end)]


def test_dtend_decides_where_there_is_a_duration_too() -> None:
    event = an_event("DTSTART:20270301T090000Z", "DTEND:20270301T100000Z", "DURATION:PT5H")

    assert spans(busy(event)) == [("03-01 09:00", "03-01 10:00")]


def test_second_60_is_second_59() -> None:
    event = an_event("DTSTART:20270301T090060Z", "DTEND:20270301T100000Z")

    assert spans(busy(event)) == [("03-01 09:00:59", "03-01 10:00")]


@pytest.mark.parametrize(
    "line",
    [
        "DTSTART:",
        "DTSTART",
        "DTSTART:yesterday",
        "DTSTART:20270229T090000Z",
        "DTSTART:20270301T250000Z",
        "DTSTART:20270301T090061Z",
        "DTSTART:20270301T0900Z",
        "DTSTART:2027-03-01T09:00:00Z",
        "DTSTART:20270301T090000+0100",
        "DTSTART:\u0662\u0660\u0662\u0667\u0660\u0663\u0660\u0661T090000Z",  # digits, but not ours
        "DTSTART;VALUE=DATE:20270301T090000Z",
        "DTSTART;VALUE=DATE-TIME:20270301",
        "DTSTART;=;:20270301T090000Z",
        "DTSTART:20270301T090000Z\nDTEND:soon",
        "DTSTART:20270301T090000Z\nDURATION:1H",
        "DTSTART:20270301T090000Z\nDURATION:P",
        "DTSTART:20270301T090000Z\nDURATION:P1DT",
        "DTSTART:20270301T090000Z\nDURATION:P1Y",
        "DTSTART:20270301T090000Z\nDURATION:P99999999999D",
        "DTSTART:20270301T090000Z\nRDATE:never",
        "DTSTART:20270301T090000Z\nRDATE:",
        "DTSTART:20270301T090000Z\nRDATE;VALUE=PERIOD:20270302T090000Z",
        "DTSTART:20270301T090000Z\nRDATE;VALUE=PERIOD:20270302/P1D",
        "DTSTART:20270301T090000Z\nEXDATE:20270302T090000Z,x",
        "DTSTART:20270301T090000Z\nRECURRENCE-ID:first",
        "DTSTART:99991231T090000Z\nDURATION:P2D",
    ],
)
def test_a_time_that_cannot_be_read_makes_the_calendar_unreadable(line: str) -> None:
    with pytest.raises(Refused) as refused:
        busy(an_event(line), span=(0, 253_402_300_799))

    assert refused.value.reason is Reason.BAD_DATE


def test_even_in_an_event_that_is_free() -> None:
    with pytest.raises(Refused) as refused:
        busy(an_event("TRANSP:TRANSPARENT", "DTSTART:20270301T090000Z", "DTEND:later"))

    assert (refused.value.reason, refused.value.line) == (Reason.BAD_DATE, 8)


def test_an_event_without_a_start_makes_the_calendar_unreadable() -> None:
    with pytest.raises(Refused) as refused:
        busy(an_event("DTEND:20270301T100000Z"))

    assert (refused.value.reason, refused.value.line) == (Reason.NO_START, 4)


def test_two_different_starts_contradict_each_other() -> None:
    with pytest.raises(Refused) as refused:
        busy(an_event("DTSTART:20270301T090000Z", "DTSTART:20270302T090000Z"))

    assert refused.value.reason is Reason.CONTRADICTION


def test_the_same_start_twice_is_no_contradiction() -> None:
    event = an_event(*["DTSTART:20270301T090000Z", "DTEND:20270301T100000Z"] * 2)

    assert spans(busy(event)) == [("03-01 09:00", "03-01 10:00")]


def test_what_does_not_tell_time_may_be_broken() -> None:
    event = an_event(
        "DTSTART:20270301T090000Z",
        "DTEND:20270301T100000Z",
        "ATTENDEE;;;=:???",
        "SEQUENCE:many",
        "STATUS;;=:CONFIRMED",
        "DTSTAMP:never",
        "no colon at all",
        "CREATED:whenever",
    )

    assert spans(busy(event)) == [("03-01 09:00", "03-01 10:00")]
