"""Killed at any send or fsync, nothing is lost, and nothing happens twice.

`make test` dies at a few points; `make test-all` at all of them, on both databases, and at some
with the real figures. A full sweep takes its time: COMMONHOUR_SWEEP_DONE may name a file of points
gone through already, from which it goes on.
"""

import os
from pathlib import Path

import pytest

from tests.crash import story
from tests.crash.points import kinds
from tests.crash.stages import Stage, Told
from tests.crash.sweep import DATABASES, lanes_on, sweep
from tests.crash.system import REAL, TENTH
from tests.crash.waiting import until
from tests.sizes import size

SEED = 20270301
LANES = size(1, 2)


PACES = {"a tenth of the times": TENTH, "the real times": REAL}
SAMPLES = {"a tenth of the times": size(8, None), "the real times": 25}


@pytest.mark.timeout(size(300, 7200))
@pytest.mark.parametrize("pace", list(PACES)[: size(1, 2)])
@pytest.mark.parametrize("database", DATABASES)
def test_whoever_dies_nothing_is_lost_and_nothing_happens_twice(
    database: str, pace: str, tmp_path: Path
) -> None:
    sample = SAMPLES[pace]
    done = os.environ.get("COMMONHOUR_SWEEP_DONE")

    found = sweep(
        database,
        tmp_path,
        at_once=LANES,
        seed=SEED,
        sample=sample,
        tellings=size(2, 3),
        times=PACES[pace],
        done=Path(done) if done and sample is None else None,
    )

    print(found.summary())
    assert not found.faults, "\n".join(found.faults)


@pytest.mark.parametrize(
    ("planted", "dies_at", "fault"),
    [("ended_first", "the effect", "lost: "), ("named_by_chance", "disk", "twice: ")],
)
def test_a_mistake_is_seen(planted: str, dies_at: str, fault: str, tmp_path: Path) -> None:
    with lanes_on("sqlite", tmp_path, planted=planted) as lanes, lanes() as lane:
        told = Told(lane, [Stage.PLANNING_JOB])
        told.tell()
        lane.rest()
        told.end()
        calls = told.traces[Stage.PLANNING_JOB].calls()
        *_, there = (
            each for each, what in zip(calls, kinds(calls), strict=True) if what == dies_at
        )
        assert lane.faults() == []

        again = Told(lane, [Stage.PLANNING_JOB], (there.syscall, there.n))
        again.tell()
        until(lambda: again.traces[Stage.PLANNING_JOB].killed, "a death")
        until(lambda: story.count(lane.runtime, *story.OPEN) == 0, "an end of all tasks")
        again.end()

        assert [each for each in lane.faults() if each.startswith(fault)]
