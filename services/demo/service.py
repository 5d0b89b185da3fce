"""A service of our own to show: `commonhour up` in a folder of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scheduler.errors import Explained
from services.up.lock import holder
from services.up.orphans import end_with

_ADDRESS = re.compile(r"Common Hour is running: (\S+)")
_SANDBOX = re.compile(r"The sandbox plays [\w ]+: (\S+?)/?\s*$")


@dataclass(slots=True)
class Service:
    """A running service: where it answers, where it keeps what it knows, how to wait for it.

    sandbox  where the calendars of its members are; without a final slash
    """

    address: str
    sandbox: str
    home: Path
    process: "subprocess.Popen[str]"

    @property
    def ca_file(self) -> Path:
        """Who vouches for the sandbox."""
        return self.home / "sandbox" / "trusted.pem"


@contextmanager
def running(home: Path) -> Iterator[Service]:
    """Start the service on an empty home; it ends when the block is left. Raises Explained."""
    if holder(home) is not None:
        raise Explained("A demo runs already", remedy="look at it, or stop it first")
    shutil.rmtree(home, ignore_errors=True)
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    ours = {key: each for key, each in os.environ.items() if not key.startswith("COMMONHOUR_")}  # noqa: TID251
    kept = {key: os.environ[key] for key in ("COMMONHOUR_LISTEN",) if key in os.environ}  # noqa: TID251
    process = subprocess.Popen(
        [sys.executable, "-m", "services", "up", "--sandbox"],
        env={**ours, **kept, "COMMONHOUR_HOME": str(home), "COMMONHOUR_LOG": "warning"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is ours to pass on
        preexec_fn=partial(end_with, os.getpid(), signal.SIGTERM),  # noqa: PLW1509 -- one thread
    )
    try:
        sandbox, address = _addresses(process)
        yield Service(address, sandbox, home, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)


def _end(*_: object) -> None:
    """End as Ctrl-C does: what was started ends as well."""
    raise SystemExit(0)


def _addresses(process: "subprocess.Popen[str]") -> tuple[str, str]:
    """Read where sandbox and service are from what the service says, in that order."""
    assert process.stdout is not None
    found: list[str] = []
    for line in process.stdout:
        if said := (_ADDRESS if found else _SANDBOX).search(line):
            found.append(said[1])
        if len(found) == 2:
            return found[0], found[1]
    raise Explained("The service did not start", remedy="read what it says above")
