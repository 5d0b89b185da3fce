"""A real `commonhour up`, started as a person would, with its processes in view."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from secrets import randbelow
from typing import Any

from services.up.lock import Told, holder

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # seconds; a busy machine is no failure


def clean_environment(**settings: str) -> dict[str, str]:
    """The environment without settings of whoever runs the tests, and with these."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COMMONHOUR_")}
    return kept | {f"COMMONHOUR_{name}": value for name, value in settings.items()}


def free_port() -> int:
    """A port that nobody has, below those that systems give to whoever names none."""
    while True:
        port = 15_000 + randbelow(17_000)
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


def await_(there: Callable[[], Any], what: str) -> Any:
    """Wait until this is true, and return it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := there():
            return found
        time.sleep(0.02)
    raise AssertionError(f"In {PATIENCE:g} seconds there was never {what}.")


class Up:
    """A running `up`. Its log and what it prints are in `said`."""

    def __init__(self, home: Path, said: Path, settings: dict[str, str], *words: str) -> None:
        ignored = settings.pop("sigint_ignored", "") == "yes"
        self.home, self.said = home, said
        asked = {"HOME": str(home), "LISTEN": f"127.0.0.1:{free_port()}"} | settings
        with said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services", "up", *words],
                cwd=ROOT,
                env=clean_environment(**asked),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                preexec_fn=_ignore_sigint if ignored else None,  # noqa: PLW1509 -- as a shell
            )

    def ready(self) -> "Up":
        """Wait until it says where to look."""
        await_(lambda: "Ctrl-C stops it." in self.text or self.process.poll() is not None, "an end")
        assert self.process.poll() is None, self.text
        return self

    @property
    def text(self) -> str:
        return self.said.read_text("utf-8")

    @property
    def address(self) -> str:
        found = re.search(r"is running: (\S+)", self.text)
        assert found, self.text
        return found[1]

    @property
    def told(self) -> Told:
        found = holder(self.home)
        assert found, "nobody holds the lock"
        return found

    def get(self, path: str) -> tuple[int, bytes]:
        """Ask the pages."""
        connection = HTTPConnection(self.address.partition("//")[2], timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def answers(self) -> bool:
        try:
            status, body = self.get("/readyz")
        except (OSError, HTTPException):
            return False
        return status == 200 and json.loads(body)["status"] == "ok"

    def children(self) -> dict[str, int]:
        """Its parts by name."""
        names = {_name(each): each for each in _children(self.process.pid)}
        return {name: pid for name, pid in names.items() if name}

    def family(self) -> list[int]:
        """Itself and whatever descends from it."""
        found, new = [], [self.process.pid]
        while new:
            found += new
            new = [child for each in new for child in _children(each)]
        return found

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end and return its exit status."""
        self.process.send_signal(by)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """Kill it and, after it, whatever it left behind."""
        family = self.family() if self.process.poll() is None else []
        for each in family:
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it ended with its parent
        self.process.wait()


def runs(pid: int) -> bool:
    """Whether this process runs; one that only waits to be noted does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):  # it ends as it is looked at
        return False


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _ignore_sigint() -> None:
    """As a shell does for what it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
