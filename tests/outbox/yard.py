"""A yard to shunt tasks in: facts of its own, jobs that leave a line, and a time that passes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select

from services import claims
from services.claims import Claim, Job
from services.config import Settings
from services.facts import Fact
from services.reactions import Reaction
from services.relay import Relay
from services.storage.outbox import holding, retrying
from services.storage.outbox.holding import Begun
from services.storage.rows.doors import AuditRow
from services.storage.rows.outbox import OutboxRow, TaskState
from services.storage.tables import TABLES
from services.times import Times
from services.wiring import Runtime
from tests.runtimes import Jobs, tasks

HASTY = Times(lease=0.5, renew=0.1, sweep=0.001, retry=10.0)  # seconds


@dataclass(frozen=True, slots=True)
class Changed(Fact):
    """A thing is other than before."""

    thing_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class Moved(Fact):
    """A thing is elsewhere."""

    thing_id: UUID


@dataclass(frozen=True, slots=True)
class Read(Fact):
    """A thing was read, many at a time."""

    thing_id: UUID


@dataclass(frozen=True, slots=True)
class Second(Fact):
    """A fact of a later shape."""

    version: ClassVar[int] = 2

    thing_id: UUID


TELL, CARRY, READ = "notices.tell", "notices.carry", "calendars.scan"
OURS: dict[type[Fact], tuple[Reaction, ...]] = {
    Changed: (Reaction(TELL, batch=20),),
    Moved: (Reaction(CARRY, batch=7),),
    Read: (Reaction(READ, batch=40, at_once=8),),
    Second: (Reaction("planning.weigh", batch=1),),
}


def thing(number: int = 1) -> UUID:
    """One of the things that facts are about."""
    return UUID(int=number)


def tell(claim: Claim) -> None:
    """Leave one line, in the transaction that ends the task."""
    with claim.work(last=True) as work:
        work.note(claim.task.job, claim.subject, claim.fact.number)


@dataclass
class Yard:
    """A runtime, and what a test wants to do with it."""

    runtime: Runtime
    doing: dict[str, Job] = field(default_factory=dict)  # another job than `tell`, by its name

    def record(self, *facts: Fact) -> None:
        """Record facts, all in one transaction."""
        with self.runtime.work() as work:
            for each in facts:
                work.record(each)

    def tasks(self, *states: TaskState) -> list[OutboxRow]:
        return tasks(self.runtime, *states)

    def task(self, number: int = 1) -> OutboxRow:
        """The task with this id."""
        with self.runtime.reading() as work:
            row = work.session.get(OutboxRow, number)
        assert row is not None
        return row

    def ids(self, *states: TaskState) -> list[int]:
        return [row.id for row in self.tasks(*states)]

    def begin(self, task: int = 1, job: str = TELL) -> Begun | None:
        lease = timedelta(seconds=self.runtime.settings.times.lease)
        with self.runtime.work() as work:
            return holding.begin(work.session, work.now, task, job=job, lease=lease, holder="us")

    def begun(self, task: int = 1, job: str = TELL) -> Claim:
        """Begin a task that can be begun."""
        begun = self.begin(task, job)
        assert begun is not None
        return Claim(self.runtime, begun)

    def bury(self) -> list[tuple[int, str, TaskState]]:
        with self.runtime.work() as work:
            return retrying.bury(work.session, work.now, claims.DEATHS)

    def do(self, job: str, ids: Sequence[int]) -> None:
        """Do a job as a worker would."""
        claims.run(self.runtime, job, self.doing.get(job, tell), ids)

    def turned(self) -> list[tuple[str, list[int]]]:
        """Let a relay turn; return what it handed on."""
        jobs = self.runtime.queues = Jobs()
        Relay(self.runtime).turn()
        return jobs.handed

    def work_on(self, most: int = 100) -> None:
        """Let relay and workers do what is due, until nothing is."""
        for _ in range(most):
            handed = self.turned()
            if not handed:
                return
            for job, ids in handed:
                self.do(job, ids)
        raise AssertionError("it does not come to an end")

    def pass_time(self, seconds: float) -> None:
        """Let the outbox believe that so much time has gone by, whatever clock it reads."""
        by = timedelta(seconds=seconds)
        with self.runtime.work() as work:
            open_ = OutboxRow.state.in_([TaskState.WAITING, TaskState.RUNNING])
            for row in work.session.scalars(select(OutboxRow).where(open_)):
                row.due_at -= by
                row.handed_at = row.handed_at and row.handed_at - by
                row.lease_until = row.lease_until and row.lease_until - by

    def lines(self) -> list[tuple[str, UUID | None, int | None]]:
        """What jobs left behind, in their order."""
        question = select(AuditRow).order_by(AuditRow.number)
        with self.runtime.reading() as work:
            rows = work.session.scalars(question).all()
        return [(row.action, row.subject, row.version) for row in rows]


@contextmanager
def a_yard(url: str, home: Path, times: Times = HASTY) -> Iterator[Yard]:
    """Open a yard on an empty database; its facts are known while `OURS` are among REACTIONS."""
    runtime = Runtime.of(Settings(home=home, database_url=url, times=times))
    runtime.queues = Jobs()
    TABLES.create_all(runtime.engine)
    yield Yard(runtime)
    runtime.engine.dispose()


Fails = Callable[[], Exception]


def failing(error: Fails, *subjects: UUID) -> Job:
    """A job that fails for these subjects, and leaves a line for all others."""

    def job(claim: Claim) -> None:
        if claim.subject in subjects:
            raise error()
        tell(claim)

    return job
