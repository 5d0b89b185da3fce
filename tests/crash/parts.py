"""The processes of a lane, each started again whenever it ends, as `up` and containers do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from tests.up.running import ROOT

WORDS = {
    "relay": ("relay",),
    "clock": ("clock",),
    "calendars": ("worker", "calendars"),
    "planning": ("worker", "planning"),
}


@dataclass
class Part:
    """One of them. deaths: how often it ended."""

    name: str
    process: subprocess.Popen[bytes]
    deaths: int = 0

    @property
    def pid(self) -> int:
        return self.process.pid

    def children(self) -> list[int]:
        """The jobs of a worker: at most one."""
        try:
            said = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("utf-8")
        except (FileNotFoundError, ProcessLookupError):
            return []
        return [int(each) for each in said.split()]


@dataclass
class Parts:
    """All of them, by name."""

    environment: Mapping[str, str]
    logs: Path
    parts: dict[str, Part] = field(default_factory=dict)
    _ending: Event = field(default_factory=Event)

    def __getitem__(self, name: str) -> Part:
        return self.parts[name]

    def start(self) -> None:
        for name in WORDS:
            self.parts[name] = Part(name, self._started(name))

    def watch(self) -> None:
        """Start again whatever ends, until the end."""
        while not self._ending.wait(0.02):
            for part in self.parts.values():
                if part.process.poll() is not None and not self._ending.is_set():
                    part.deaths += 1
                    part.process = self._started(part.name)

    def end(self, watcher: Thread) -> None:
        self._ending.set()
        watcher.join()
        for part in self.parts.values():
            _kill(part)

    def _started(self, name: str) -> subprocess.Popen[bytes]:
        with (self.logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.crash.launch", *WORDS[name]],
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@contextmanager
def running(environment: Mapping[str, str], logs: Path) -> Iterator[Parts]:
    parts = Parts(environment, logs)
    parts.start()
    watcher = Thread(target=parts.watch)
    watcher.start()
    try:
        yield parts
    finally:
        parts.end(watcher)


def _kill(part: Part) -> None:
    """Kill a process; its job ends with it, and a moment later what the job has started."""
    jobs = part.children()
    part.process.kill()
    part.process.wait()
    end = time.monotonic() + 5
    while any(Path(f"/proc/{each}").exists() for each in jobs) and time.monotonic() < end:
        for each in jobs:
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.01)
