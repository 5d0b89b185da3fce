"""A service with everything of its own: database, Redis, recorder, home folder, processes."""

import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from redis import Redis

from services.config import Settings
from services.facts import Fact
from services.flow import tokens
from services.storage.rows.outbox import OutboxRow, TaskState
from services.wiring import Runtime
from tests.chaos.nursery import Nursery
from tests.chaos.processes import QUICK, Service, seconds_until
from tests.chaos.programs import Program
from tests.chaos.recorder import Recorder, a_recorder
from tests.migrated import migrated
from tests.runtimes import tasks
from tests.servers.valkey import temporary_redis

PATIENCE = 60.0  # seconds until it is quiet: the promise
_OPEN = (TaskState.WAITING, TaskState.RUNNING)


@dataclass
class Lane:
    """A service whose processes are not started, and what is around it.

    runtime  of the test itself: it records facts, and looks whether it is quiet
    """

    service: Service
    recorder: Recorder
    runtime: Runtime
    redis_url: str
    redis_pid: int  # 0: a Redis that is not ours
    closing: ExitStack = field(default_factory=ExitStack)

    @property
    def redis(self) -> "Redis":
        return Redis.from_url(self.redis_url)

    def record(self, *facts: Fact) -> None:
        """Have something happen, in one transaction."""
        with self.runtime.work() as work:
            for each in facts:
                work.record(each)

    def program(self, name: str, seed: float) -> Program:
        """Somebody's program, with a token of theirs; it asks nothing after the lane's end."""
        with self.runtime.work() as work:
            _, secret = tokens.create(work, f"{name}@example.org", name=name)
        made = Program(self.service.address, secret, random.Random(seed), name)
        self.closing.callback(made.close)
        return made

    def open_tasks(self, recorded: datetime | None = None) -> list[OutboxRow]:
        """What is not done, of what was recorded by then or of all."""
        found = tasks(self.runtime, *_OPEN)
        return [each for each in found if recorded is None or each.recorded_at <= recorded]

    def set_aside(self) -> list[OutboxRow]:
        """What was set aside."""
        return tasks(self.runtime, TaskState.QUARANTINED)

    def quiet(self, recorded: datetime | None = None, most: float = PATIENCE) -> float:
        """Wait until all that was recorded by then is done, or all; return how long that took."""
        return seconds_until(lambda: not self.open_tasks(recorded), "quiet", most)


@contextmanager
def a_lane(
    nursery: Nursery,
    folder: Path,
    database_url: str,
    *,
    times: Mapping[str, str] = QUICK,
    planted: Mapping[str, str] = {},
    redis: str | None = None,
) -> Iterator[Lane]:
    """Make one around a database; nothing of it is left running afterwards.

    times    of the service, without COMMONHOUR_
    planted  what the planted effect is told, by its whole name
    redis    None: one of its own
    """
    place = folder / "home"
    migrated(database_url)
    runtime = Runtime.of(Settings(home=place, database_url=database_url))
    own = temporary_redis() if redis is None else nullcontext((redis, 0))
    with a_recorder() as recorder, own as (redis_url, redis_pid):
        settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, **times}
        ours = {"PLANTED_RECORDER": recorder.address, "PLANTED_PATIENCE": "1", **planted}
        service = Service(nursery, place, settings, ours)
        lane = Lane(service, recorder, runtime, redis_url, redis_pid)
        try:
            yield lane
        finally:
            service.kill()
            lane.closing.close()
            runtime.engine.dispose()
