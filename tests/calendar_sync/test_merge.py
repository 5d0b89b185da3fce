"""What `commonhour busy` prints of the instances."""

from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.ics.merge import busy_time
from scheduler.model.busy import BusyInterval, Kind

BUSY, AWAY, MAYBE = Kind.BUSY, Kind.UNAVAILABLE, Kind.TENTATIVE
INTERVALS = st.lists(
    st.builds(
        lambda start, length, kind: BusyInterval(start, start + length, kind),
        st.integers(0, 50),
        st.integers(1, 20),
        st.sampled_from([BUSY, AWAY, MAYBE]),
    )
)


def test_touching_and_overlapping_intervals_of_a_kind_become_one() -> None:
    found = [BusyInterval(20, 30, BUSY), BusyInterval(10, 20, BUSY), BusyInterval(12, 15, BUSY)]

    assert busy_time(found, (0, 100)) == [BusyInterval(10, 30, BUSY)]


def test_kinds_stay_apart_and_are_sorted() -> None:
    found = [BusyInterval(10, 20, AWAY), BusyInterval(10, 20, MAYBE), BusyInterval(10, 20, BUSY)]

    assert busy_time(found, (0, 100)) == [
        BusyInterval(10, 20, BUSY),
        BusyInterval(10, 20, MAYBE),
        BusyInterval(10, 20, AWAY),
    ]


def test_what_lies_outside_the_span_is_cut_off() -> None:
    found = [BusyInterval(0, 12, BUSY), BusyInterval(18, 40, BUSY), BusyInterval(40, 50, BUSY)]

    assert busy_time(found, (10, 20)) == [BusyInterval(10, 12, BUSY), BusyInterval(18, 20, BUSY)]


@given(INTERVALS, st.integers(0, 50), st.integers(0, 30))
def test_every_second_is_as_busy_as_before(
    found: list[BusyInterval], begin: int, length: int
) -> None:
    span = (begin, begin + length)

    merged = busy_time(found, span)

    for kind in (BUSY, AWAY, MAYBE):
        taken = {s for each in found if each.kind is kind for s in range(each.start, each.end)}
        kept = [s for each in merged if each.kind is kind for s in range(each.start, each.end)]
        assert kept == sorted(taken & set(range(*span)))
        ends = [each.end for each in merged if each.kind is kind]
        assert not {each.start for each in merged if each.kind is kind} & set(ends)
