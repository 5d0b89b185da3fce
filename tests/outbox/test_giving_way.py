"""A job that nobody waits for keeps no worker for long; what it leaves is handed on at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from services.claims import Claim
from services.facts import Fact
from services.giving_way import Turn
from services.queue import NoQueue
from services.reactions import REACTIONS, Reaction
from services.storage.rows.outbox import TaskState
from tests.outbox.yard import READ, TELL, Changed, Read, Yard, tell, thing
from tests.runtimes import Jobs


@dataclass
class Rushed(Jobs):
    """Queues in which somebody waits for a worker of this kind."""

    urgent: str = ""

    def waiting(self, queue: str) -> int:
        return 1 if queue == self.urgent else 0


@dataclass
class Away(Jobs):
    """Queues that cannot be reached."""

    def waiting(self, queue: str) -> int:
        raise NoQueue("Away", remedy="wait")


def left_over(yard: Yard) -> list[tuple[str, list[int]]]:
    """What is handed on once more, at once."""
    assert yard.tasks(TaskState.RUNNING) == []
    return yard.turned()


def started(yard: Yard, job: str) -> Sequence[int]:
    [(found, tasks)] = yard.turned()
    assert found == job
    return tasks


@pytest.mark.parametrize("job", [TELL, READ])
def test_what_nobody_waits_for_gives_way(yard: Yard, job: str) -> None:
    kind: Callable[[int], Fact] = {
        TELL: lambda number: Changed(thing(number), 1), READ: lambda number: Read(thing(number)),
    }[job]  # fmt: skip
    yard.record(*(kind(number) for number in range(1, 11)))
    tasks = started(yard, job)

    yard.runtime.queues = Rushed(urgent=f"{job.partition('.')[0]}-urgent")
    yard.do(job, tasks)

    assert yard.lines() == []
    assert left_over(yard) == [(job, tasks)]


def test_what_somebody_waits_for_does_not(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REACTIONS, Changed, (Reaction(TELL, batch=20, urgent=True),))
    yard.record(*(Changed(thing(number), 1) for number in range(1, 11)))
    tasks = started(yard, TELL)

    yard.runtime.queues = Rushed(urgent="notices-urgent")
    yard.do(TELL, tasks)

    assert len(yard.lines()) == 10


@pytest.mark.parametrize("queues", [Rushed(urgent="calendars-urgent"), Away()])
def test_neither_does_work_of_another_kind_or_without_a_queue(yard: Yard, queues: Jobs) -> None:
    yard.record(*(Changed(thing(number), 1) for number in range(1, 11)))
    tasks = started(yard, TELL)

    yard.runtime.queues = queues
    yard.do(TELL, tasks)

    assert len(yard.lines()) == 10


def test_what_a_job_has_no_time_for_is_handed_on_at_once(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    yard.record(*(Changed(thing(number), 1) for number in range(1, 11)))
    tasks = started(yard, TELL)

    def once(claim: Claim) -> None:
        monkeypatch.setattr(Turn, "is_over", lambda _: True)
        tell(claim)

    yard.doing[TELL] = once
    yard.do(TELL, tasks)

    assert len(yard.lines()) == 1
    assert left_over(yard) == [(TELL, tasks[1:])]
