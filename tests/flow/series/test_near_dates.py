"""Before a date calendars are read soon: a clash is known while there is time to do something."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.flow.polling import AWAKE, SOON
from tests.flow.series.rows import FIRST, WEEK, a_cancellation, a_move
from tests.flow.series.towns import INES, Semester, a_semester

HOUR = timedelta(hours=1)


@pytest.fixture
def semester(tmp_path: Path) -> Iterator[Semester]:
    with a_semester(tmp_path, "outlook") as semester:
        semester.begins()
        semester.done()
        yield semester


def due(semester: Semester) -> datetime:
    found = semester.town.account(INES).due_at
    assert found is not None
    return found


def soon(semester: Semester) -> bool:
    """Whether what was read just now is read again within a quarter of an hour."""
    return due(semester) <= semester.town.clock.now + SOON


def goes_to(semester: Semester, moment: datetime) -> None:
    """Let time pass until then, and everything be done that is due by then."""
    semester.later(seconds=(moment - semester.town.clock.now).total_seconds())


def test_in_the_two_days_before_a_date_calendars_are_read_every_quarter_of_an_hour(
    semester: Semester,
) -> None:
    goes_to(semester, FIRST - AWAKE - 30 * HOUR)
    assert not soon(semester)
    goes_to(semester, FIRST - AWAKE - HOUR)
    assert due(semester) <= FIRST - AWAKE + SOON  # the first time in these two days

    for hours in (47, 20, 1):
        goes_to(semester, FIRST - hours * HOUR)
        assert soon(semester)

    goes_to(semester, FIRST + HOUR)
    assert not soon(semester)


def test_a_date_that_comes_near_by_a_move_has_calendars_read_soon(semester: Semester) -> None:
    goes_to(semester, FIRST - 4 * 24 * HOUR)
    assert not soon(semester)

    a_move(semester.runtime, semester.series, 0, -3 * 24 * HOUR)
    semester.done()

    assert soon(semester)


def test_a_date_that_is_cancelled_has_nothing_read_soon(semester: Semester) -> None:
    a_cancellation(semester.runtime, semester.series, 0)
    semester.done()

    goes_to(semester, FIRST - 20 * HOUR)
    assert not soon(semester)
    goes_to(semester, FIRST + WEEK - 20 * HOUR)
    assert soon(semester)
