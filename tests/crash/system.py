"""A lane: a whole installation of its own, with the world outside it, for one sweep."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import redis

from services.storage.rows.outbox import TaskState
from services.times import Times
from services.wiring import Runtime
from tests.calendar_sync.hosts import Host, a_host
from tests.crash import story
from tests.crash.effect import PLANTED, RECORDER
from tests.crash.gates import FOLDER, Gates
from tests.crash.judge import faults
from tests.crash.parts import Parts, running
from tests.crash.recorder import Recorder, a_recorder
from tests.crash.waiting import until
from tests.runtimes import a_runtime
from tests.servers.valkey import temporary_redis
from tests.up.running import clean_environment

REAL: Mapping[str, str] = {}
# A tenth of the real figures, but for the relay's poll, which would keep a small machine busy.
TENTH: Mapping[str, str] = {
    "LEASE": "2",
    "ONCE": "0.1",
    "RENEW": "0.5",
    "SWEEP": "0.2",
    "POLL": "0.05",
    "RESEND": "2",
    "TICK": "0.1",
    "RETRY": "0.2",
}
QUIET = 60.0  # seconds after a death in which everything is done


@dataclass
class Lane:
    """One installation: a database, a Redis, four processes, a calendar host and a recorder.

    number  of the last change
    renew   seconds after which leases are renewed
    """

    folder: Path
    runtime: Runtime
    calendar: UUID
    host: Host
    recorder: Recorder
    parts: Parts
    gates: Gates
    messenger: redis.Redis
    renew: float
    number: int = 0

    def change(self) -> None:
        """Let the calendar take one hour more, and be due."""
        self.number += 1
        self.host.pages["/ada.ics"] = story.page(self.number, self.runtime.clock())
        story.make_due(self.runtime, self.calendar)

    def is_quiet(self) -> bool:
        """Whether the last change has its object, and nothing is left to do."""
        return any(put.events == self.number for put in list(self.recorder.history)) and (
            story.count(self.runtime, *story.OPEN) == 0
        )

    def is_idle(self) -> bool:
        """Whether both workers wait for a job."""
        jobs = any(part.children() for part in self.parts.parts.values())
        return not jobs and int(self.messenger.info("clients")["blocked_clients"]) == 2

    def rest(self) -> None:
        """Wait until everybody waits for the next change."""
        self.gates.reset()
        until(self.is_quiet, "quiet", QUIET)
        until(self.is_idle, "workers that wait", QUIET)

    def faults(self) -> list[str]:
        """What is wrong by the history, and with what was set aside."""
        aside = story.count(self.runtime, TaskState.QUARANTINED)
        return [
            *faults(range(1, self.number + 1), self.recorder.history),
            *([f"{aside} tasks were set aside"] if aside else []),
        ]

    def scene(self) -> str:
        """What can be seen of it, for whoever looks for a mistake."""
        said = [*story.tasks(self.runtime), *map(str, self.recorder.history[-4:])]
        for name in self.parts.parts:
            lines = (self.folder / f"{name}.log").read_text("utf-8").splitlines()
            said += [f"{name}: {line}" for line in lines[-12:]]
        return "\n".join(said)


@contextmanager
def a_lane(
    folder: Path, database_url: str, times: Mapping[str, str] = TENTH, planted: str = ""
) -> Iterator[Lane]:
    """Start everything, and tell the story once without disturbing it."""
    gates = folder / "gates"
    gates.mkdir(parents=True)
    with (
        temporary_redis() as (redis_url, _),
        a_host(folder, names=("localhost",)) as host,
        a_recorder() as recorder,
        redis.Redis.from_url(redis_url) as messenger,
    ):
        runtime = a_runtime(folder / "home", database_url)
        calendar = story.told(runtime, host.address("/ada.ics", "localhost"))
        environment = clean_environment(
            HOME=str(folder / "home"),
            DATABASE_URL=database_url,
            REDIS_URL=redis_url,
            ALLOW_PRIVATE_FEEDS="127.0.0.1, ::1",
            CA_FILE=str(host.ca_file),
            **times,
        )
        environment |= {FOLDER: str(gates), RECORDER: recorder.address}
        environment |= {PLANTED: planted} if planted else {}
        try:
            with running(environment, folder) as parts:
                lane = Lane(
                    folder,
                    runtime,
                    calendar,
                    host,
                    recorder,
                    parts,
                    Gates(gates),
                    messenger,
                    renew=float(times.get("RENEW", Times().renew)),
                )
                until(lane.is_idle, "workers that wait")
                lane.change()
                lane.rest()
                yield lane
        finally:
            runtime.engine.dispose()
