"""P3: the database is the truth, and Redis a messenger whose loss costs nothing."""

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread
from uuid import UUID

import pytest

from tests.chaos.lane import PATIENCE, Lane
from tests.chaos.planted import a_fact
from tests.chaos.processes import send
from tests.chaos.programs import Load
from tests.crash.waiting import until
from tests.servers.valkey import temporary_redis
from tests.sizes import size
from tests.up.running import free_port

SEED = 20_261_123
FLUSHES = size(8, 100)
AWAY = size(5, 65)  # seconds: more than ten minutes at a tenth of the times
PAUSE = size(0.2, 0.6)  # seconds between two facts, or requests, meanwhile


@pytest.mark.timeout(600)
def test_a_redis_that_is_emptied_again_and_again_loses_nothing(lane: Lane) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    lane.service.start("relay", "notices")
    recorded: list[UUID] = []

    with recording(lane, recorded, random.Random(chance.random())):
        for _ in range(FLUSHES):
            time.sleep(chance.uniform(0, 0.6))
            lane.redis.flushall()
    seconds = lane.quiet()

    print(f"{len(recorded)} facts, emptied {FLUSHES} times, quiet after {seconds:.1f} s")
    assert lane.recorder.objects() == {str(each): 1 for each in recorded}
    assert not lane.recorder.lines("again")
    assert not lane.set_aside()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", size(["varied"], ["stopped", "gone without its files"]))
def test_no_write_is_refused_while_redis_is_away(lane: Lane, how: str) -> None:
    is_sqlite = lane.runtime.engine.dialect.name == "sqlite"
    how = {"varied": "stopped" if is_sqlite else "gone without its files"}.get(how, how)
    with a_redis_that_goes(lane, how) as (go, come):
        lane.service.start()
        until(lane.service.is_ready, "a service")
        program = lane.program("ada", SEED)
        program.pause = PAUSE  # a token may be used 600 times a minute
        recorded: list[UUID] = []

        go()
        gone = time.monotonic()
        with Load([program]).working(), recording(lane, recorded, random.Random(SEED), PAUSE):
            while time.monotonic() < gone + AWAY:
                time.sleep(AWAY / 10)
                assert lane.service.is_ready()
        backlog = len(lane.open_tasks())
        come()
        seconds = lane.quiet(most=PATIENCE)
        shown = sorted(program.shown())

    print(f"{how}: {program.answered} requests answered meanwhile, the longest in", end=" ")
    print(f"{program.longest:.2f} s; {backlog} tasks done {seconds:.1f} s after its return")
    assert (program.unheard, sum(program.refused.values())) == (0, 0)
    assert shown == sorted(program.accepted)
    plans = [found[2] for found in program.accepted if found[0] == "plan"]
    assert lane.recorder.objects() == dict.fromkeys([*plans, *map(str, recorded)], 1)
    assert not lane.set_aside()


@contextmanager
def recording(
    lane: Lane, recorded: list[UUID], chance: random.Random, pause: float = 0.03
) -> Iterator[None]:
    """Let something happen all the time, with pauses of so many seconds on average."""
    ended = Event()

    def record() -> None:
        while not ended.wait(chance.uniform(0, 2 * pause)):
            facts = [a_fact() for _ in range(chance.choice([1, 1, 1, 5]))]
            lane.record(*facts)
            recorded.extend(each.plan_id for each in facts)

    thread = Thread(target=record)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


Act = Callable[[], object]


@contextmanager
def a_redis_that_goes(lane: Lane, how: str) -> Iterator[tuple[Act, Act]]:
    """Give the lane a Redis, and how to let it go and come back."""
    if how == "stopped":
        pid = lane.redis_pid
        try:
            yield lambda: send(pid, signal.SIGSTOP), lambda: send(pid, signal.SIGCONT)
        finally:
            send(pid, signal.SIGCONT)
        return
    listen = ("127.0.0.1", free_port())
    with ExitStack() as first, ExitStack() as second:
        url, pid = first.enter_context(temporary_redis(listen=listen))
        lane.service.settings = {**lane.service.settings, "REDIS_URL": url}

        def come() -> None:
            second.enter_context(temporary_redis(listen=listen))

        yield first.close, come
