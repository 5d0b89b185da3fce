"""Series written into the calendar of their organiser, and from there into everybody's."""

from datetime import timedelta

from services.flow.series import showing
from tests.flow.series.rows import (
    a_cancellation,
    a_change,
    a_guest,
    a_leaving,
    a_move,
    the_attendees,
    the_series,
)
from tests.flow.series.towns import BO, CLEO, EVERYBODY, GUS, INES, Semester

HOUR = timedelta(hours=1)
MONDAYS = ["2027-01-11", "2027-01-18", "2027-01-25", "2027-02-01", "2027-02-08", "2027-02-15"]
WHOLE = [f"{day} 15:00" for day in MONDAYS]


def test_a_series_is_one_object_for_its_organiser_and_each_guest(semester: Semester) -> None:
    semester.done()
    assert [len(semester.held(each)) for each in EVERYBODY] == [1, 1, 1]
    assert [semester.dates(each) for each in EVERYBODY] == [WHOLE, WHOLE, WHOLE]
    row = the_series(semester.town.runtime, semester.series)
    assert (row.published, row.settle_at) == (1, None)
    assert row.replies_at == semester.town.clock() + timedelta(seconds=900)


def test_what_is_written_already_is_left_alone(semester: Semester) -> None:
    semester.done()
    before = semester.town.running.world.number
    a_change(semester.town.runtime, semester.series)
    semester.done()
    assert semester.town.running.world.number == before


def test_changes_reach_whom_they_concern(semester: Semester) -> None:
    runtime = semester.town.runtime
    semester.done()
    a_move(runtime, semester.series, 1, HOUR)
    a_cancellation(runtime, semester.series, 3)
    a_change(runtime, semester.series, title="Late birds")
    semester.done()
    dates = [WHOLE[0], "2027-01-18 16:00", WHOLE[2], *WHOLE[4:]]
    assert [semester.dates(each) for each in EVERYBODY] == [dates, dates, dates]
    assert {semester.held(each)[0]["summary"] for each in EVERYBODY} == {"Late birds"}
    assert the_series(runtime, semester.series).published == 4


def test_a_guest_of_one_date_has_that_date_alone(semester: Semester) -> None:
    runtime = semester.town.runtime
    semester.done()
    a_guest(runtime, semester.series, 2, GUS)
    semester.done()
    assert semester.dates(GUS) == WHOLE[2:3]
    assert semester.dates(BO) == WHOLE


def test_whoever_leaves_keeps_what_is_before_that_and_nothing_after(semester: Semester) -> None:
    runtime = semester.town.runtime
    semester.done()
    _, bo, _ = the_attendees(runtime, semester.series)
    a_leaving(runtime, semester.series, bo.id, 2)
    semester.done()
    assert semester.dates(BO) == WHOLE[:2]
    assert semester.dates(CLEO) == WHOLE


def test_a_series_of_which_nothing_is_left_is_gone(semester: Semester) -> None:
    semester.done()
    a_cancellation(semester.town.runtime, semester.series, *range(6))
    semester.done()
    assert [semester.held(each) for each in EVERYBODY] == [[], [], []]
    assert semester.dates(INES) == []


def test_whoever_leaves_keeps_moved_dates_and_those_that_have_guests(semester: Semester) -> None:
    runtime = semester.town.runtime
    semester.done()
    a_move(runtime, semester.series, 1, HOUR)
    a_guest(runtime, semester.series, 5, GUS)
    a_guest(runtime, semester.series, 0, GUS)
    semester.done()
    _, bo, _, *_ = the_attendees(runtime, semester.series)
    a_leaving(runtime, semester.series, bo.id, 2)
    semester.done()
    assert semester.dates(BO) == [WHOLE[0], "2027-01-18 16:00"]
    assert semester.dates(GUS) == [WHOLE[0], WHOLE[5]]


def test_a_date_that_a_person_removed_is_said_to_be_at_the_next_reading(semester: Semester) -> None:
    semester.done()
    world, start = semester.town.running.world, semester.town.clock()
    third = world.instances(INES, start, start + timedelta(days=300))[2]
    world.put(INES, {**third, "status": "cancelled"}, by=INES)
    semester.later(minutes=16)
    with semester.runtime.reading() as work:
        dates = showing.shown(work, the_series(semester.runtime, semester.series)).dates
    told = [{each.what for each in date.deliveries.values()} for date in dates]
    sentence = "Somebody removed this date from the organiser's calendar"
    assert told == [{""}, {""}, {sentence}, {""}, {""}, {""}]
