"""Rules as Outlook's patterns, and patterns as rules."""

from datetime import date, datetime
from typing import Any

import pytest
from dateutil.rrule import rrulestr

from services.sandbox.outlook.errors import Refusal
from services.sandbox.outlook.patterns import first_day, lines_of, recurrence_of
from tests.sandbox.outlook_client import BERLIN, Words, lecture

PATTERNS = [
    ("FREQ=DAILY;INTERVAL=3", {"type": "daily", "interval": 3}),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU",
        {"type": "weekly", "daysOfWeek": ["monday", "wednesday"], "firstDayOfWeek": "sunday"},
    ),
    ("FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=5", {"type": "absoluteMonthly", "dayOfMonth": 5}),
    ("FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=28,29,30;BYSETPOS=-1", {"dayOfMonth": 30}),
    (
        "FREQ=MONTHLY;INTERVAL=1;BYDAY=TU;BYSETPOS=2",
        {"type": "relativeMonthly", "daysOfWeek": ["tuesday"], "index": "second"},
    ),
    (
        "FREQ=YEARLY;INTERVAL=1;BYMONTH=10;BYMONTHDAY=5",
        {"type": "absoluteYearly", "month": 10, "dayOfMonth": 5},
    ),
    (
        "FREQ=YEARLY;INTERVAL=1;BYMONTH=11;BYDAY=TH;BYSETPOS=-1",
        {"type": "relativeYearly", "month": 11, "index": "last"},
    ),
]


@pytest.mark.parametrize(("rule", "pattern"), PATTERNS)
@pytest.mark.parametrize("end", ["", ";COUNT=7", ";UNTIL=20271231T225959Z"])
def test_a_rule_is_a_pattern_and_the_pattern_that_rule(rule: str, pattern: Words, end: str) -> None:
    recurrence = recurrence_of(lecture(recurrence=[f"RRULE:{rule}{end}"]), BERLIN)

    assert recurrence is not None
    assert recurrence["pattern"].items() >= pattern.items()
    assert recurrence["range"]["startDate"] == "2026-10-05"
    assert recurrence["range"]["recurrenceTimeZone"] == "W. Europe Standard Time"
    again = lines_of(recurrence, date(2026, 10, 5), BERLIN, all_day=False)
    assert again == [f"RRULE:{rule}{end}"]


@pytest.mark.parametrize(
    "lines",
    [
        ["RRULE:FREQ=MONTHLY;BYMONTHDAY=31"],  # Outlook would take the last day instead
        ["RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15"],
        ["RRULE:FREQ=MONTHLY;BYDAY=1MO,3MO"],
        ["RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"],
        ["RRULE:FREQ=MONTHLY;BYDAY=MO"],
        ["RRULE:FREQ=YEARLY;BYWEEKNO=20"],
        ["RRULE:FREQ=YEARLY;BYDAY=2TU"],
        ["RRULE:FREQ=YEARLY;BYMONTH=3,6"],
        ["RRULE:FREQ=DAILY;BYDAY=MO,TU"],
        ["RRULE:FREQ=HOURLY"],
        ["RRULE:FREQ=DAILY;COUNT=2", "RDATE:20261009T070000Z"],
    ],
)
def test_what_outlook_has_no_pattern_for_is_not_given_one(lines: list[str]) -> None:
    assert recurrence_of(lecture(recurrence=lines), BERLIN) is None


def test_the_last_days_of_months_are_as_outlook_takes_them() -> None:
    for day in (29, 30, 31):
        pattern = {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": day}
        span = {"type": "numbered", "startDate": f"2027-01-{day}", "numberOfOccurrences": 12}
        told = {"pattern": pattern, "range": span}
        lines = lines_of(told, date(2027, 1, day), BERLIN, all_day=True)
        found = [each.day for each in rrulestr(lines[0], dtstart=datetime(2027, 1, day))]  # noqa: DTZ001
        assert found == [
            min(day, last) for last in (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
        ]
        event = {"start": {"date": f"2027-01-{day}"}, "recurrence": lines}
        again = recurrence_of(event, BERLIN)
        assert again is not None
        assert again["pattern"]["dayOfMonth"] == day


def test_a_series_begins_on_the_first_day_of_its_pattern() -> None:
    assert first_day(["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=1"], date(2026, 10, 5)).day == 6


WEEKLY = {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}
ENDLESS = {"type": "noEnd", "startDate": "2026-10-05"}


@pytest.mark.parametrize(
    ("pattern", "span"),
    [
        ({**WEEKLY, "dayOfMonth": 5}, ENDLESS),  # does not belong to the type
        ({**WEEKLY, "daysOfWeek": []}, ENDLESS),
        ({**WEEKLY, "daysOfWeek": ["someday"]}, ENDLESS),
        ({**WEEKLY, "interval": 0}, ENDLESS),
        ({**WEEKLY, "type": "hourly"}, ENDLESS),
        ({"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 32}, ENDLESS),
        (WEEKLY, {**ENDLESS, "startDate": "2026-10-06"}),
        (WEEKLY, {**ENDLESS, "type": "endDate", "endDate": "2026-10-04"}),
        (WEEKLY, {**ENDLESS, "type": "numbered"}),
        (WEEKLY, {**ENDLESS, "recurrenceTimeZone": "Mars/Base"}),
        (WEEKLY, None),
    ],
)
def test_a_pattern_that_cannot_be_is_refused(pattern: Words, span: Any) -> None:
    with pytest.raises(Refusal) as refused:
        lines_of({"pattern": pattern, "range": span}, date(2026, 10, 5), BERLIN, all_day=False)
    assert refused.value.status == 400


def test_a_rule_that_ends_before_the_hour_ends_the_day_before() -> None:
    for hour, last in (("06", "2026-10-08"), ("07", "2026-10-09")):  # it begins at 7 in UTC
        rule = f"RRULE:FREQ=DAILY;UNTIL=20261009T{hour}0000Z"
        told = recurrence_of(lecture(recurrence=[rule]), BERLIN)
        assert told is not None
        assert told["range"]["endDate"] == last
