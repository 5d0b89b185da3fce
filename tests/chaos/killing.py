"""Killing a service's processes at random, from a seed."""

import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.processes import Service, children, send

_WORKERS = ("notices", "planning", "calendars")
_LOOK = 0.5  # seconds in which a job may come along
_LIFE = 0.03  # seconds: a job is killed at some moment of its life


@dataclass
class Killer:
    """Kills any process of a service: its parts, and the children in which workers do jobs.

    parts  of the service that are its targets, by names; a worker twice: once its child
    """

    service: Service
    chance: random.Random
    pause: float
    killed: Counter[str] = field(default_factory=Counter)

    def kill(self, times: int) -> None:
        """Kill so often, with a pause of a random length before each."""
        while self.killed.total() < times:
            time.sleep(self.chance.uniform(0, 2 * self.pause))
            targets = self._targets()
            if not targets:
                continue  # all of them are dead just now
            name, child = self.chance.choice(targets)
            pid = self._child_of(name) if child else self._parts().get(name)
            if pid is not None:
                send(pid, signal.SIGKILL)
                self.killed[f"{name}'s child" if child else name] += 1

    def _targets(self) -> list[tuple[str, bool]]:
        return [
            target
            for name in sorted(self._parts())
            for target in ((name, False), (name, True))
            if not target[1] or name in _WORKERS
        ]

    def _parts(self) -> dict[str, int]:
        """The processes by their parts; those of `up` are its children."""
        with self.service.lock:
            pids = dict(self.service.pids)
        if "up" not in pids:
            return pids
        found = {called(each).removeprefix("ch-"): each for each in children(pids["up"])}
        found.pop("step", None)  # of the start of `up`, which gives up without it
        return found

    def _child_of(self, name: str) -> int | None:
        end = time.monotonic() + _LOOK
        while time.monotonic() < end:
            found = children(self._parts().get(name, 0))
            if found:
                time.sleep(self.chance.uniform(0, _LIFE))
                return found[0]
            time.sleep(0.002)
        return None


def called(pid: int) -> str:
    """What a process calls itself."""
    try:
        with open(f"/proc/{pid}/comm") as file:  # noqa: PTH123 -- read a thousand times
            return file.read().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""
