"""The processes of a service: started, killed, and started again when they died."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, RLock, Thread

from tests.chaos.nursery import Nursery
from tests.crash.waiting import until
from tests.up.running import clean_environment, free_port, runs

PARTS = {
    "web": ("web",),
    "relay": ("relay",),
    "clock": ("clock",),
    "notices": ("worker", "notices"),
    "planning": ("worker", "planning", "calendars"),
}
QUICK = {  # a tenth of the usual times, and what a test can wait for
    "LEASE": "2",
    "RENEW": "0.5",
    "SWEEP": "0.2",
    "POLL": "0.05",
    "RESEND": "2",
    "TICK": "0.2",
    "RETRY": "0.2",
    "GRACE": "1.2",
}


@dataclass
class Service:
    """Processes on one database and one Redis.

    settings  of the service, without COMMONHOUR_; and what is planted, by its whole name
    network   the namespace they live in
    alone     whether each is a program of its own: that takes a second of a processor
    """

    nursery: Nursery
    home: Path
    settings: Mapping[str, str]
    planted: Mapping[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1"
    network: str | None = None
    alone: bool = False
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: PARTS)
    pids: dict[str, int] = field(default_factory=dict)
    deaths: int = 0
    port: int = field(default_factory=free_port)
    lock: RLock = field(default_factory=RLock, repr=False)

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def log(self) -> Path:
        """What all of them say."""
        return self.home.parent / f"{self.home.name}.log"

    def said(self, *words: str) -> list[str]:
        """The lines of the log in which all these words stand."""
        text = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
        return [line for line in text.splitlines() if all(word in line for word in words)]

    def start(self, *names: str) -> None:
        """Start these parts, or all of them."""
        listen = {"HOME": str(self.home), "LISTEN": f"{self.host}:{self.port}"}
        env = {**clean_environment(**{**listen, **self.settings}), **self.planted}
        self.home.mkdir(parents=True, exist_ok=True)
        for name in names or tuple(self.parts):
            with self.lock:
                self.pids[name] = self.nursery.start(
                    self.parts[name], env, self.log, alone=self.alone, network=self.network
                )

    def signal(self, by: signal.Signals, *names: str) -> None:
        """Send a signal to these parts, or to all of them."""
        for name in names or tuple(self.pids):
            send(self.pids[name], by)

    def kill(self, *names: str) -> None:
        """Kill these parts, or all of them, with their children; they stay dead."""
        with self.lock:
            pids = [self.pids.pop(name) for name in names or tuple(self.pids)]
        for each in [*pids, *(child for pid in pids for child in descendants(pid))]:
            send(each, signal.SIGKILL)
        for pid in pids:
            self.ended(pid)

    def ended(self, pid: int, seconds: float = 40.0) -> int:
        """Wait until a process has ended; return how."""
        found: list[int] = []

        def has_ended() -> bool:
            status = self.nursery.status(pid)
            found.extend([] if status is None else [status])
            return bool(found)

        until(has_ended, f"an end of process {pid}", seconds)
        return found[0]

    def family(self) -> list[int]:
        """All of them, and their children."""
        with self.lock:
            pids = list(self.pids.values())
        return [each for pid in pids for each in (pid, *descendants(pid))]

    @contextmanager
    def supervised(self) -> Iterator[None]:
        """Start again whatever dies, at once."""
        left = Event()

        def mind() -> None:
            while not left.wait(0.02):
                self._mind()

        thread = Thread(target=mind)
        thread.start()
        try:
            yield
        finally:
            left.set()
            thread.join()

    def _mind(self) -> None:
        with self.lock:
            for name, pid in list(self.pids.items()):
                if not runs(pid) and self.nursery.status(pid) is not None:
                    self.deaths += 1
                    self.start(name)

    def get(self, path: str, timeout: float = 10.0) -> tuple[int, bytes]:
        """Ask the pages; (0, b"") when nobody answers."""
        connection = HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            return 0, b""
        finally:
            connection.close()

    def is_ready(self) -> bool:
        """Whether it says that it is."""
        return self.get("/readyz")[0] == 200


def send(pid: int, by: signal.Signals) -> None:
    """Send a signal, if there is anybody to hear it."""
    try:
        os.kill(pid, by)
    except ProcessLookupError:
        pass


def children(pid: int) -> list[int]:
    """The children of a process, whichever of its threads they are of."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(each) for task in tasks for each in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def descendants(pid: int) -> list[int]:
    """Whatever descends from a process."""
    return [each for child in children(pid) for each in (child, *descendants(child))]


def seconds_until(there: Callable[[], object], what: str, most: float = 30.0) -> float:
    """Wait until this is true; return how long that took."""
    began = time.monotonic()
    until(there, what, most)
    return time.monotonic() - began
