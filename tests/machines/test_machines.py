"""Several machines on one database and one Redis: one that is cut off is replaced by the others."""

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography.fernet import Fernet

from services.config import Settings
from services.flow import tokens
from services.storage import migrate
from services.wiring import Runtime
from tests.chaos.lane import Lane
from tests.chaos.nursery import Nursery
from tests.chaos.planted import Kind, a_fact
from tests.chaos.processes import QUICK, Service
from tests.chaos.programs import Load, Program
from tests.chaos.recorder import Line, a_recorder
from tests.crash.waiting import until
from tests.machines.networks import Bridge, Machine, a_bridge
from tests.servers.postgres import fresh_database, prepared_postgres
from tests.servers.valkey import temporary_redis
from tests.sizes import size
from tests.up.running import free_port, runs

SEED = 20_261_126
CUTS = size(1, 10)  # of each kind
PROMISE = 30.0  # seconds until others have taken over
PARTS = {
    "web": ("web",),
    "relay": ("relay",),
    "clock": ("clock",),
    "one": ("worker",),
    "other": ("worker",),
}


@dataclass
class Machines:
    """All machines, and what is between them."""

    bridge: Bridge
    lanes: list[Lane]

    def at(self, line: Line) -> int:
        """The number of the machine on which this was said."""
        return [each.address for each in self.bridge.machines].index(line.host)

    def place(self, number: int) -> Machine:
        return self.bridge.machines[number]


@dataclass
class Watch:
    """Somebody who asks web servers all the time whether they are ready."""

    asked: int = 0
    refused: list[tuple[int, int]] = field(default_factory=list)

    @contextmanager
    def over(self, services: list[Service]) -> Iterator[None]:
        ended = Event()

        def ask() -> None:
            while not ended.wait(0.1):
                for number, service in enumerate(services):
                    self.asked += 1
                    status, _ = service.get("/readyz")
                    if status != 200:
                        self.refused.append((number, status))

        thread = Thread(target=ask)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


@pytest.fixture
def machines(nursery: Nursery, tmp_path: Path, planted: None) -> Iterator[Machines]:
    """Three machines, on which everything runs."""
    with ExitStack() as stack:
        bridge = stack.enter_context(a_bridge(3))
        place = (bridge.address, free_port())
        server = stack.enter_context(prepared_postgres(place, bridge.network))
        stack.enter_context(server.running())
        database = stack.enter_context(fresh_database(server.url))
        redis = (bridge.address, free_port())
        redis_url, redis_pid = stack.enter_context(temporary_redis(listen=redis))
        recorder = stack.enter_context(a_recorder(bridge.address))
        migrate.upgrade(database)
        keys = {"SECRET_KEY": random.Random(SEED).randbytes(32).hex()}
        sealing = Fernet.generate_key().decode()
        runtime = Runtime.of(
            Settings(
                home=tmp_path / "home",
                database_url=database,
                secret_key=keys["SECRET_KEY"],
                token_keys=(sealing,),
            )
        )
        stack.callback(runtime.engine.dispose)
        settings = {"DATABASE_URL": database, "REDIS_URL": redis_url, **QUICK, **keys}
        lanes = []
        for each in bridge.machines:
            service = Service(
                nursery,
                tmp_path / each.name,
                {**settings, "TOKEN_KEYS": sealing},
                {"PLANTED_RECORDER": recorder.address, "PLANTED_SLOW": "2"},
                host=each.address,
                network=each.name,
                alone=size(False, True),
                parts=PARTS,
            )
            stack.callback(service.kill)
            lanes.append(Lane(service, recorder, runtime, redis_url, redis_pid))
            stack.callback(lanes[-1].closing.close)
        yield Machines(bridge, lanes)


@pytest.mark.timeout(size(300, 3600))
@pytest.mark.parametrize("kind", [Kind.SLOW, Kind.HOLDS], ids=["slow", "holds"])
def test_a_machine_that_is_cut_off_at_its_work_is_replaced(machines: Machines, kind: Kind) -> None:
    print(f"seed {SEED}")
    lane = machines.lanes[0]
    for each in machines.lanes:
        each.service.start()
    for each in machines.lanes:
        until(each.service.is_ready, "a service")
    with lane.runtime.work() as work:
        _, token = tokens.create(work, "ada@example.org", name="ada")
    recorded: list[str] = []
    cuts = []

    for _ in range(CUTS):
        fact, others = a_fact(kind), [a_fact() for _ in range(40)]
        lane.record(fact, *others)
        recorded += [str(each.plan_id) for each in (fact, *others)]
        cuts.append(cut_off(machines, str(fact.plan_id), token))
        recorded += cuts[-1].plans
    lane.quiet()

    print("\n".join(map(str, cuts)))
    assert max(each.taken_over for each in cuts) <= PROMISE
    assert max(each.longest for each in cuts) <= PROMISE
    assert not [refused for each in cuts for refused in each.refused]
    assert lane.recorder.objects() == dict.fromkeys(recorded, 1)
    assert not lane.set_aside()


@dataclass
class Cut:
    """What came of cutting a machine off, in seconds.

    taken_over  until another one began with what it was at
    healed      after its return, until it had noticed
    longest     that a request to another one took
    refused     what else others said than that they are ready
    """

    taken_over: float
    healed: float
    longest: float
    answered: int
    refused: list[tuple[int, int]]
    plans: list[str] = field(repr=False)


def cut_off(machines: Machines, subject: str, token: str) -> Cut:
    """Cut off who is at this effect, and connect it again when another one has done it."""
    recorder = machines.lanes[0].recorder
    what = "holds" if int(subject[-1]) == Kind.HOLDS else "begun"
    first = until(lambda: recorder.lines(what, subject), "a beginning")[0]
    number = machines.at(first)
    left = machines.lanes[:number] + machines.lanes[number + 1 :]
    machines.place(number).cut_off()
    cut = time.monotonic()
    watch, program = Watch(), Program(left[0].service.address, token, random.Random(cut))
    left[0].closing.callback(program.close)
    try:
        with watch.over([each.service for each in left]), Load([program]).working():
            second = until(lambda: recorder.lines("begun", subject)[1:], "another", 120)[0]
            until(lambda: recorder.lines("kept", subject), "its end", 120)
    finally:
        machines.place(number).connect()
    back = time.monotonic()
    until(lambda: not runs(first.pid), "an end of the first", 120)
    healed = time.monotonic() - back
    until(machines.lanes[number].service.is_ready, "a service", 120)

    assert machines.at(second) != number
    assert [each.pid for each in recorder.lines("kept", subject)] == [second.pid]
    plans = [found[2] for found in program.accepted if found[0] == "plan"]
    longest, answered = program.longest, program.answered
    return Cut(second.at - cut, healed, longest, answered, watch.refused, plans)
