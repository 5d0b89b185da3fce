"""A date that was cancelled by mistake, or removed in the organiser's calendar, is held again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.flow.errors import Conflict
from services.flow.series import changing, deliveries, keeping
from services.storage import series as stored
from services.storage.rows.series import MeetingRow, MeetingState
from services.wiring import Runtime
from tests.flow.series.post import BO, Mailed, a_mailed, lines
from tests.flow.series.rows import WEEK
from tests.flow.series.towns import CLEO, EVERYBODY, INES, Semester

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def mailed(tmp_path: Path) -> Iterator[Mailed]:
    mailed = a_mailed(tmp_path, emails=[BO])
    yield mailed
    mailed.runtime.engine.dispose()


def test_a_date_that_is_kept_after_all_is_never_told_as_cancelled(mailed: Mailed) -> None:
    mailed.done()
    mailed.news()
    before = objects(mailed.runtime, mailed.series)
    cancelled(mailed, 2)
    mailed.later(minutes=1)
    kept = keep(mailed, 2)
    mailed.later(minutes=10)
    assert mailed.news() == []
    assert (kept.state, kept.stood) == (MeetingState.HELD, [])
    assert objects(mailed.runtime, mailed.series) == before


def test_a_date_of_its_own_is_kept_as_it_was(tmp_path: Path) -> None:
    mailed = a_mailed(tmp_path, emails=[BO], moved={1: 3 * WEEK + DAY})
    mailed.done()
    mailed.news()
    before = objects(mailed.runtime, mailed.series)
    cancelled(mailed, 1)
    keep(mailed, 1)
    mailed.later(minutes=10)
    assert mailed.news() == []
    assert objects(mailed.runtime, mailed.series) == before
    mailed.runtime.engine.dispose()


def test_every_date_may_be_cancelled_and_one_of_them_kept(mailed: Mailed) -> None:
    mailed.done()
    mailed.news()
    for place in range(6):
        cancelled(mailed, place)
    keep(mailed, 4)
    mailed.later(minutes=10)
    letters = mailed.news()
    [asked] = [each for each in letters if lines(each, "STATUS") == ["STATUS:CONFIRMED"]]
    assert lines(asked, "DTSTART", "RRULE") == ["DTSTART;TZID=UTC:20270208T150000"]
    assert len(letters) == 2


def test_what_is_on_its_way_is_not_taken_back(mailed: Mailed) -> None:
    mailed.done()
    cancelled(mailed, 2)
    mailed.clock.forward(minutes=3)
    with pytest.raises(Conflict, match="hear already"):
        keep(mailed, 2)
    with pytest.raises(Conflict, match="The date is held"):
        keep(mailed, 3)


def test_a_date_is_not_kept_on_a_day_that_another_took(mailed: Mailed) -> None:
    mailed.done()
    cancelled(mailed, 2)
    with mailed.runtime.work(mailed.cora) as work:
        other = stored.meetings(work, mailed.series)[3]
        start = other.start_at - WEEK
        changing.move(work, mailed.group, mailed.series, other.id, start + HOUR)
    with pytest.raises(Conflict, match="Another date"):
        keep(mailed, 2)
    assert dates(mailed.runtime, mailed.series)[2].state is MeetingState.CANCELLED


def test_a_date_kept_after_all_never_left_a_calendar(semester: Semester) -> None:
    semester.done()
    before = [semester.held(each) for each in EVERYBODY]
    with semester.runtime.work(semester.town.cora) as work:
        meeting = stored.meetings(work, semester.series)[2].id
        changing.cancel(work, semester.town.group, semester.series, meeting)
        keeping.keep(work, semester.town.group, semester.series, meeting)
    semester.later(minutes=5)
    assert [semester.held(each) for each in EVERYBODY] == before
    assert len(semester.dates(CLEO)) == 6


def test_a_date_kept_while_the_series_is_being_written_is_in_every_calendar_once(
    semester: Semester,
) -> None:
    with semester.runtime.work(semester.town.cora) as work:  # nothing is written yet
        meeting = stored.meetings(work, semester.series)[2].id
        changing.cancel(work, semester.town.group, semester.series, meeting)
        keeping.keep(work, semester.town.group, semester.series, meeting)
    semester.done()
    semester.later(minutes=5)
    assert [len(set(semester.dates(each))) for each in EVERYBODY] == [6, 6, 6]
    assert [len(semester.dates(each)) for each in EVERYBODY] == [6, 6, 6]


def test_a_date_that_a_person_removed_comes_back_when_it_is_sent_once_more(
    semester: Semester,
) -> None:
    semester.done()
    whole = semester.dates(CLEO)
    world, start = semester.town.running.world, semester.town.clock()
    third = world.instances(INES, start, start + timedelta(days=300))[2]
    world.put(INES, {**third, "status": "cancelled"}, by=INES)
    semester.later(minutes=16)
    assert len(semester.dates(INES)) == 5
    with semester.runtime.work(semester.town.cora) as work:
        deliveries.resend(work, semester.town.group, semester.series, None)
    semester.later(minutes=1)
    assert [semester.dates(each) for each in EVERYBODY] == [whole] * 3
    semester.later(minutes=16)
    assert all(each.removed_at is None for each in dates(semester.runtime, semester.series))


def cancelled(mailed: Mailed, place: int) -> None:
    with mailed.runtime.work(mailed.cora) as work:
        meeting = stored.meetings(work, mailed.series)[place].id
        changing.cancel(work, mailed.group, mailed.series, meeting)


def keep(mailed: Mailed, place: int) -> MeetingRow:
    with mailed.runtime.work(mailed.cora) as work:
        meeting = stored.meetings(work, mailed.series)[place].id
        return keeping.keep(work, mailed.group, mailed.series, meeting)


def dates(runtime: Runtime, series: UUID) -> list[MeetingRow]:
    with runtime.reading() as work:
        return list(stored.meetings(work, series))


def objects(runtime: Runtime, series: UUID) -> list[object]:
    with runtime.reading() as work:
        return [(each.id, each.wanted) for each in stored.events(work, series)]


def test_a_date_that_left_a_calendar_before_another_object_failed_is_held_apart(
    town: Semester,
) -> None:
    town.begins(moved={1: 3 * WEEK + DAY})
    town.done()
    whole = town.dates(CLEO)
    with town.runtime.work(town.town.cora) as work:
        meeting = stored.meetings(work, town.series)[2].id
        changing.cancel(work, town.town.group, town.series, meeting)
        changing.say(work, town.town.group, town.series, text="Bring two questions.")
    town.town.fault(INES, method="PATCH", nth=2, times=9, status=400)  # the first is of the others
    town.later(minutes=3)
    town.town.mended()
    assert len(town.dates(CLEO)) == 5
    with town.runtime.work(town.town.cora) as work:
        changing.say(work, town.town.group, town.series, text="Bring a question.")
        keeping.keep(work, town.town.group, town.series, meeting)
    town.later(minutes=3)
    assert [town.dates(each) for each in EVERYBODY] == [whole] * 3
    town.taken_back()
