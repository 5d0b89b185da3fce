"""P13: a university is read in time, through processes of its own, and no host refuses us."""

from pathlib import Path

import pytest

from tests.flow.university import university
from tests.sizes import FULL, size

PEOPLE = size(40, 6_000)
LATE = size(0.03, 0.3)  # seconds until a host answers
ROUNDS = size(2, 3)
MOST = 300  # seconds, of everybody; of a few, by a machine that others use as well
ROOM = 5 if FULL else 1


@pytest.mark.timeout(size(400, 7_200))
def test_everybody_is_read_in_time_and_nothing_grows(tmp_path: Path) -> None:
    with university(tmp_path, PEOPLE, workers=2) as campus:
        campus.round(ROOM * MOST)  # everything at addresses is read whole
        campus.late(LATE)
        rounds = [campus.round(ROOM * MOST) for _ in range(ROUNDS)]

    for each in rounds:
        print(each)
        assert each.refused <= 0.005 * each.asked
    first, last = rounds[0].memory, rounds[-1].memory
    assert {name for name in last if last[name] > 1.1 * first[name] + 5} == set()
