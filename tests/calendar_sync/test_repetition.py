"""Rule 5, first half: rules, added and excluded dates."""

import pytest

from calendar_sync.ics.reasons import Reason, Refused
from tests.calendar_sync.builders import (
    NOWHERE,
    SPRING,
    an_event,
    an_hour,
    busy,
    spans,
    starts,
    utc,
)

IN_NEW_YORK = ";TZID=America/New_York"
YEAR = (utc("2027-01-01"), utc("2028-01-01"))


def of(rule: str, span: tuple[int, int] = SPRING, day: str = "20270301") -> list[str]:
    return [start[:5] for start in starts(busy(an_hour(day, f"RRULE:{rule}"), span=span))]


def test_a_weekly_event_keeps_its_local_hour_across_a_clock_change() -> None:
    event = an_event(
        f"DTSTART{IN_NEW_YORK}:20270308T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2"
    )

    assert starts(busy(event)) == ["03-08 14:00", "03-15 13:00"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;INTERVAL=10", ["03-01", "03-11", "03-21", "03-31"]),
        ("FREQ=WEEKLY;BYDAY=MO,FR;COUNT=3", ["03-01", "03-05", "03-08"]),
        ("freq=weekly;byday=mo;count=2", ["03-01", "03-08"]),
        (
            "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO",
            ["03-01", "03-14", "03-15", "03-28", "03-29"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=SU,MO",
            ["03-01", "03-07", "03-15", "03-21", "03-29"],
        ),
        ("FREQ=MONTHLY;BYDAY=1MO,-1WE", ["03-01", "03-31"]),
        ("FREQ=MONTHLY;BYDAY=FR,1MO", ["03-01", "03-05", "03-12", "03-19", "03-26"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1", ["03-01", "03-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1", ["03-01", "03-31"]),
        ("FREQ=YEARLY;BYWEEKNO=10", ["03-01", "03-08"]),  # on DTSTART's weekday, a Monday
        ("FREQ=YEARLY;BYYEARDAY=60,61", ["03-01", "03-02"]),
        ("FREQ=DAILY;BYMONTH=4", ["03-01"]),  # the start is an instance all the same
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", ["03-01"]),
        ("FREQ=DAILY;COUNT=2;", ["03-01", "03-02"]),
        ("RSCALE=GREGORIAN;FREQ=DAILY;COUNT=2;SKIP=OMIT", ["03-01", "03-02"]),
    ],
)
def test_a_rule_gives_its_days(rule: str, days: list[str]) -> None:
    assert of(rule) == days


def test_the_31st_is_skipped_where_there_is_none() -> None:
    assert of("FREQ=MONTHLY", YEAR, "20270131") == [
        "01-31", "03-31", "05-31", "07-31", "08-31", "10-31", "12-31",
    ]  # fmt: skip


def test_a_leap_day_comes_back_every_four_years() -> None:
    span = (utc("2027-01-01"), utc("2029-01-01"))

    assert of("FREQ=YEARLY", span, "20000229") == ["02-29"]
    assert of("FREQ=YEARLY", YEAR, "20000229") == []


def test_the_start_is_the_first_that_count_counts() -> None:
    assert of("FREQ=WEEKLY;BYDAY=WE;COUNT=3") == ["03-01", "03-03", "03-10"]
    assert of("FREQ=WEEKLY;BYDAY=MO;COUNT=3") == ["03-01", "03-08", "03-15"]
    assert of("FREQ=DAILY;COUNT=1") == ["03-01"]


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20270303T090000Z", "03-03"),
        ("20270303T085959Z", "03-02"),
        ("20270303T090000", "03-03"),
        ("20270303", "03-03"),  # a date lets in the whole of its day
        ("20270226T000000Z", "03-01"),
    ],
)
def test_until_is_the_last_moment_of_a_rule(until: str, last: str) -> None:
    assert of(f"FREQ=DAILY;UNTIL={until}")[-1] == last


def test_until_in_utc_is_compared_with_the_instant_not_the_local_hour() -> None:
    event = an_event(
        f"DTSTART{IN_NEW_YORK}:20270312T200000",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;UNTIL=20270315T000000Z",
    )

    assert starts(busy(event)) == ["03-13 01:00", "03-14 01:00", "03-15 00:00"]


def test_until_in_utc_ends_whole_days_by_their_local_midnight() -> None:
    event = an_event("DTSTART;VALUE=DATE:20270301", "RRULE:FREQ=DAILY;UNTIL=20270302T225959Z")

    # In Berlin the 3rd of March begins at 23:00 UTC on the 2nd.
    assert len(busy(event, zone="Europe/Berlin")) == 2
    assert len(busy(event, zone="America/New_York")) == 2
    assert len(busy(event, zone="Asia/Tokyo")) == 3


def test_hours_of_a_rule_do_not_apply_to_whole_days() -> None:
    event = an_event("DTSTART;VALUE=DATE:20270301", "RRULE:FREQ=DAILY;COUNT=2;BYHOUR=9,10")

    assert spans(busy(event)) == [("03-01 00:00", "03-02 00:00"), ("03-02 00:00", "03-03 00:00")]


def test_several_rules_add_up_and_share_their_days() -> None:
    event = an_hour("20270301", "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=MO")

    assert starts(busy(event)) == ["03-01 09:00", "03-02 09:00", "03-03 09:00", "03-08 09:00"]


def test_a_skipped_hour_of_a_rule_falls_an_hour_later() -> None:
    event = an_event(
        f"DTSTART{IN_NEW_YORK}:20270313T023000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"
    )

    assert starts(busy(event)) == ["03-13 07:30", "03-14 07:30", "03-15 06:30"]


def test_excluded_dates_are_free_in_whatever_zone_they_are_written() -> None:
    event = an_event(
        f"DTSTART{IN_NEW_YORK}:20270301T090000",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=6",
        "EXDATE:20270302T140000Z",
        "EXDATE;TZID=Europe/Berlin:20270303T150000,20270304T150000",
        "EXDATE;VALUE=DATE:20270305",
        "EXDATE:",
    )

    assert starts(busy(event)) == ["03-01 14:00", "03-06 14:00"]


def test_an_excluded_date_is_a_day_of_the_event_not_of_the_reader() -> None:
    event = an_event(
        f"DTSTART{IN_NEW_YORK}:20270301T190000",  # midnight in UTC
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=2",
        "EXDATE;VALUE=DATE:20270302",
    )

    assert starts(busy(event)) == ["03-02 00:00"]


def test_the_start_can_be_excluded() -> None:
    assert starts(
        busy(an_hour("20270301", "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20270301T090000Z"))
    ) == ["03-02 09:00"]


def test_whole_days_are_excluded_by_their_date() -> None:
    event = an_event(
        "DTSTART;VALUE=DATE:20270301",
        "RRULE:FREQ=DAILY;COUNT=4",
        "EXDATE;VALUE=DATE:20270302",
        "EXDATE;TZID=Asia/Tokyo:20270303T000000",
    )

    assert starts(busy(event)) == ["03-01 00:00", "03-04 00:00"]


def test_added_dates_last_as_long_as_the_first() -> None:
    event = an_hour("20270301", "RDATE:20270305T120000Z,20270306T120000Z", "RDATE:20270301T090000Z")

    assert spans(busy(event)) == [
        ("03-01 09:00", "03-01 10:00"),
        ("03-05 12:00", "03-05 13:00"),
        ("03-06 12:00", "03-06 13:00"),
    ]


def test_an_added_period_lasts_as_long_as_it_says() -> None:
    event = an_hour(
        "20270301",
        "RRULE:FREQ=DAILY;COUNT=2",
        "RDATE;VALUE=PERIOD:20270302T090000Z/PT3H,20270305T120000Z/20270305T123000Z",
    )

    assert spans(busy(event)) == [
        ("03-01 09:00", "03-01 10:00"),
        ("03-02 09:00", "03-02 12:00"),
        ("03-05 12:00", "03-05 12:30"),
    ]


def test_an_added_date_without_an_hour_is_at_the_hour_of_the_event() -> None:
    assert starts(busy(an_hour("20270301", "RDATE;VALUE=DATE:20270305"))) == [
        "03-01 09:00",
        "03-05 09:00",
    ]


def test_an_added_date_can_be_excluded() -> None:
    event = an_hour("20270301", "RDATE:20270305T120000Z", "EXDATE:20270305T120000Z")

    assert starts(busy(event)) == ["03-01 09:00"]


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("FREQ=DAILY;INTERVAL=3", "18000101"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=SU", "19700104"),
        ("FREQ=MONTHLY;INTERVAL=5;BYDAY=-1FR", "19700130"),
        ("FREQ=MONTHLY;INTERVAL=2", "19700131"),
        ("FREQ=YEARLY;INTERVAL=3;BYMONTH=3,4;BYDAY=2TU", "19710101"),
        ("FREQ=YEARLY", "16010305"),
        ("FREQ=HOURLY;INTERVAL=7;BYDAY=MO", "19990101"),
        ("FREQ=MINUTELY;INTERVAL=977", "20250101"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "19700130"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,WE,FR;BYSETPOS=2", "20200101"),
    ],
)
def test_a_long_past_changes_nothing(rule: str, start: str) -> None:
    counted = f"{rule};COUNT=200000"  # a rule with COUNT is followed from its very start

    assert starts(busy(an_hour(start, f"RRULE:{rule}"), span=YEAR)) == starts(
        busy(an_hour(start, f"RRULE:{counted}"), span=YEAR)
    )


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ",
        "FREQ=",
        "FREQ=FORTNIGHTLY",
        "BYDAY=MO",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;COUNT=many",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;BYEASTER=0",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=YEARLY;BYMONTH=5L",
        "FREQ=YEARLY;RSCALE=HEBREW",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY;WKST=1",
        "FREQ=HOURLY;INTERVAL=2;BYHOUR=10",  # from nine o'clock: never
    ],
)
def test_a_rule_that_is_not_understood_makes_the_calendar_unreadable(rule: str) -> None:
    with pytest.raises(Refused) as refused:
        busy(an_hour("20270301", f"RRULE:{rule}"))

    assert (refused.value.reason, refused.value.line) == (Reason.BAD_RULE, 8)


def test_an_until_that_cannot_be_read_makes_the_calendar_unreadable() -> None:
    with pytest.raises(Refused) as refused:
        busy(an_hour("20270301", "RRULE:FREQ=DAILY;UNTIL=summer"), span=NOWHERE)

    assert refused.value.reason is Reason.BAD_DATE
