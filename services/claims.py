"""Doing tasks: each begun under a lease, renewed while it lasts, and ended under its fence.

A job gets a `Claim`. Whatever it writes goes through `Claim.work`, which keeps nothing once the
task is somebody else's: a process that was stopped for a minute cannot overwrite what another one
did meanwhile.
"""

import os
import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from scheduler.errors import Explained, TryLater
from services import leases
from services.facts import Fact
from services.flow.memory import Lost
from services.giving_way import Turn
from services.leases import Leases
from services.log import logger
from services.outline import outline, without_words
from services.reactions import reaction_called
from services.storage.outbox import handing, holding, retrying
from services.storage.outbox.holding import Begun
from services.storage.rows.outbox import TaskState
from services.storage.trouble import Trouble, trouble_of
from services.storage.work import AllInUse, InTrouble, Taken, Work
from services.wiring import Runtime

_log = logger(__name__)
FAILURES = 5  # of one task, before it is set aside
DEATHS = 3  # of whoever did it, before it is set aside
_TROUBLE = timedelta(seconds=2)  # until a task is tried again that met a database in trouble
_LONGEST = 86_400.0  # seconds that anybody may ask us to wait


@dataclass(slots=True)
class Claim:
    """A task that is ours as long as its lease is renewed.

    fact  what happened
    done  whether its end is kept already
    """

    runtime: Runtime
    task: Begun
    done: bool = field(default=False, init=False)

    @property
    def fact(self) -> Fact:
        """What happened."""
        return self.task.fact

    @property
    def subject(self) -> UUID:
        """What it happened to."""
        return self.task.fact.subject

    @property
    def name(self) -> str:
        """What to call the effect of this task outside: the same for every try."""
        return f"{self.task.job.replace('.', '-')}-{self.task.id}"

    def reading(self) -> AbstractContextManager[Work]:
        """Open a transaction that only reads."""
        return self.runtime.reading()

    @contextmanager
    def work(self, *, last: bool = False) -> Iterator[Work]:
        """Open a unit of work that is kept only while the task is ours. Raises Lost.

        last  the task is done with it, all of it in one transaction
        """
        with self.runtime.work() as work:
            yield work
            work.session.flush()  # all of it is written by the time that we look
            ours = (
                holding.finish(work.session, work.now, self.task.id, self.task.fence)
                if last
                else holding.is_held(work.session, self.task.id, self.task.fence)
            )
            if not ours:
                raise Lost
        self.done = self.done or last


Job = Callable[[Claim], None]


def run(runtime: Runtime, job: str, do: Job, tasks: Sequence[int]) -> None:
    """Do these tasks of a job, those that still wait, several at once where the job allows it."""
    reaction = reaction_called(job)
    at_once = min(reaction.at_once if reaction else 1, len(tasks)) or 1
    with Leases(runtime) as held:
        doing = _Doing(runtime, job, do, held, Turn(runtime, job))
        if at_once == 1:
            turns = [doing.one(each) for each in tasks]
        else:
            with ThreadPoolExecutor(at_once) as pool:
                turns = list(pool.map(doing.one, tasks))
        doing.leave([task for task, came in zip(tasks, turns, strict=True) if not came])


@dataclass(frozen=True, slots=True)
class _Doing:
    """Does the tasks of one job, one by one."""

    runtime: Runtime
    job: str
    do: Job
    held: Leases
    turn: Turn

    def one(self, task: int) -> bool:
        """Do one task, whatever comes of it; False: its turn did not come in this job."""
        if self.turn.is_over():
            return False
        try:
            begun = self._begun(task)
        except (InTrouble, AllInUse) as error:
            if not _is_trouble(error):
                raise
            _log.info("task not begun: a database in trouble", task=task, job=self.job)
            return False
        if begun is None:
            return True  # somebody else has it, it is done, or it has to wait
        self.held.hold(begun)
        began = time.monotonic()
        try:
            outcome = self._outcome(Claim(self.runtime, begun))
        finally:
            self.held.let_go(begun)
        _log.info(
            outcome,
            task=begun.id,
            job=self.job,
            attempt=begun.fence,
            seconds=round(time.monotonic() - began, 3),
        )
        return True

    def leave(self, tasks: Sequence[int]) -> None:
        """Let the relay hand these on once more: soon, or after a while if we have to end."""
        if tasks and not leases.is_ending():
            self._write(lambda work: handing.take_back(work.session, tasks))

    def _begun(self, task: int) -> Begun | None:
        lease = timedelta(seconds=self.runtime.settings.times.lease)
        with self.runtime.work() as work:
            return holding.begin(
                work.session, work.now, task, job=self.job, lease=lease, holder=_holder()
            )

    def _outcome(self, claim: Claim) -> str:
        try:
            self.do(claim)
            if not claim.done:
                with claim.work(last=True):
                    pass
        except Lost:
            return "task lost"
        except TryLater as error:
            seconds = max(0.0, min(error.seconds, _LONGEST)) * (1 + random.random() / 10)  # noqa: S311 -- spreads
            self._put_back(claim, timedelta(seconds=seconds))
            return "task put off"
        except Exception as error:  # noqa: BLE001 -- any of them is counted
            if not _is_trouble(error):
                return self._failed(claim, error)
            self._put_back(claim, _TROUBLE)
            return "task met a database in trouble"
        return "task done"

    def _put_back(self, claim: Claim, after: timedelta) -> None:
        task = claim.task
        self._write(
            lambda work: retrying.put_back(work.session, work.now, task.id, task.fence, after=after)
        )

    def _failed(self, claim: Claim, error: Exception) -> str:
        task, said = claim.task, _told(error)
        backoff = timedelta(seconds=self.runtime.settings.times.retry)
        state = self._write(
            lambda work: retrying.fail(
                work.session, work.now, task.id, task.fence,
                reason=said, most=FAILURES, backoff=backoff,
            )
        )  # fmt: skip
        _log.warning("task failed", task=task.id, job=self.job, attempt=task.fence, why=said)
        if state is TaskState.QUARANTINED:
            _log.error("task set aside", task=task.id, job=self.job, why=said)
        return "task failed"

    def _write(self, write: Callable[[Work], object]) -> object:
        """Write what became of a task, as long as it can be ours; else its lease ends by itself."""
        end = time.monotonic() + self.runtime.settings.times.lease
        while True:
            try:
                with self.runtime.work() as work:
                    return write(work)
            except (InTrouble, AllInUse, Taken):
                if time.monotonic() > end or leases.is_ending():
                    return None
                leases.pause(0.5)


def _is_trouble(error: Exception) -> bool:
    """Whether the database was in trouble; not when it cannot do what it was asked, ever."""
    if isinstance(error, InTrouble):
        return trouble_of(error) is not Trouble.OTHER
    return isinstance(error, AllInUse)


def _holder() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


def _told(error: Exception) -> str:
    """Say what went wrong, without what it concerned."""
    return without_words(error.what) if isinstance(error, Explained) else outline(error)
