"""Killed at any send or fsync, a semester arrives once, and so does each of its changes.

`make test` dies at a few points and moments; `make test-all` at all points, on both databases, and
at a thousand moments. A full sweep takes its time: COMMONHOUR_SWEEP_DONE may name a file of points
gone through already, from which it goes on.
"""

import os
import signal
import time
from itertools import product
from pathlib import Path

import pytest

from tests.chaos.nursery import Nursery
from tests.crash import story
from tests.crash.points import kinds
from tests.crash.series.outside import MEMBERS, Mails
from tests.crash.series.settling import BY_MAIL, HOSTS
from tests.crash.series.stages import Stage, Told
from tests.crash.series.sweep import random_kills, sweep
from tests.crash.series.turns import lanes_on
from tests.crash.sweep import DATABASES
from tests.crash.waiting import until
from tests.sizes import FULL, size

SEED = 20270302
IN_TURN = (("google", "sqlite"), ("outlook", "postgres"), ("imip", "sqlite"))
EACH = tuple(product(HOSTS, DATABASES))
POINTS = size(2, None)
KILLS = size(4, 167)  # of each host on each database: 1,000 of all


@pytest.mark.timeout(size(300, 14_400))
@pytest.mark.parametrize(("host", "database"), size(IN_TURN, EACH))
def test_whoever_dies_a_semester_arrives_once(
    nursery: Nursery, host: str, database: str, tmp_path: Path
) -> None:
    done = os.environ.get("COMMONHOUR_SWEEP_DONE") if FULL else None

    found = sweep(
        nursery,
        host,
        database,
        tmp_path,
        seed=SEED,
        sample=POINTS,
        tellings=size(1, 3),
        done=Path(done) if done else None,
    )

    print(found.summary())
    assert not found.faults, "\n".join(found.faults)


@pytest.mark.timeout(size(300, 14_400))
@pytest.mark.parametrize(("host", "database"), size((("imip", "postgres"),), EACH))
def test_at_whatever_moment_somebody_dies_a_semester_arrives_once(
    nursery: Nursery, host: str, database: str, tmp_path: Path
) -> None:
    told = random_kills(nursery, host, database, tmp_path, seed=SEED, kills=KILLS)

    assert [fault for each in told for fault in each.faults] == []


PUBLISH, LETTERS = Stage.COMMIT_PUBLISH, Stage.COMMIT_LETTERS
ANYWHERE = (
    ("named_by_chance", "google", PUBLISH, "disk", -1, "twice: "),
    ("named_by_chance", "outlook", PUBLISH, "disk", -1, "twice: "),
    ("ended_first", "google", PUBLISH, "the host", 0, "lost: "),
    ("ended_first", "outlook", PUBLISH, "the host", 0, "lost: "),
)
BY_LETTER = (
    ("named_by_chance", BY_MAIL, LETTERS, "other", -1, "twice: "),
    ("ended_first", BY_MAIL, LETTERS, "other", 0, "lost: "),
)


@pytest.mark.parametrize(
    ("planted", "host", "stage", "dies_at", "which", "fault"),
    size(BY_LETTER[:1], ANYWHERE + BY_LETTER),
)
def test_a_mistake_is_seen(  # noqa: PLR0917 -- what is planted where, each by its name
    nursery: Nursery,
    planted: str,
    host: str,
    stage: Stage,
    dies_at: str,
    which: int,
    fault: str,
    tmp_path: Path,
) -> None:
    with (
        lanes_on(nursery, host, "sqlite", tmp_path, planted=planted) as lanes,
        lanes() as lane,
    ):
        lane.begin()
        told = Told(lane, [stage])
        told.tell("COMMIT")
        lane.rest()
        told.end()
        calls = told.traces[stage].calls()
        there = [each for each, what in zip(calls, kinds(calls), strict=True) if what == dies_at][
            which
        ]
        assert lane.faults() == []

        lane.begin()
        again = Told(lane, [stage], (there.syscall, there.n))
        again.tell("COMMIT")
        until(lambda: again.traces[stage].killed, "a death")
        until(lambda: story.count(lane.runtime, *story.OPEN) == 0, "an end of all tasks")
        again.end()

        assert [each for each in lane.faults() if fault in each]


def test_who_dies_before_the_server_answers_tells_the_same_letter_again(
    nursery: Nursery, tmp_path: Path
) -> None:
    with lanes_on(nursery, BY_MAIL, "sqlite", tmp_path) as lanes, lanes() as lane:
        assert isinstance(lane.outside, Mails)
        room = lane.outside.room
        lane.begin()
        room.holds = 7
        lane.semester.commit()
        until(lambda: room.held, "a letter without an answer")
        [job] = lane.parts["notices"].children()
        os.kill(job, signal.SIGKILL)
        lane.deaths.note(time.monotonic())
        room.holds = None
        lane.rest()

        assert lane.faults() == []
        assert len(room.letters) == 2 * len(MEMBERS) + 1
        assert room.letters[6].said in [each.said for each in room.letters[7:]]
