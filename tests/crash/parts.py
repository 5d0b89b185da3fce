"""The processes of a lane, each started again whenever it ends, as `up` and containers do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

from tests.up.running import ROOT

WORDS = {
    "relay": ("relay",),
    "clock": ("clock",),
    "calendars": ("worker", "calendars"),
    "planning": ("worker", "planning"),
}


class Process(Protocol):
    """One that was started."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """How it ended; None: it did not."""

    def kill(self) -> None:
        """Kill it."""

    def wait(self) -> int:
        """Wait until it has ended."""


Start = Callable[[Sequence[str], Mapping[str, str], Path], Process]
"""Starts a process with these words and this environment, which writes to that log."""


@dataclass
class Part:
    """One of them. deaths: how often it ended."""

    name: str
    process: Process
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
    """All of them, by name.

    words, start_one  what each is started with, and how
    """

    environment: Mapping[str, str]
    logs: Path
    words: Mapping[str, Sequence[str]] = field(default_factory=lambda: WORDS)
    start_one: Start = field(default_factory=lambda: _as_program)
    parts: dict[str, Part] = field(default_factory=dict)
    _ending: Event = field(default_factory=Event)

    def __getitem__(self, name: str) -> Part:
        return self.parts[name]

    def start(self) -> None:
        for name in self.words:
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

    def _started(self, name: str) -> Process:
        log = self.logs / f"{name}.log"
        return self.start_one(self.words[name], self.environment, log)


@contextmanager
def running(
    environment: Mapping[str, str],
    logs: Path,
    words: Mapping[str, Sequence[str]] = WORDS,
    start_one: "Start | None" = None,
) -> Iterator[Parts]:
    parts = Parts(environment, logs, words, start_one or _as_program)
    parts.start()
    watcher = Thread(target=parts.watch)
    watcher.start()
    try:
        yield parts
    finally:
        parts.end(watcher)


def _as_program(words: Sequence[str], environment: Mapping[str, str], log: Path) -> Process:
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.crash.launch", *words],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


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
