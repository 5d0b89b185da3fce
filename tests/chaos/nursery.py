"""Starts processes cheaply: everything is imported once, and each is a fork of who did.

That is how `commonhour up` starts its parts. Asked for a program of its own, the fork becomes
`python -m tests.chaos.planted` instead, which takes a second of a processor.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn

from tests.up.running import ROOT, clean_environment

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_NETWORK = 0x40000000  # CLONE_NEWNET of setns(2)


@dataclass
class Nursery:
    """One that runs; threads may share it."""

    process: "subprocess.Popen[str]"
    lock: Lock = field(default_factory=Lock)

    def start(
        self,
        words: Sequence[str],
        env: Mapping[str, str],
        log: Path,
        *,
        alone: bool = False,
        network: str | None = None,
        module: str = "",
    ) -> int:
        """Start `commonhour` with these words; return its process.

        alone    as a program of its own
        network  the name of the namespace it lives in
        module   whose `main` runs in place of `commonhour`
        """
        asked = {"words": list(words), "env": env, "log": str(log), "alone": alone}
        return int(self._ask(asked | {"network": network, "module": module}))

    def status(self, pid: int) -> int | None:
        """How a process ended; None while it runs. It can be asked once."""
        found = self._ask({"pid": pid})
        return None if found is None else int(found)

    def _ask(self, asked: dict[str, Any]) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        with self.lock:
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())


@contextmanager
def a_nursery() -> Iterator[Nursery]:
    """Start one; whatever it started ends with it."""
    words = [sys.executable, "-m", "tests.chaos.nursery"]
    env = clean_environment() | {"OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        words, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Nursery(process)
        finally:
            assert process.stdin
            process.stdin.close()  # that is how it learns
            process.wait(90)


def _serve() -> None:
    from services import app, clock, relay, worker  # noqa: F401, PLC0415 -- they are to be there
    from services.up import redis, run, web  # noqa: F401, PLC0415

    for line in sys.stdin:
        asked = json.loads(line)
        said = _ended(asked["pid"]) if "pid" in asked else _started(asked)
        print(json.dumps(said), flush=True)


def _ended(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _started(asked: dict[str, Any]) -> int:
    us = os.getpid()
    return os.fork() or _be(asked, us)


def _be(asked: dict[str, Any], parent: int) -> NoReturn:
    status = 1
    try:
        os.setsid()
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_SET_DEATH_SIGNAL, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(1)
        if asked["network"]:
            _enter(libc, asked["network"])
        _redirect(asked["log"])
        os.environ.clear()
        os.environ.update(asked["env"])
        if asked["module"]:
            import_module(asked["module"]).main(*asked["words"])
            status = 0
        else:
            status = _run(asked["words"], alone=asked["alone"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _run(words: list[str], *, alone: bool) -> int:
    if alone:
        os.execv(sys.executable, [sys.executable, "-m", "tests.chaos.planted", *words])
    from services.cli.main import main  # noqa: PLC0415 -- imported long ago
    from tests.chaos.planted import plant  # noqa: PLC0415

    plant()
    sys.argv = ["commonhour", *words]
    try:
        main()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 1
    return 0


def _enter(libc: ctypes.CDLL, network: str) -> None:
    handle = os.open(f"/run/netns/{network}", os.O_RDONLY)
    if libc.setns(handle, _NETWORK):
        raise OSError(ctypes.get_errno(), f"the namespace {network} cannot be entered")
    os.close(handle)


def _redirect(log: str) -> None:
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(written, 1)
    os.dup2(written, 2)


if __name__ == "__main__":
    _serve()
