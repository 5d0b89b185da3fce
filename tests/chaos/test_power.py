"""P12: after a power cut everything comes back by itself, in whatever order it is started."""

import json
import random
import shutil
import signal
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.chaos.lane import Lane, a_lane
from tests.chaos.nursery import Nursery
from tests.chaos.planted import a_fact
from tests.chaos.processes import PARTS, descendants, send
from tests.crash.waiting import until
from tests.servers.postgres import Server, prepared_postgres
from tests.servers.valkey import temporary_redis
from tests.sizes import size
from tests.up.running import free_port

SEED = 20_261_125
CUTS = size(2, 50)
READY = 30.0  # seconds


@dataclass
class Power:
    """A PostgreSQL and a Redis that run as long as there is power, at fixed addresses."""

    postgres: Server
    redis_at: tuple[str, int]
    folder: Path
    pids: list[int] = field(default_factory=list)
    running: ExitStack = field(default_factory=ExitStack)

    @property
    def redis(self) -> str:
        return f"redis://{self.redis_at[0]}:{self.redis_at[1]}/0"

    def on(self, name: str) -> None:
        """Start one of them."""
        if name == "postgres":
            self.pids.append(self.running.enter_context(self.postgres.running()))
        else:
            redis = temporary_redis(self.folder, self.redis_at)
            self.pids.append(self.running.enter_context(redis)[1])

    def off(self) -> None:
        """Kill both, and whatever they have started."""
        backends = [each for pid in self.pids for each in descendants(pid)]
        for pid in self.pids + backends:
            send(pid, signal.SIGKILL)
        self.pids.clear()
        self.running.close()


@pytest.mark.timeout(size(300, 7200))
def test_whatever_starts_first_waits_for_what_comes_last(
    nursery: Nursery, tmp_path: Path, planted: None
) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    with ExitStack() as stack:
        place = ("127.0.0.1", free_port())
        server = stack.enter_context(prepared_postgres(place, durable=True))
        power = Power(server, ("127.0.0.1", free_port()), tmp_path / "redis")
        stack.callback(power.off)
        power.on("postgres")
        lane = stack.enter_context(a_lane(nursery, tmp_path, server.url, redis=power.redis))
        lane.service.alone = size(False, True)
        recorded, ready = [], []

        for _ in range(CUTS):
            recorded += happened(lane, chance)
            lane.service.kill()
            power.off()
            if chance.random() < 0.5:  # sometimes without its files
                shutil.rmtree(power.folder, ignore_errors=True)
            began = time.monotonic()
            for name in chance.sample(list(PARTS), len(PARTS)):
                lane.service.start(name)
                time.sleep(chance.uniform(0, 0.2))
            for name in chance.sample(["postgres", "redis"], 2):
                time.sleep(chance.uniform(0, 1))
                power.on(name)
            ready.append(became_ready(lane, began))
        lane.quiet()

    print(f"ready after {', '.join(f'{each:.1f}' for each in sorted(ready))} s")
    assert lane.recorder.objects() == dict.fromkeys(recorded, 1)


@pytest.mark.timeout(size(300, 7200))
def test_up_comes_back_after_each_power_cut(
    nursery: Nursery, tmp_path: Path, planted: None
) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with a_lane(nursery, tmp_path, f"sqlite:///{home / 'commonhour.db'}") as lane:
        lane.service.parts = {"up": ("up",)}
        lane.service.settings = {**lane.service.settings, "REDIS_URL": ""}
        lane.service.alone = size(False, True)
        lane.service.start()
        recorded, ready = [], [became_ready(lane, time.monotonic())]

        for _ in range(CUTS):
            recorded += happened(lane, chance)
            lane.service.kill()
            began = time.monotonic()
            lane.service.start()
            ready.append(became_ready(lane, began))
        lane.quiet()
        aside = lane.set_aside()

    print(f"ready after {', '.join(f'{each:.1f}' for each in sorted(ready))} s")
    assert lane.recorder.objects() == dict.fromkeys(recorded, 1)
    assert not aside


def happened(lane: Lane, chance: random.Random) -> list[str]:
    """Let some things happen, some of them just now."""
    facts = [a_fact() for _ in range(chance.randint(3, 12))]
    for each in facts:
        lane.record(each)
        time.sleep(chance.uniform(0, 0.05))
    return [str(each.plan_id) for each in facts]


def became_ready(lane: Lane, began: float) -> float:
    """Wait until all of it is ready; return how long that took."""

    def ready() -> bool:
        status, said = lane.service.get("/readyz")
        return status == 200 and json.loads(said)["status"] == "ok"

    until(ready, "ready", READY)
    return time.monotonic() - began
