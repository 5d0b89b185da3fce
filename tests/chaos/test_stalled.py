"""P5, P6: work goes on when its holder stalls or dies, and two holders make one effect."""

import signal
import time
from collections.abc import Mapping

import pytest

from services.queue import RedisQueues
from tests.chaos.conftest import MakeLane
from tests.chaos.planted import JOB, Kind, a_fact
from tests.chaos.processes import PARTS, QUICK, send
from tests.crash.waiting import until
from tests.runtimes import tasks
from tests.sizes import size

PROMISE = 30.0  # seconds until work is picked up whose holder died
TWO = {
    "relay": PARTS["relay"],
    "one": ("worker", "notices"),
    "other": ("worker", "notices"),
}


def test_who_was_stopped_past_its_lease_commits_nothing(make_lane: MakeLane) -> None:
    lane = make_lane(planted={"PLANTED_SLOW": "3"})
    lane.service.parts = TWO
    lane.service.start()
    fact = a_fact(Kind.SLOW)
    lane.record(fact)

    first = until(lambda: lane.recorder.lines("begun"), "a beginning")[0].pid
    send(first, signal.SIGSTOP)
    try:
        until(lambda: lane.recorder.lines("kept"), "an end by another")
    finally:
        send(first, signal.SIGCONT)
    again = until(lambda: lane.recorder.lines("again"), "a second try by the first")
    until(lambda: lane.service.said('event="task lost"'), "a word of the first")

    [kept] = lane.recorder.lines("kept")
    assert [each.pid for each in again] == [first]
    assert (kept.pid != first, kept.attempt) == (True, 2)
    assert lane.recorder.objects() == {str(fact.plan_id): 1}
    assert not lane.open_tasks()


def test_five_copies_of_a_job_at_once_have_one_effect(make_lane: MakeLane) -> None:
    lane = make_lane(planted={"PLANTED_SLOW": "1"})
    names = [f"notices-{number}" for number in range(5)]
    lane.service.parts = dict.fromkeys(names, ("worker", "notices"))
    lane.service.start()
    until(lambda: lane.redis.scard("rq:workers") == 5, "five workers")
    fact = a_fact(Kind.SLOW)
    lane.record(fact)
    [task] = tasks(lane.runtime)

    for _ in range(5):
        RedisQueues(lane.redis_url).hand(JOB, [task.id])
    until(lambda: lane.recorder.lines("kept"), "an end")
    until(lambda: not lane.redis.llen("rq:queue:notices"), "five jobs taken")
    RedisQueues(lane.redis_url).hand(JOB, [task.id])
    until(lambda: not lane.redis.llen("rq:queue:notices"), "a sixth taken")
    until(lambda: not lane.redis.zcard("rq:wip:notices"), "the end of all of them")

    history = [each.what for each in lane.recorder.lines(None, fact.plan_id)]
    assert history == ["begun", "put", "kept"]


@pytest.mark.parametrize(
    "times", size([QUICK], [QUICK, {}]), ids=size(["quick"], ["quick", "real"])
)
def test_work_of_a_worker_that_died_with_its_child_is_picked_up(
    make_lane: MakeLane, times: Mapping[str, str]
) -> None:
    lane = make_lane(times=times, planted={"PLANTED_SLOW": "3"})
    lane.service.start("relay", "notices")
    fact = a_fact(Kind.SLOW)
    lane.record(fact)
    until(lambda: lane.recorder.lines("begun"), "a beginning")

    lane.service.kill("notices")
    died = time.monotonic()
    lane.service.start("notices")
    until(lambda: len(lane.recorder.lines("begun")) == 2, "another beginning", 120)
    taken = lane.recorder.lines("begun")[1].at - died
    until(lambda: lane.recorder.lines("kept"), "an end")

    print(f"picked up {taken:.1f} s after the death of its holder")
    assert taken <= PROMISE
    assert lane.recorder.objects() == {str(fact.plan_id): 1}
