"""What was set aside is not said to be on its way: somebody has to do something about it (P8)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.flow.series import deliveries, publishing
from services.flow.series.views import Delivered
from services.storage import series as stored
from services.storage.rows.outbox import TaskState
from services.storage.rows.series import SeriesRow
from tests.flow.series.post import BO, CLEO, Mailed, a_mailed
from tests.flow.series.rows import the_attendees, the_series
from tests.flow.series.towns import Semester, a_semester
from tests.runtimes import tasks

WAITING, THERE, FAILED = Delivered.WAITING, Delivered.THERE, Delivered.FAILED


@pytest.fixture
def mailed(tmp_path: Path) -> Iterator[Mailed]:
    mailed = a_mailed(tmp_path)
    yield mailed
    mailed.runtime.engine.dispose()


@pytest.fixture
def either_mailed(tmp_path: Path, database_url: str) -> Iterator[Mailed]:
    mailed = a_mailed(tmp_path / "home", database_url)
    yield mailed
    mailed.runtime.engine.dispose()


@pytest.fixture
def semester(tmp_path: Path) -> Iterator[Semester]:
    with a_semester(tmp_path, "google") as semester:
        semester.begins()
        yield semester


def mistaken(*_: object) -> None:
    raise ValueError("a mistake of ours")


def mistaken_about(email: str, mailed: Mailed) -> None:
    """Let whatever is said to somebody fail, and to nobody else."""
    send = mailed.server.send

    def sends(message: object) -> object:
        if getattr(message, "to_address", "") == email:
            mistaken()
        return send(message)  # type: ignore[arg-type]

    mailed.server.send = sends  # type: ignore[method-assign, assignment]


def set_aside(of: Mailed | Semester) -> list[str]:
    """Let it be tried until nothing is tried any more; return what was set aside."""
    of.done()
    for _ in range(5):
        of.later(minutes=2)
    return [each.job for each in tasks(of.runtime, TaskState.QUARANTINED)]


def standing(of: Mailed | Semester) -> dict[str, set[tuple[Delivered, str]]]:
    """How dates stand with each attendee, by name."""
    everybody = the_attendees(of.runtime, of.series)
    with of.runtime.reading() as work:
        row, meetings = the_series(of.runtime, of.series), stored.meetings(work, of.series)
        found = deliveries.of(work, row, everybody, meetings)
    return {
        who.name: {(found[who.id, each.id].state, found[who.id, each.id].what) for each in meetings}
        for who in everybody
    }


def states(of: Mailed | Semester) -> dict[str, set[Delivered]]:
    return {name: {state for state, _ in those} for name, those in standing(of).items()}


def test_whose_letters_were_set_aside_is_told_until_they_are_sent_once_more(
    either_mailed: Mailed,
) -> None:
    mailed = either_mailed
    mistaken_about(BO, mailed)
    assert set_aside(mailed) == ["notices.tell_dates"]
    assert states(mailed) == {"Bo": {FAILED}, "Cleo": {THERE}}
    [(_, what)] = standing(mailed)["Bo"]
    assert "mistake of this service" in what

    del mailed.server.send
    with mailed.runtime.work(mailed.cora) as work:
        deliveries.resend(work, mailed.group, mailed.series, None)
    assert states(mailed)["Bo"] == {WAITING}
    mailed.done()
    assert states(mailed) == {"Bo": {THERE}, "Cleo": {THERE}}


def test_a_series_whose_letters_nobody_began_is_told_once_it_is_sent_once_more(
    mailed: Mailed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_tell", mistaken)
        assert set_aside(mailed) == ["calendars.publish"]
    assert states(mailed) == {"Bo": {FAILED}, "Cleo": {FAILED}}
    with mailed.runtime.work(mailed.cora) as work:
        deliveries.resend(work, mailed.group, mailed.series, None)
    mailed.done()
    assert states(mailed) == {"Bo": {THERE}, "Cleo": {THERE}}
    assert sorted(each.to_address for each in mailed.news()) == [BO, CLEO]
    assert the_series(mailed.runtime, mailed.series).published == 1


def test_a_series_whose_writing_was_set_aside_is_told(
    semester: Semester, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_written", mistaken)
        assert set_aside(semester) == ["calendars.publish"]
    assert states(semester) == {"Ines": {FAILED}, "Bo": {FAILED}, "Cleo": {FAILED}}
    with semester.runtime.work(semester.town.cora) as work:
        deliveries.resend(work, semester.town.group, semester.series, None)
    assert states(semester)["Bo"] == {WAITING}
    semester.settled()
    assert states(semester) == {"Ines": {THERE}, "Bo": {THERE}, "Cleo": {THERE}}


def test_a_calendar_that_no_key_of_ours_names_any_more_is_a_reason_and_no_mistake(
    semester: Semester,
) -> None:
    semester.settled()
    with semester.runtime.work() as work:
        row = work.session.get_one(SeriesRow, semester.series)
        sealed, row.calendar = row.calendar, b"of a key that is lost"
    with semester.runtime.work(semester.town.cora) as work:
        deliveries.resend(work, semester.town.group, semester.series, None)
    assert set_aside(semester) == []
    [(state, what)] = standing(semester)["Bo"]
    assert (state, what[:14]) == (FAILED, "Which calendar")

    with semester.runtime.work() as work:  # its key is back
        work.session.get_one(SeriesRow, semester.series).calendar = sealed
    semester.later(hours=1)
    assert states(semester)["Bo"] == {THERE}
