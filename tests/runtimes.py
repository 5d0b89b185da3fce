"""A runtime for tests: a database of its own, mails in memory, and workers in this process."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from notifications.memory import MemoryChannel
from notifications.message import Sender
from services import claims, clock
from services.config import Settings
from services.relay import Relay
from services.storage.rows.outbox import OutboxRow, TaskState
from services.storage.rows.people import PersonRow
from services.wiring import Runtime
from tests.migrated import migrated


@dataclass
class Jobs:
    """Remembers what the relay handed to the workers."""

    handed: list[tuple[str, list[int]]] = field(default_factory=list)

    def waiting(self, queue: str) -> int:
        return 0

    def hand(self, job: str, tasks: Sequence[int]) -> None:
        self.handed.append((job, list(tasks)))


def do(runtime: Runtime, job: str, tasks: Sequence[int]) -> None:
    """Do a job in this process, as a worker would."""
    queue, _, name = job.partition(".")
    claims.run(runtime, job, getattr(import_module(f"services.jobs.{queue}"), name), tasks)


def drained(runtime: Runtime, most: int = 50) -> list[str]:
    """Let relay and workers do everything that is due now; return the jobs in their order."""
    done: list[str] = []
    for _ in range(most):
        jobs = runtime.queues = Jobs()
        Relay(runtime).turn()
        if not jobs.handed:
            return done
        for job, tasks in jobs.handed:
            do(runtime, job, tasks)
            done.append(job)
    raise AssertionError(f"it does not come to an end: {done[-10:]}")


def ticked(runtime: Runtime) -> list[str]:
    """Let the clock tick, and then everybody do what is due."""
    while clock.tick(runtime):
        pass
    return drained(runtime)


def aged(runtime: Runtime, **time: float) -> None:
    """Let so much time pass for all tasks, whichever clock counts it: ours or the database's."""
    passed = timedelta(**time)
    with runtime.work() as work:
        for row in work.session.scalars(select(OutboxRow)):
            row.due_at -= passed
            row.handed_at = row.handed_at and row.handed_at - passed
            row.lease_until = row.lease_until and row.lease_until - passed


def tasks(runtime: Runtime, *states: TaskState) -> list[OutboxRow]:
    """What stands in the outbox, in these states or in any."""
    question = select(OutboxRow).order_by(OutboxRow.id)
    if states:
        question = question.where(OutboxRow.state.in_(states))
    with runtime.reading() as work:
        return list(work.session.scalars(question))


def waiting_jobs(runtime: Runtime) -> list[str]:
    """The jobs that wait, in their order."""
    return [row.job for row in tasks(runtime, TaskState.WAITING)]


def a_runtime(home: Path, url: str | None = None, **settings: object) -> Runtime:
    """A migrated database at `url`, by default a SQLite file in `home`."""
    place = url or f"sqlite:///{home / 'commonhour.db'}"
    migrated(place)
    runtime = Runtime.of(Settings(home=home, database_url=place, **settings))  # type: ignore[arg-type]
    runtime.queues = Jobs()
    runtime.channel = MemoryChannel(Sender("commonhour@localhost"))
    return runtime


def a_person(runtime: Runtime, email: str, name: str = "Somebody") -> UUID:
    """Somebody whom the service knows."""
    with runtime.work() as work:
        person = PersonRow(email=email, name=name, created_at=work.now)
        work.add(person)
        work.session.flush()
        return person.id
