"""Our expansion beside recurring-ical-events, on calendars in UTC that both read alike."""

from datetime import UTC, date, datetime

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calendar_sync.builders import SPRING, a_calendar, an_event, busy_of

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HOURS = st.builds(
    datetime,
    st.integers(2024, 2027),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 23),
    st.sampled_from([0, 15, 30]),
)
NEAR = st.builds(datetime, st.just(2027), st.integers(2, 4), st.integers(1, 28), st.integers(0, 23))
WEEKDAYS = st.sets(st.sampled_from(DAYS), min_size=1, max_size=4).map(
    lambda days: "BYDAY=" + ",".join(sorted(days))
)
NTH_DAYS = st.tuples(st.sampled_from([1, 2, 3, 4, -1, -2]), st.sampled_from(DAYS)).map(
    lambda nth: f"BYDAY={nth[0]}{nth[1]}"
)
MONTH_DAYS = st.sets(st.integers(-3, 31).filter(bool), min_size=1, max_size=3).map(
    lambda days: "BYMONTHDAY=" + ",".join(map(str, sorted(days)))
)
MONTHS = st.sets(st.integers(1, 12), min_size=1, max_size=4).map(
    lambda months: "BYMONTH=" + ",".join(map(str, sorted(months)))
)
NOTHING = st.just("")


def joined(*parts: str) -> str:
    return ";".join(part for part in parts if part)


FREQUENCIES = st.one_of(
    st.builds(joined, st.just("FREQ=DAILY"), st.one_of(NOTHING, WEEKDAYS, MONTHS)),
    st.builds(joined, st.just("FREQ=WEEKLY"), st.one_of(NOTHING, WEEKDAYS)),
    st.builds(joined, st.just("FREQ=MONTHLY"), st.one_of(NOTHING, NTH_DAYS, MONTH_DAYS, WEEKDAYS)),
    st.builds(joined, st.just("FREQ=YEARLY"), st.one_of(NOTHING, MONTHS)),
    st.builds(joined, st.just("FREQ=YEARLY"), MONTHS, st.one_of(NTH_DAYS, MONTH_DAYS)),
    st.just("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
)
RULES = st.one_of(
    st.just("FREQ=HOURLY;INTERVAL=30"),
    st.builds(joined, FREQUENCIES, st.sampled_from(["", "INTERVAL=2", "INTERVAL=3"])),
)


def stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}Z"


@st.composite
def calendars(draw: st.DrawFn) -> bytes:
    """A series with its added, excluded and moved instances, and single events beside it."""
    start, hours, rule = draw(HOURS), draw(st.integers(1, 60)), draw(RULES)
    until = draw(st.none() | NEAR)
    if until and until >= start:  # of an UNTIL before the start, the other library makes nothing
        rule += f";UNTIL={stamp(until)}"
    lines = [f"DTSTART:{stamp(start)}", f"DURATION:PT{hours}H", f"RRULE:{rule}"]
    lines += [f"RDATE:{stamp(extra)}" for extra in draw(st.lists(NEAR, max_size=2))]
    series = an_event(*lines)
    instances = sorted({stamp(start), *(stamp(each) for each, _ in expanded(a_calendar(series)))})
    chosen = draw(st.lists(st.sampled_from(instances), max_size=4, unique=True))
    excluded = draw(st.integers(0, len(chosen)))
    lines += [f"EXDATE:{moment}" for moment in chosen[:excluded]]
    overrides = [
        an_event(f"RECURRENCE-ID:{moment}", f"DTSTART:{stamp(draw(NEAR))}", "DURATION:PT2H")
        for moment in chosen[excluded:]
    ]
    single = an_event(f"DTSTART:{stamp(draw(NEAR))}", "DURATION:P1DT1H", uid="single")
    return a_calendar(an_event(*lines), *overrides, single)


def expanded(data: bytes) -> list[tuple[datetime, datetime]]:
    begin, end = (datetime.fromtimestamp(moment, UTC) for moment in SPRING)
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between(begin, end)
    return sorted({(at(event["DTSTART"].dt), at(event["DTEND"].dt)) for event in events})


def at(moment: date) -> datetime:
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)


@settings(max_examples=150, deadline=None)
@given(calendars())
def test_the_expansion_agrees_with_another_library(data: bytes) -> None:
    ours = {(each.start, each.end) for each in busy_of(data)}

    theirs = {(int(a.timestamp()), int(b.timestamp())) for a, b in expanded(data)}
    assert ours == theirs
