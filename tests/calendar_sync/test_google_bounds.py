"""Events are told apart within busy time, and whatever is told of them, the time stays the same."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.google.bounds import Span, apart, spans
from calendar_sync.ics.merge import busy_time
from scheduler.model.busy import BusyInterval, Kind

DAY = (0, 200)
PAIRS = st.tuples(st.integers(0, 100), st.integers(1, 40)).map(lambda each: (each[0], sum(each)))


def busy(*times: Span) -> list[BusyInterval]:
    return busy_time([BusyInterval(*each, Kind.BUSY) for each in times], DAY)


def test_two_events_at_one_time_are_two() -> None:
    assert apart(busy((10, 20)), [(10, 20), (10, 20)]) == 2 * busy((10, 20))


def test_events_that_touch_are_told_apart() -> None:
    assert apart(busy((10, 30)), [(10, 20), (20, 30)]) == [
        BusyInterval(10, 20, Kind.BUSY), BusyInterval(20, 30, Kind.BUSY),
    ]  # fmt: skip


def test_what_no_event_explains_stays_busy() -> None:
    assert [each[:2] for each in apart(busy((10, 40)), [(15, 20), (18, 30)])] == [
        (10, 15), (15, 20), (18, 30), (30, 40),
    ]  # fmt: skip


def test_an_event_that_is_not_busy_as_a_whole_adds_nothing() -> None:
    assert apart(busy((10, 20)), [(5, 20), (12, 25), (50, 60)]) == busy((10, 20))


@given(st.lists(PAIRS, max_size=8), st.lists(PAIRS, max_size=8))
def test_not_a_second_is_lost_or_added(times: list[Span], events: list[Span]) -> None:
    blocks = busy(*times)

    assert busy(*(each[:2] for each in apart(blocks, [*times, *events]))) == blocks


def test_only_what_takes_time_counts_and_what_cannot_be_read_is_left_out() -> None:
    at = {
        "start": {"dateTime": "1970-01-01T01:00:00+01:00"},
        "end": {"dateTime": "1970-01-01T00:01:00Z"},
    }
    day = {"start": {"date": "1970-01-02"}, "end": {"date": "1970-01-03"}}
    items: list[dict[str, Any]] = [
        at, day, {**at, "transparency": "transparent"}, {**at, "status": "cancelled"},
        {**at, "eventType": "birthday"}, {"start": {"dateTime": "1970-01-01T00:00:00"}}, {},
        {**at, "end": "later"}, {"start": {"dateTime": "x"}, "end": {}},
    ]  # fmt: skip

    assert spans(items, "Etc/GMT+1") == [(0, 60), (90_000, 176_400)]
    assert spans(items, None) == spans(items, "Nowhere/At_All") == [(0, 60)]
