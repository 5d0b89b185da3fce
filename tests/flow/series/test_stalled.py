"""P5, P7: whoever stood still while another went on overwrites nothing for good."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from calendar_sync.connection import Answer, Connection
from services.storage.rows.series import EventRow, SeriesRow
from tests.flow.series.rows import a_change, a_move, the_series
from tests.flow.series.towns import BO, TOWNS, Semester, a_semester

HOUR = timedelta(hours=1)
MOVED = "2027-01-18 17:00"


@pytest.fixture(scope="module", params=sorted(TOWNS))
def semester(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Semester]:
    with a_semester(tmp_path_factory.mktemp(request.param), request.param) as town:
        yield town


def another_goes_on(semester: Semester) -> None:
    """Let two minutes pass, and another process write out a change that came meanwhile."""
    semester.town.clock.forward(seconds=120)
    a_change(semester.runtime, semester.series, place="Room 2")
    a_move(semester.runtime, semester.series, 1, HOUR)
    for _ in range(6):
        semester.later(seconds=31)
    assert held(semester) == ("Room 2", MOVED)


def held(semester: Semester) -> tuple[str, str]:
    """Where the series is held, and when its second date is, as Bo's calendar has it."""
    [event] = semester.held(BO)
    return event["location"], semester.dates(BO)[1]


def stands_still(semester: Semester, monkeypatch: pytest.MonkeyPatch, before: str) -> int:
    """Write, and stand still before the first request of a kind while another goes on.

    Outlook may not look whether a change comes too late. Return how much the hosts had noted by
    the time it was over.
    """
    send, history = Connection.send, semester.town.running.world.history
    asked, noted = list[str](), list[int]()

    def stalls(
        connection: Connection,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *more: Any,
        **how: Any,
    ) -> Answer:
        asked.append(method)
        if method == before and asked.count(before) == 1:
            another_goes_on(semester)
            noted.append(len(history.entries()))
            if semester.town.kind != "google":
                headers = {name: each for name, each in headers.items() if name != "If-Match"}
        return send(connection, method, url, headers, *more, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "send", stalls)
        semester.done()
    return noted[0]


def test_who_stood_still_before_writing_writes_no_more(
    semester: Semester, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins_and_changes(semester)
    noted = stands_still(semester, monkeypatch, before="GET")

    later = semester.town.running.world.history.entries()[noted:]
    assert [each for each in later if each["kind"] in {"event", "mail"}] == []
    comes_to_rest(semester)


def test_what_got_through_after_all_is_written_over(
    semester: Semester, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins_and_changes(semester)
    stands_still(semester, monkeypatch, before="PATCH")

    comes_to_rest(semester)


def test_a_database_of_yesterday_catches_up_with_its_calendars(semester: Semester) -> None:
    semester.begins()
    for number in range(4):
        a_change(semester.runtime, semester.series, place=f"Room {number}")
        semester.settled()
    with semester.runtime.work() as work:
        is_it = EventRow.series_id == semester.series
        work.session.execute(update(EventRow).where(is_it).values(written_revision=2))
        is_it = SeriesRow.id == semester.series
        work.session.execute(
            update(SeriesRow).where(is_it).values(revision=2, published=2, place="Room 1")
        )

    a_change(semester.runtime, semester.series, place="Room 9")
    semester.settled()
    semester.later(minutes=10)

    [event] = semester.held(BO)
    assert event["location"] == "Room 9"
    row = the_series(semester.runtime, semester.series)
    assert (row.published, row.settle_at) == (row.revision, None)
    semester.taken_back()


def begins_and_changes(semester: Semester) -> None:
    """Have a series that is written, and changes of it that are not."""
    semester.begins()
    semester.settled()
    a_change(semester.runtime, semester.series, place="Room 1")
    a_move(semester.runtime, semester.series, 1, HOUR)


def comes_to_rest(semester: Semester) -> None:
    """See that the last change stands, that nothing waits, and that all can be taken back."""
    for _ in range(3):
        semester.later(minutes=10)
    row = the_series(semester.runtime, semester.series)
    assert held(semester) == ("Room 2", MOVED)
    assert (row.published, row.settle_at) == (row.revision, None)
    semester.taken_back()
