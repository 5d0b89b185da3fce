"""A lane: a whole installation of its own, with the world outside it, for one sweep."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis
from sqlalchemy import func, select

from services.storage.rows.outbox import OutboxRow, TaskState
from services.wiring import Runtime
from tests.chaos.nursery import Nursery
from tests.crash import story
from tests.crash.gates import FOLDER, Gates
from tests.crash.parts import Parts, running
from tests.crash.series import judge
from tests.crash.series.forks import forked
from tests.crash.series.launch import ONE_BY_ONE, PLANTED
from tests.crash.series.outside import Outside
from tests.crash.series.semester import GUEST, Group, Semester, drafted
from tests.crash.series.settling import settled
from tests.crash.system import QUIET, TENTH
from tests.crash.waiting import until
from tests.runtimes import a_runtime
from tests.servers.valkey import temporary_redis
from tests.up.running import clean_environment

WORDS = {
    "relay": ("relay",),
    "clock": ("clock",),
    "calendars": ("worker", "calendars"),
    "notices": ("worker", "notices"),
}
TIMES = {
    **TENTH,
    "LEASE": "3",  # with a second for disks that are busy
    "REPLIES": "86400",
    "REFRESH": "86400",
    "MAIL_RATE": "100000",
}


@dataclass
class Lane:
    """One installation: a database, a Redis, four processes, and where its semesters arrive.

    host    who invites: one of HOSTS
    deaths  of processes, since the semester at hand began
    """

    host: str
    folder: Path
    runtime: Runtime
    group: Group
    outside: Outside
    parts: Parts
    gates: Gates
    messenger: redis.Redis
    deaths: judge.Deaths
    number: int = 0
    semesters: list[Semester] = field(default_factory=list)

    @property
    def semester(self) -> Semester:
        """The one at hand."""
        return self.semesters[-1]

    def begin(self) -> None:
        """Draft the next one."""
        self.number += 1
        self.deaths.times.clear()
        for each in self.semesters:
            each.forget()
        title = f"Semester {self.number}"
        self.semesters[:] = [drafted(self.runtime, self.group, title)]
        self.outside.begin()

    def update(self, name: str) -> None:
        """Commit it, or change it."""
        if name == "CHANGE":
            self.outside.updated()
            self.semester.change()
        else:
            self.semester.commit()

    def is_quiet(self) -> bool:
        """Whether nothing is left to do."""
        return story.count(self.runtime, *story.OPEN) == 0 and self.semester.is_out()

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
        """What is wrong with the semester at hand so far, and with what was set aside."""
        aside = story.count(self.runtime, TaskState.QUARANTINED)
        outside, updates = self.outside, len(self.outside.marks)
        seen, wrong = outside.seen(self.semester, self.deaths)
        dates = self.semester.held[updates - 1]
        guests = {GUEST: [self.semester.visited]} if updates > 1 else {}
        wanted = judge.Wanted(dict.fromkeys(outside.everybody, dates) | guests, outside.objects)
        return [
            *wrong,
            *judge.faults(wanted, seen, outside.due[:updates]),
            *([f"{aside} tasks were set aside"] if aside else []),
        ]

    def has_stalled(self) -> bool:
        """Whether a lease ran out of somebody who lives: this machine was too busy to judge by."""
        died = self.deaths.total * self.deaths.at_once
        with self.runtime.reading() as work:
            return (work.session.scalar(select(func.sum(OutboxRow.deaths))) or 0) > died

    def scene(self) -> str:
        """What can be seen of it, for whoever looks for a mistake."""
        said = [*story.tasks(self.runtime), *self.outside.scene()]
        for name in self.parts.parts:
            lines = (self.folder / f"{name}.log").read_text("utf-8").splitlines()
            said += [f"{name}: {line}" for line in lines[-12:]]
        return "\n".join(said)


@contextmanager
def a_lane(
    nursery: Nursery,
    host: str,
    folder: Path,
    database_url: str,
    *,
    planted: str = "",
    at_once: bool = False,
) -> Iterator[Lane]:
    """Start everything.

    planted  the name of a mistake
    at_once  whether several letters are written at a time, as usual
    """
    gates = folder / "gates"
    gates.mkdir(parents=True)
    home = folder / "home"
    with ExitStack() as stack:
        redis_url, _ = stack.enter_context(temporary_redis())
        messenger = stack.enter_context(redis.Redis.from_url(redis_url))
        runtime = a_runtime(home, database_url)
        stack.callback(runtime.engine.dispose)
        outside, group, settings = settled(stack, host, folder, runtime)
        environment = clean_environment(
            HOME=str(home), DATABASE_URL=database_url, REDIS_URL=redis_url, **TIMES
        )
        environment |= {**settings, FOLDER: str(gates), PLANTED: planted}
        environment |= {} if at_once else {ONE_BY_ONE: "yes"}
        started = stack.enter_context(running(environment, folder, WORDS, forked(nursery)))
        lane = Lane(
            host,
            folder,
            runtime,
            group,
            outside,
            started,
            Gates(gates),
            messenger,
            judge.Deaths(4 if at_once else 1),
        )
        until(lane.is_idle, "workers that wait", QUIET)
        yield lane
