"""P11: SIGTERM ends every process within half a minute, whatever it is at, and loses nothing."""

import signal
import time

import pytest

from tests.chaos.conftest import MakeLane
from tests.chaos.lane import Lane
from tests.chaos.planted import Kind, a_fact
from tests.chaos.processes import PARTS, QUICK, seconds_until, send
from tests.crash.waiting import until
from tests.up.running import runs

MOST = 30.0  # seconds
LONG = {**QUICK, "LEASE": "60"}  # so that only what was given back is begun again soon
NEVER = {"PLANTED_SLOW": "60"}  # not within the grace


def test_what_is_at_a_long_effect_ends_in_time_and_gives_it_back(make_lane: MakeLane) -> None:
    lane = make_lane(times=LONG, planted=NEVER)
    lane.service.start()
    until(lane.service.is_ready, "a service")
    until(lambda: len(lane.service.said("started")) == len(PARTS) - 1, "the others")
    facts = [a_fact(Kind.SLOW), a_fact()]
    lane.record(facts[0])
    lane.record(facts[1])
    until(lambda: lane.recorder.lines("begun"), "a beginning")

    statuses = ended(lane)
    told = [each.what for each in lane.recorder.lines(None, facts[0].plan_id)]
    lane.service.start()
    again = seconds_until(lambda: len(lane.recorder.lines("begun")) == 2, "another beginning")
    lane.quiet()

    print(f"begun again after {again:.1f} s")
    assert set(statuses.values()) == {0}
    assert told == ["begun"]
    assert lane.recorder.objects() == {str(each.plan_id): 1 for each in facts}
    assert not lane.recorder.lines("again")


def test_what_is_nearly_done_is_done_before_the_end(make_lane: MakeLane) -> None:
    lane = make_lane(times={**LONG, "GRACE": "15"}, planted={"PLANTED_SLOW": "1"})
    lane.service.start("relay", "notices")
    fact, other = a_fact(Kind.SLOW), a_fact(Kind.SLOW)
    lane.record(fact, other)
    until(lambda: lane.recorder.lines("begun"), "a beginning")

    ended(lane)
    told = [each.what for each in lane.recorder.lines()]
    lane.service.start("relay", "notices")
    lane.quiet()

    assert told == ["begun", "put", "kept"]
    assert lane.recorder.objects() == {str(each.plan_id): 1 for each in (fact, other)}
    assert len(lane.recorder.lines("begun")) == 2


def test_up_ends_in_time_and_gives_back_what_it_is_at(make_simple_lane: MakeLane) -> None:
    lane = make_simple_lane(times=LONG, planted=NEVER)
    lane.service.parts = {"up": ("up",)}
    lane.service.start()
    until(lane.service.is_ready, "a service")
    fact = a_fact(Kind.SLOW)
    lane.record(fact)
    until(lambda: lane.recorder.lines("begun"), "a beginning")

    assert ended(lane) == {"up": 0}
    lane.service.start()
    lane.quiet()
    until(lambda: lane.recorder.lines("kept"), "a word of the end")

    assert [each.what for each in lane.recorder.lines()] == ["begun", "begun", "put", "kept"]


@pytest.mark.parametrize("away", ["Redis", "the database"])
def test_who_waits_for_something_ends_in_time_as_well(
    make_simple_lane: MakeLane, away: str
) -> None:
    lane = make_simple_lane()
    key, nowhere = {
        "Redis": ("REDIS_URL", "unix:///nowhere/socket?db=0"),
        "the database": ("DATABASE_URL", "postgresql+psycopg://127.0.0.1:1/none"),
    }[away]
    lane.service.settings = {**lane.service.settings, key: nowhere}
    lane.service.start()
    until(lambda: lane.service.get("/healthz")[0] == 200, "a page")
    time.sleep(1)

    assert set(ended(lane)) == set(PARTS)


def test_a_worker_whose_redis_has_left_it_ends_in_time(make_simple_lane: MakeLane) -> None:
    lane = make_simple_lane()
    lane.service.start("notices")
    until(lambda: lane.redis.scard("rq:workers") == 1, "a worker")

    send(lane.redis_pid, signal.SIGKILL)
    until(lambda: lane.service.said("could not connect"), "a word of the worker")
    time.sleep(3)  # it waits longer each time

    ended(lane)


def ended(lane: Lane) -> dict[str, int]:
    """Ask all of them to end; return how each did."""
    family = lane.service.family()
    began = time.monotonic()
    lane.service.signal(signal.SIGTERM)
    pids = dict(lane.service.pids)
    statuses = {name: lane.service.ended(pid, MOST) for name, pid in pids.items()}
    print(f"ended after {time.monotonic() - began:.1f} s: {statuses}")
    until(lambda: not [each for each in family if runs(each)], "an end of their children", 5)
    lane.service.pids.clear()
    return statuses
