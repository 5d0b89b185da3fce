"""The relay: hands tasks from SQL to the workers, and takes those back whose holders died.

It marks tasks first and hands them on then, so that several relays share the work, and no
transaction is open while Redis thinks. A job that is lost between the two, or with Redis, is
handed on once more after a while: whoever has two jobs about one task begins it once.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Any

from services.claims import DEATHS
from services.flow import plans
from services.log import logger
from services.queue import QUEUES, URGENT, NoQueue
from services.reactions import jobs, reaction_called
from services.storage.outbox import handing, retrying
from services.storage.outbox.handing import Handed
from services.storage.rows.outbox import TaskState
from services.storage.work import Taken
from services.turning import Turning
from services.wiring import Runtime

_log = logger(__name__)
_MOST = 1000  # tasks in one turn
# Jobs that may wait in a queue of Redis. The rest waits in SQL, where nothing is lost, and comes
# in fewer and larger jobs: to begin one takes longer than most tasks.
_JOBS = 2


@dataclass(slots=True)
class Relay:
    """Turns again and again; several may do so at once."""

    runtime: Runtime
    swept: float = field(default=0.0, init=False)

    def turn(self) -> bool:
        """Sweep if it is time, then hand on; whether there may be more. Raises NoQueue."""
        if time.monotonic() - self.swept >= self.runtime.settings.times.sweep:
            self.sweep()
            self.swept = time.monotonic()
        return self.hand_on() >= _MOST

    def sweep(self) -> None:
        """Take back the tasks whose holders died, and end what waits for one that is set aside."""
        self._bury()
        with self.runtime.reading() as work:
            hopeless = plans.hopeless(work)
        if hopeless:
            with self.runtime.work() as work:
                plans.fail_hopeless(work, hopeless)

    def _bury(self) -> None:
        with self.runtime.reading() as work:
            if not retrying.is_any_overdue(work.session, work.now):
                return
        try:
            with self.runtime.work() as work:
                buried = retrying.bury(work.session, work.now, DEATHS)
        except Taken:
            return  # somebody recorded the same as one of them just now: there is a next time
        for task, job, state in buried:
            if state is TaskState.QUARANTINED:
                _log.error("task set aside", task=task, job=job, why="its worker died each time")
            else:
                _log.warning("task taken back", task=task, job=job, why="its worker died")

    def hand_on(self) -> int:
        """Hand on what is due; return how many tasks. Raises NoQueue."""
        resend = timedelta(seconds=self.runtime.settings.times.resend)
        with self.runtime.reading() as work:
            if not handing.anything(work.session, work.now, resend):
                return 0
            paused = handing.paused(work.session)
        open_ = [each for each in QUEUES if each not in paused]
        rushed = [each for each in open_ if self._has_room(f"{each}{URGENT}")]
        roomy = [each for each in open_ if self._has_room(each)]
        return self._handed(rushed, jobs(urgent=True)) + self._handed(roomy, jobs(urgent=False))

    def _has_room(self, queue: str) -> bool:
        return self.runtime.queues.waiting(queue) < _JOBS

    def _handed(self, queues: list[str], those: list[str]) -> int:
        resend = timedelta(seconds=self.runtime.settings.times.resend)
        which: dict[str, Any] = {"resend": resend, "queues": queues, "jobs": those}
        with self.runtime.reading() as work:
            if not queues or not handing.anything_to_take(work.session, work.now, **which):
                return 0
        with self.runtime.work() as work:
            taken = handing.take(work.session, work.now, most=_MOST, **which)
        self._hand(list(_batches(taken)))
        return len(taken)

    def _hand(self, batches: list[tuple[str, list[int]]]) -> None:
        for done, (job, tasks) in enumerate(batches):
            try:
                self.runtime.queues.hand(job, tasks)
            except NoQueue:
                left = [task for _, rest in batches[done:] for task in rest]
                with self.runtime.work() as work:
                    handing.take_back(work.session, left)
                raise
            _log.debug("handed on", job=job, tasks=len(tasks))


def run(runtime: Runtime) -> None:
    """Hand on until SIGTERM or SIGINT."""
    Turning(runtime, "relay").run(Relay(runtime).turn, runtime.settings.times.poll)


def _batches(taken: list[Handed]) -> Iterator[tuple[str, list[int]]]:
    """Put tasks of a kind together, in their order, as many as one job takes."""
    by_job = sorted(taken, key=lambda each: (each.job, each.alone, each.id))
    for (job, alone), group in groupby(by_job, key=lambda each: (each.job, each.alone)):
        tasks, reaction = [each.id for each in group], reaction_called(job)
        size = 1 if alone or reaction is None else reaction.batch
        for first in range(0, len(tasks), size):
            yield job, tasks[first : first + size]
