"""What an outbox should be, in a few lines: tasks in a dictionary, and a clock that is told."""

from dataclasses import dataclass, field
from uuid import UUID

from services.claims import DEATHS, FAILURES
from services.facts import Fact
from tests.outbox.yard import TELL, Changed

BACKOFF = 100  # seconds after a first failure
LEASE = 100


@dataclass
class Task:
    """A task as it should stand in the database; `covers`: the facts that it stands for."""

    job: str
    subject: UUID
    revision: int
    due: int
    state: str = "waiting"
    fence: int = 0
    failures: int = 0
    deaths: int = 0
    lease: int = 0
    covers: set[int] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, UUID]:
        return self.job, self.subject


@dataclass
class Model:
    """Tasks by their ids; every fact has a number, and `settled` those that were seen to."""

    now: int = 0
    facts: int = 0
    tasks: dict[int, Task] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)

    def record(self, fact: Fact, number: int) -> None:
        """Write a fact down; `number` is the id of its task where that is a new one."""
        job = TELL if isinstance(fact, Changed) else "notices.carry"
        task = self._waiting((job, fact.subject))
        if task is None:
            task = Task(job, fact.subject, fact.number, self.now)
            self.tasks[number] = task
        task.revision = fact.number
        self.facts += 1
        task.covers.add(self.facts)

    def may_begin(self, number: int) -> bool:
        task = self.tasks[number]
        if task.state != "waiting" or task.due > self.now:
            return False
        return not any(
            other.subject == task.subject
            and (other.state == "running" or (other.state == "waiting" and at < number))
            for at, other in self.tasks.items()
        )

    def begin(self, number: int) -> None:
        task = self.tasks[number]
        task.state, task.lease = "running", self.now + LEASE
        task.fence += 1

    def is_ours(self, number: int, fence: int) -> bool:
        task = self.tasks[number]
        return task.state == "running" and task.fence == fence

    def finish(self, number: int) -> None:
        self._end(self.tasks[number], "done")

    def fail(self, number: int) -> None:
        task = self.tasks[number]
        task.failures += 1
        if task.failures >= FAILURES:
            self._end(task, "quarantined")
        else:
            self.put_back(number, BACKOFF * 2 ** (task.failures - 1))

    def put_back(self, number: int, after: int) -> None:
        task, newer = self.tasks[number], self._waiting(self.tasks[number].key)
        if newer is None:
            task.state, task.due = "waiting", self.now + after
            return
        newer.failures += task.failures
        newer.deaths += task.deaths
        newer.due = self.now + after
        newer.covers |= task.covers
        task.covers = set()
        task.state = "done"

    def bury(self) -> None:
        for number, task in self.tasks.items():
            if task.state == "running" and task.lease <= self.now:
                task.deaths += 1
                if task.deaths >= DEATHS:
                    self._end(task, "quarantined")
                else:
                    self.put_back(number, 0)

    def requeue(self, number: int) -> None:
        task = self.tasks[number]
        task.failures = task.deaths = 0
        self.put_back(number, 0)

    def _waiting(self, key: tuple[str, UUID]) -> Task | None:
        waiting = (each for each in self.tasks.values() if each.state == "waiting")
        return next((each for each in waiting if each.key == key), None)

    def _end(self, task: Task, state: str) -> None:
        task.state = state
        self.settled |= task.covers
