"""Processes that come to be in no time: each is a fork of one that has imported everything."""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.nursery import Nursery
from tests.crash.parts import Process, Start

MODULE = "tests.crash.series.launch"


def forked(nursery: Nursery) -> Start:
    """Start each in a nursery."""

    def start(words: Sequence[str], environment: Mapping[str, str], log: Path) -> Process:
        return _Forked(nursery, nursery.start(words, environment, log, module=MODULE))

    return start


@dataclass
class _Forked:
    nursery: Nursery
    pid: int
    status: int | None = None

    def poll(self) -> int | None:
        if self.status is None:
            self.status = self.nursery.status(self.pid)
        return self.status

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        while (status := self.poll()) is None:
            time.sleep(0.01)
        return status
