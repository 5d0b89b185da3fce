"""Our own meetings are no conflicts, and nothing else is lost: judged minute by minute."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.events import Events
from scheduler.model.own import without

MINUTE = 60
LAST = 60  # minutes: so few that much is alike, touches and overlaps
MAYBE_OURS = {Kind.BUSY, Kind.TENTATIVE}
Span: TypeAlias = tuple[int, int]
Minutes: TypeAlias = dict[int, Counter[Kind]]

spans = st.tuples(st.integers(0, LAST - 1), st.integers(1, 20)).map(
    lambda each: (each[0] * MINUTE, (each[0] + each[1]) * MINUTE)
)
kinds = st.sampled_from([Kind.BUSY, Kind.BUSY, Kind.TENTATIVE, Kind.UNAVAILABLE])
others = st.lists(
    st.builds(lambda span, kind: BusyInterval(span[0], span[1], kind), spans, kinds), max_size=8
)
meetings = st.lists(spans, max_size=4)


def minutes(intervals: Iterable[BusyInterval]) -> Minutes:
    """How often each minute is taken, by kind."""
    found: Minutes = {minute: Counter() for minute in range(LAST + 30)}
    for each in intervals:
        for minute in range(each.start // MINUTE, each.end // MINUTE):
            found[minute][each.kind] += 1
    return found


def joined(intervals: Sequence[BusyInterval]) -> list[BusyInterval]:
    """As a host tells it that joins what touches: minute by minute, per kind."""
    found = []
    for kind in Kind:
        begun = None
        taken = minutes(each for each in intervals if each.kind is kind)
        for minute in range(LAST + 30):
            if taken[minute] and begun is None:
                begun = minute
            if not taken[minute] and begun is not None:
                found.append(BusyInterval(begun * MINUTE, minute * MINUTE, kind))
                begun = None
    return found


def left(intervals: Sequence[BusyInterval], ours: Sequence[Span], *, apart: bool) -> Minutes:
    return minutes(without(Events.of(intervals), ours, apart=apart).intervals())


def as_ours(spans: Iterable[Span]) -> list[BusyInterval]:
    return [BusyInterval(each[0], each[1], Kind.BUSY) for each in spans]


def times(intervals: Iterable[BusyInterval]) -> Counter[Span]:
    return Counter((each.start, each.end) for each in intervals)


@given(others, meetings)
def test_where_events_are_told_apart_all_that_is_left_is_what_is_not_ours(
    theirs: list[BusyInterval], ours: list[Span]
) -> None:
    found = left([*theirs, *as_ours(ours)], ours, apart=True)

    for minute, kinds in minutes(theirs).items():
        # Of two that are alike the one that takes less goes: a minute may take more, never less.
        assert sum(found[minute].values()) == sum(kinds.values())
        assert found[minute][Kind.TENTATIVE] <= kinds[Kind.TENTATIVE]
        assert found[minute][Kind.UNAVAILABLE] == kinds[Kind.UNAVAILABLE]


@given(others, meetings)
def test_where_events_are_told_apart_a_meeting_that_is_not_there_takes_nothing_away(
    theirs: list[BusyInterval], ours: list[Span]
) -> None:
    there = times(theirs)
    elsewhere = [each for each in ours if not there[each]]

    assert left(theirs, elsewhere, apart=True) == minutes(theirs)


@given(others, meetings)
def test_where_time_is_joined_no_minute_outside_of_our_meetings_becomes_free(
    theirs: list[BusyInterval], ours: list[Span]
) -> None:
    told = joined([*theirs, *as_ours(ours)])
    found = left(told, ours, apart=False)
    at_ours = {each for start, end in ours for each in range(start // MINUTE, end // MINUTE)}

    for minute, kinds in minutes(theirs).items():
        assert found[minute][Kind.UNAVAILABLE] == bool(kinds[Kind.UNAVAILABLE])
        for kind in MAYBE_OURS:
            taken = minute not in at_ours and kinds[kind]
            assert found[minute][kind] == bool(taken)


@given(others, meetings)
def test_where_time_is_joined_a_meeting_of_which_a_minute_is_free_takes_nothing_away(
    theirs: list[BusyInterval], ours: list[Span]
) -> None:
    told = joined(theirs)
    busy = minutes(each for each in theirs if each.kind in MAYBE_OURS)
    gone = [each for each in ours if not all_taken(busy, each)]

    assert left(told, gone, apart=False) == minutes(told)


def all_taken(busy: Minutes, span: Span) -> bool:
    return all(busy[minute] for minute in range(span[0] // MINUTE, span[1] // MINUTE))


@pytest.mark.parametrize("apart", [True, False])
def test_time_that_is_clinical_is_never_ours(apart: bool) -> None:  # noqa: FBT001
    clinic = [BusyInterval(0, 600, Kind.PROTECTABLE)]

    assert left(clinic, [(0, 600)], apart=apart) == minutes(clinic)


def test_of_two_meetings_at_the_same_time_one_does_not_hide_what_another_group_has_there() -> None:
    three = as_ours([(0, 600)] * 3)

    found = left(three, [(0, 600)] * 2, apart=True)

    assert found == minutes(as_ours([(0, 600)]))


def test_a_lunch_that_joins_our_meeting_stays_on_either_side() -> None:
    found = without(Events.of(as_ours([(0, 3600)])), [(600, 1200), (1200, 1800)], apart=False)

    assert sorted(found.intervals()) == as_ours([(0, 600), (1800, 3600)])


@pytest.mark.parametrize("apart", [True, False])
def test_where_there_is_nothing_nothing_is_left(apart: bool) -> None:  # noqa: FBT001
    assert len(without(Events.of([]), [(0, 600)], apart=apart)) == 0
    assert len(without(Events.of(as_ours([(0, 600)])), [], apart=apart)) == 1
