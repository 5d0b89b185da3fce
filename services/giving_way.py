"""When a job begins no more tasks, because others wait for its worker."""

import time

from services import leases
from services.queue import URGENT, NoQueue
from services.reactions import reaction_called
from services.wiring import Runtime

_LONG = 10.0  # seconds after which it does not: others wait for its worker
_LOOK = 0.2  # seconds between two looks whether somebody waits for it


class Turn:
    """How long a job may begin tasks: not for long, and not while somebody waits for its worker."""

    def __init__(self, runtime: Runtime, job: str) -> None:
        reaction, now = reaction_called(job), time.monotonic()
        self._queues, self._until, self._look = runtime.queues, now + _LONG, now
        self._gives_way = reaction is not None and not reaction.urgent
        self._urgent = job.partition(".")[0] + URGENT

    def is_over(self) -> bool:
        """Whether no more tasks are to be begun."""
        now = time.monotonic()
        if self._gives_way and now >= self._look:
            self._look = now + _LOOK
            if self._does_somebody_wait():
                self._until = now
        return leases.is_ending() or now >= self._until

    def _does_somebody_wait(self) -> bool:
        try:
            return self._queues.waiting(self._urgent) > 0
        except NoQueue:
            return False  # then nobody could be told of another job either
