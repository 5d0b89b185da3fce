"""Requests that are made only as long as a task is ours.

What we write down is fenced: of a task that is somebody else's by now, nothing is kept. A host
does not know our fences. So whoever stood still for a while looks whether the task is theirs
before they ask for anything more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from calendar_sync.host import Gate
from services.flow.memory import Task

_SURE = timedelta(seconds=5)  # for which a look counts: leases last longer


@dataclass(slots=True)
class Fenced:
    """A gate for who works on a task (`calendar_sync.host.Gate`).

    seen  when the task was last known to be ours
    """

    gate: Gate
    task: Task
    seen: datetime
    now: Callable[[], datetime]

    def take(self, requests: int = 1) -> None:
        """As a gate does. Raises Lost once the task is not ours any more."""
        self.gate.take(requests)
        self._look()

    def have_letter(self) -> None:
        """As a gate does. Raises Lost once the task is not ours any more."""
        self.gate.have_letter()
        self._look()

    def send_letter(self) -> None:
        """As a gate does. Raises Lost once the task is not ours any more."""
        self.gate.send_letter()
        self._look()

    def _look(self) -> None:
        if not timedelta() <= self.now() - self.seen < _SURE:
            with self.task.work() as work:
                seen = work.now
            self.seen = seen
