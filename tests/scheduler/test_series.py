"""A rule with its exceptions gives exactly the dates that were planned, for whoever expands it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.model.answer import Outcome, PlannedDate, Rule
from scheduler.model.series import Occurrence, Series
from scheduler.model.zone import zone
from scheduler.series import arranged, held, series_of
from tests.sizes import size

BERLIN = "Europe/Berlin"
ZONES = [BERLIN, "America/New_York", "Australia/Sydney", "America/Santiago", "Asia/Kolkata", "UTC",
         "Australia/Lord_Howe", "Pacific/Auckland"]  # fmt: skip
HOUR = 60
TUESDAYS = Rule("weekly", 1, 17 * 60, every=1, phase=0)


def at(text: str, tz: str = BERLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone(tz)).timestamp())


def on(*days: str, hour: str = "17:00", tz: str = BERLIN) -> list[Occurrence]:
    return [Occurrence(at(f"{d} {hour}", tz), at(f"{d} {hour}", tz), HOUR) for d in days]


def moved(each: Occurrence, to: str) -> Occurrence:
    return replace(each, start=at(to))


def weeks(count: int) -> list[Occurrence]:
    """Tuesdays from 9 March 2027; clocks go forward on the 28th."""
    first = date(2027, 3, 9)
    return on(*(f"{first + timedelta(days=7 * n)}" for n in range(count)))


def starts(found: Iterable[Series]) -> list[int]:
    return sorted(each.start for series in found for each in series.occurrences)


# What is one series, and what is not


def test_a_regular_semester_is_one_series() -> None:
    [found] = series_of(TUESDAYS, weeks(20), BERLIN, HOUR)

    assert found.rule == "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270720T150000Z"
    assert found.occurrences == tuple(weeks(20))
    assert (found.skipped, found.exceptions) == ((), ())
    assert found.first == weeks(1)[0].start


def test_a_moved_date_and_a_skipped_one_stay_in_the_series() -> None:
    dates = weeks(5)
    dates[1] = moved(dates[1], "2027-03-18 09:00")
    gone = dates.pop(3)

    [found] = series_of(TUESDAYS, dates, BERLIN, HOUR)

    assert found.exceptions == (dates[1],)
    assert found.skipped == (gone.original,)


def test_a_series_begins_and_ends_with_a_date_that_is_held() -> None:
    dates = weeks(9)[2:7]

    [found] = series_of(TUESDAYS, dates, BERLIN, HOUR)

    assert found.first == dates[0].original
    assert found.rule.endswith("UNTIL=20270420T150000Z")
    assert found.skipped == ()


@pytest.mark.parametrize("to", ["2027-03-23 09:00", "2027-03-23 20:00", "2027-03-30 12:00"])
def test_a_date_moved_to_a_neighbours_day_or_past_it_stands_alone(to: str) -> None:
    dates = weeks(5)
    dates[1] = moved(dates[1], to)

    series, single = series_of(TUESDAYS, dates, BERLIN, HOUR)

    assert series.skipped == (dates[1].original,)
    assert (single.rule, single.occurrences, single.first) == ("", (dates[1],), dates[1].start)


def test_two_dates_that_pass_each_other_between_neighbours_stand_alone() -> None:
    dates = weeks(5)
    dates[1] = moved(dates[1], "2027-03-21 17:00")
    dates[2] = moved(dates[2], "2027-03-18 17:00")

    series, *singles = series_of(TUESDAYS, dates, BERLIN, HOUR)

    assert len(series.occurrences) == 3
    assert [each.first for each in singles] == [dates[2].start, dates[1].start]


def test_two_ordinals_are_two_series() -> None:
    rule = Rule("monthly", 1, 17 * 60, ordinals=(1, -1))
    dates = on("2027-03-02", "2027-03-30", "2027-04-06", "2027-04-27", "2027-05-04", "2027-05-25")

    first, last = series_of(rule, dates, BERLIN, HOUR)

    assert first.rule.startswith("FREQ=MONTHLY;BYDAY=1TU;")
    assert last.rule.startswith("FREQ=MONTHLY;BYDAY=-1TU;")
    assert len(first.occurrences) == len(last.occurrences) == 3


def test_a_day_that_two_ordinals_name_is_one_date() -> None:
    rule = Rule("monthly", 1, 17 * 60, ordinals=(4, -1))
    days = ("2027-02-23", "2027-03-23", "2027-03-30", "2027-04-27", "2027-05-25", "2027-06-22")

    found = series_of(rule, on(*days, "2027-06-29"), BERLIN, HOUR)

    assert starts(found) == [each.start for each in on(*days, "2027-06-29")]


@pytest.mark.parametrize("rule", [Rule("once", 1, 1020), Rule("spread", None, 1020)])
def test_dates_without_a_rule_are_single(rule: Rule) -> None:
    found = series_of(rule, weeks(3), BERLIN, HOUR)

    assert [each.rule for each in found] == [""] * 3
    assert starts(found) == [each.start for each in weeks(3)]


def test_a_date_alone_is_single_whatever_its_rule() -> None:
    [found] = series_of(TUESDAYS, weeks(1), BERLIN, HOUR)

    assert found.rule == ""


def test_a_date_at_an_hour_that_clocks_skip_or_repeat_stands_alone() -> None:
    sundays = Rule("weekly", 6, 2 * 60 + 30, every=1, phase=0)
    spring = on("2027-03-21", "2027-03-28", "2027-04-04", hour="02:30")
    autumn = on("2027-10-24", "2027-10-31", "2027-11-07", hour="02:30")

    for dates in (spring, autumn):
        series, single = series_of(sundays, dates, BERLIN, HOUR)
        assert single.occurrences == (dates[1],)
        assert series.skipped == (dates[1].original,)


def test_of_a_proposal_short_dates_are_held_and_skipped_ones_are_not() -> None:
    one, two, three = weeks(3)

    def planned(each: Occurrence, outcome: Outcome, was: int | None = None) -> PlannedDate:
        day = date(2027, 3, 9)
        return PlannedDate(each.start, each.end, day, outcome, True, (0, 0), {}, "", was)

    later = moved(two, "2027-03-17 17:00")
    found = held(
        [
            planned(one, Outcome.SHORT),
            planned(later, Outcome.MOVED, two.start),
            planned(three, Outcome.SKIPPED),
        ]
    )

    assert found == [one, later]


# What becomes of a series later


def test_a_series_takes_a_move_and_a_cancellation_and_keeps_its_beginning() -> None:
    [series] = series_of(TUESDAYS, weeks(6), BERLIN, HOUR)
    dates = weeks(6)[1:]
    dates[1] = moved(dates[1], "2027-03-24 17:00")

    [found] = arranged(series, dates)

    assert (found.first, found.rule) == (series.first, series.rule)
    assert found.skipped == (series.first,)
    assert found.exceptions == (dates[1],)


def test_a_date_that_left_its_series_never_comes_back_into_it() -> None:
    [series] = series_of(TUESDAYS, weeks(4), BERLIN, HOUR)
    dates = weeks(4)
    dates[1] = moved(dates[1], "2027-03-24 17:00")
    past, _ = arranged(series, dates)

    again, single = arranged(past, weeks(4))

    assert again == past
    assert single.occurrences == (weeks(4)[1],)


def test_a_date_besides_the_rule_is_single_and_a_single_one_stays_so() -> None:
    [series] = series_of(TUESDAYS, weeks(4), BERLIN, HOUR)
    [extra] = on("2027-05-19")

    kept, single = arranged(series, [*weeks(4), extra])

    assert kept == series
    assert single.occurrences == (extra,)
    assert arranged(single, [moved(extra, "2027-05-20 17:00")])[0].occurrences[0].original == (
        extra.original
    )


def test_a_series_without_a_date_is_none() -> None:
    [series] = series_of(TUESDAYS, weeks(4), BERLIN, HOUR)

    assert arranged(series, []) == []


# For whoever expands it


CADENCES = [Rule("weekly", 0, 0, every=every) for every in (1, 2, 5)] + [
    Rule("monthly", 0, 0, ordinals=each)
    for each in [(1,), (2,), (3,), (4,), (-1,), (1, 3), (4, -1)]
]


@st.composite
def plans(draw: st.DrawFn) -> tuple[str, Rule, int, list[Occurrence]]:
    """A zone, a rule, minutes, and dates that the rule puts; some are skipped, some are moved."""
    tz, minutes = draw(st.sampled_from(ZONES)), draw(st.sampled_from([15, 60, 240]))
    begin = draw(st.dates(date(2026, 1, 1), date(2029, 12, 31)))
    quarter = draw(st.integers(0, 95))
    rule = replace(draw(st.sampled_from(CADENCES)), weekday=begin.weekday(), time=quarter * 15)
    fates = st.sampled_from(["held", "held", "moved", "skipped"])
    dates = list[Occurrence]()
    for put in puts(tz, rule, begin, draw(st.integers(1, 25))):
        fate = draw(fates)
        start = put + 3600 * draw(st.integers(-200, 200)) if fate == "moved" else put
        dates += [] if fate == "skipped" else [Occurrence(put, start, minutes)]
    return tz, rule, minutes, dates


def puts(tz: str, rule: Rule, begin: date, count: int) -> list[int]:
    """Where a rule puts its first dates, by counting days one after the other."""
    days = [begin + timedelta(days=7 * week) for week in range(5 * count)]
    if rule.ordinals:
        days = [each for each in days if {_nth(each, 1), _nth(each, -1)} & {*rule.ordinals}]
    clock = timedelta(minutes=rule.time)
    found = days[:: rule.every or 1][:count]
    return [int((datetime(*d.timetuple()[:3], tzinfo=zone(tz)) + clock).timestamp()) for d in found]


def _nth(day: date, way: int) -> int:
    return sum((day - timedelta(days=7 * way * n)).month == day.month for n in range(5)) * way


@settings(max_examples=size(60, 3000), deadline=None)
@given(plans())
def test_others_expand_a_series_to_exactly_its_dates(
    plan: tuple[str, Rule, int, list[Occurrence]],
) -> None:
    tz, rule, minutes, dates = plan

    found = series_of(rule, dates, tz, minutes)

    ours = [each for series in found for each in series.occurrences]
    assert sorted(ours, key=lambda each: each.original) == dates
    for series in (each for each in found if each.rule):
        originals = [each.original for each in series.occurrences]
        assert by_dateutil(series) == originals
        assert by_recurring_ical_events(series) == originals
        assert series.first == originals[0]
        assert arranged(series, series.occurrences) == [series]
        assert_no_date_meets_its_neighbours(series)


def by_dateutil(series: Series) -> list[int]:
    first = datetime.fromtimestamp(series.first, zone(series.zone))
    found = [int(each.timestamp()) for each in rrulestr(series.rule, dtstart=first)]
    return sorted({*found} - {*series.skipped})


def by_recurring_ical_events(series: Series) -> list[int]:
    clock = zone(series.zone)
    event = icalendar.Event()
    event.add("uid", "one@example.org")
    event.add("dtstart", datetime.fromtimestamp(series.first, clock))
    event.add("duration", timedelta(minutes=series.minutes))
    event.add("rrule", icalendar.vRecur.from_ical(series.rule))
    for each in series.skipped:
        event.add("exdate", datetime.fromtimestamp(each, clock))
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    read = icalendar.Calendar.from_ical(calendar.to_ical())
    found = recurring_ical_events.of(read).between(
        datetime(2025, 12, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
    )
    return sorted(int(each.start.timestamp()) for each in found)


def assert_no_date_meets_its_neighbours(series: Series) -> None:
    clock = zone(series.zone)
    days = [datetime.fromtimestamp(each.start, clock).date() for each in series.occurrences]
    assert days == sorted(set(days))
