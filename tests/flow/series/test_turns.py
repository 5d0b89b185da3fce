"""How often a host is asked for answers by itself: seldom, but while they come in and count."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from calendar_sync.provider import Answer
from services import clock
from services.flow.series import turns
from services.storage import gates, tries
from services.storage.rows.accounts import Host
from tests.flow.series.rows import FIRST, a_cancellation, the_series
from tests.flow.series.test_answers_at_hosts import answer, known
from tests.flow.series.towns import BO, Semester, a_semester
from tests.runtimes import drained

OFTEN, HOUR = timedelta(minutes=15), timedelta(hours=1)
DAYS = 24 * HOUR


@pytest.mark.parametrize(
    ("ahead", "how", "wait"),
    [
        (10 * DAYS, "sent, seen", OFTEN),
        (10 * DAYS, "sent", OFTEN),
        (10 * DAYS, "sent, seen, told", 6 * HOUR),
        (10 * DAYS, "seen", 6 * HOUR),
        (10 * DAYS, "", HOUR),
        (47 * HOUR, "seen", 6 * HOUR),  # it is read each quarter of an hour then
        (47 * HOUR, "", OFTEN),
        (48 * HOUR + OFTEN, "", 2 * OFTEN),
        (None, "", HOUR),
    ],
)
def test_a_host_is_asked_often_where_nothing_else_brings_answers(
    ahead: timedelta | None, how: str, wait: timedelta
) -> None:
    found = turns.apart(OFTEN, ahead, sent="sent" in how, seen="seen" in how, is_told="told" in how)
    assert found == wait


@pytest.fixture
def semester(tmp_path: Path) -> Iterator[Semester]:
    with a_semester(tmp_path, "outlook") as semester:
        semester.begins()
        semester.done()
        yield semester


def waits(semester: Semester) -> timedelta:
    """How long until the host is asked for answers again."""
    at = the_series(semester.runtime, semester.series).replies_at
    assert at is not None
    return at - semester.town.clock.now


def test_for_a_day_after_something_was_sent_and_then_seldom(semester: Semester) -> None:
    semester.later(minutes=16)
    assert waits(semester) <= OFTEN
    semester.later(days=1)
    assert waits(semester) > 5 * HOUR

    a_cancellation(semester.runtime, semester.series, 5)
    semester.done()

    assert waits(semester) <= OFTEN
    semester.later(minutes=16)
    assert waits(semester) <= OFTEN


def test_just_before_a_date_reading_the_calendar_finds_that_somebody_answered(
    semester: Semester,
) -> None:
    semester.later(seconds=(FIRST - 20 * HOUR - semester.town.clock.now).total_seconds())
    semester.done()
    assert waits(semester) > 5 * HOUR

    answer(semester, BO, "declined", f"{FIRST:%Y-%m-%d}")
    semester.later(minutes=16)
    semester.done()  # what is asked for at once, now that it was read

    assert known(semester)[BO][0] is Answer.DECLINED


def test_when_little_is_left_of_a_hosts_day_only_who_meets_soon_is_asked_for(
    semester: Semester,
) -> None:
    semester.later(minutes=30)
    empties(semester)
    semester.town.clock.forward(minutes=16)
    clock.tick(semester.runtime)
    assert "calendars.read_replies" not in drained(semester.runtime)
    assert timedelta() < waits(semester) <= HOUR

    semester.town.clock.now = FIRST - HOUR
    empties(semester)
    clock.tick(semester.runtime)
    assert "calendars.read_replies" in drained(semester.runtime)


def empties(semester: Semester) -> None:
    """Let nearly all of the host's day be used."""
    day = semester.runtime.opening.gates[Host.OUTLOOK]._day  # noqa: SLF001
    with semester.runtime.work() as work:
        assert gates.take(work, day.key, int(day.burst * 0.85), every=day.every, burst=day.burst)


def test_nobody_is_asked_for_what_is_not_held(semester: Semester) -> None:
    a_cancellation(semester.runtime, semester.series, *range(6))
    semester.done()

    semester.later(minutes=16)

    assert the_series(semester.runtime, semester.series).replies_at is None
    with semester.runtime.work() as work:
        work.now += timedelta(days=2)
        assert tries.drop_over(work)  # nothing is kept of what was sent
