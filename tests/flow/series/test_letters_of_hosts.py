"""Letters by which a host tells guests: a mailbox sends but so many in a minute."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from tests.flow.series.rows import a_committed, the_series
from tests.flow.series.towns import BO, EVERYBODY, INES, Semester, a_semester

SERIES, RATE, THEIRS = 8, 5, 6  # as 25 are beside the 30 of Exchange


@pytest.fixture
def semester(tmp_path: Path) -> Iterator[Semester]:
    with a_semester(tmp_path, "outlook", letters=RATE) as semester:
        yield semester


def test_many_series_of_one_mailbox_are_sent_as_fast_as_it_may(semester: Semester) -> None:
    town = semester.town
    graph = town.running.quotas.graph
    town.running.quotas.limit(letters=THEIRS)
    town.running.quotas.forget()
    committed = [
        a_committed(town.runtime, town.group, town.term, EVERYBODY, account=town.accounts[INES])
        for _ in range(SERIES)
    ]

    semester.done()
    assert _published(semester, committed) == 1
    seconds = 0
    while _published(semester, committed) < SERIES and seconds < 600:
        semester.later(seconds=2)
        seconds += 2

    assert _published(semester, committed) == SERIES
    assert len(semester.held(BO)) == SERIES
    assert seconds <= 1.3 * 60 * SERIES / RATE
    told = graph.told()
    assert told["letters_in_a_minute"][INES] <= RATE
    assert not told["refused"]


def _published(semester: Semester, committed: list[UUID]) -> int:
    return sum(the_series(semester.runtime, each).published > 0 for each in committed)
