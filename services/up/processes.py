"""Parts that run as processes of their own, are started again when they die, and end together.

Everything is imported before a part is forked, and no connection or thread is open in the process
that forks: so parts share most of their memory, and none inherits what it must not use.
"""

import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from scheduler.errors import Explained
from services.outline import outline
from services.up import titles
from services.up.orphans import end_with
from services.up.signals import OURS, Signals, Stopped

_log = logging.getLogger(__name__)
_FIRST, _LONGEST = 0.1, 10.0  # seconds before a part is started again
_SETTLED = 30.0  # seconds after which a part counts as well again
_GRACE, _LAST_GRACE = 20.0, 8.0  # seconds in which parts end by themselves


@dataclass(slots=True)
class Part:
    """Something that is to run all the time.

    run   what it does, in a process of its own
    last  whether the others need it until they have ended
    """

    name: str
    run: Callable[[], None]
    last: bool = False
    pid: int = 0
    began: float = 0.0
    due: float = 0.0
    delay: float = 0.0

    def start(self) -> None:
        """Start it, for the first time or again."""
        self.began = time.monotonic()
        self.pid = fork(self.run, self.name)

    def died(self) -> None:
        """Note that it died, and when to start it again: later each time, until it settles."""
        self.pid, now = 0, time.monotonic()
        settled = now - self.began >= _SETTLED
        self.delay = _FIRST if settled or not self.delay else min(2 * self.delay, _LONGEST)
        self.due = now + self.delay


class Supervisor:
    """Keeps parts running until it is asked to end."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._parts: list[Part] = []

    def start(self, part: Part) -> None:
        """Start a part and keep it running from now on."""
        self._parts.append(part)
        part.start()

    def until(self, there: Callable[[], bool], seconds: float) -> bool:
        """Keep everything running until this is the case, at most so long. Raises Stopped."""
        end = time.monotonic() + seconds
        while not there():
            if time.monotonic() > end:
                return False
            self._turn(0.02)
            if self._signals.asked:
                raise Stopped
        return True

    def keep(self) -> None:
        """Keep everything running until we are asked to end."""
        while not self._signals.asked:
            due = [each.due for each in self._parts if not each.pid]
            self._turn(min(due) - time.monotonic() if due else 60.0)

    def end(self) -> None:
        """End every part, those that others need after the others; asked twice, at once."""
        for last, grace in ((False, _GRACE), (True, _LAST_GRACE)):
            self._end([each for each in self._parts if each.pid and each.last is last], grace)

    def _turn(self, seconds: float) -> None:
        """Wait so long or until something happens; start again what is due."""
        self._signals.wait(seconds)
        for part in self._parts:
            if part.pid and (status := _ended(part.pid)) is not None:
                part.died()
                _log.error("%s ended (%s): started again in %g s", part.name, status, part.delay)
            if not part.pid and not self._signals.asked and time.monotonic() >= part.due:
                part.start()

    def _end(self, parts: list[Part], grace: float) -> None:
        for part in parts:
            os.kill(part.pid, signal.SIGTERM)
        end, asked = time.monotonic() + grace, self._signals.asked
        while parts and time.monotonic() < end and self._signals.asked == asked:
            parts = [each for each in parts if _ended(each.pid) is None]
            if parts:
                self._signals.wait(min(0.5, end - time.monotonic()))
        for part in parts:
            _log.warning("%s did not end by itself", part.name)
            os.kill(part.pid, signal.SIGKILL)
            os.waitpid(part.pid, 0)


def fork(run: Callable[[], None], name: str) -> int:
    """Run this in a child of that name, which ends when it returns, and when we do."""
    us = os.getpid()
    _flush()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, OURS)  # no handler of ours in the child
    pid = os.fork()
    if pid == 0:
        _be_child(run, name, us)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def apart(task: Callable[[], object], signals: Signals) -> str | None:
    """Run a task in a child, so that nothing it opens or imports stays with us.

    Raises Explained as the task does, and Stopped when we are asked to end meanwhile.
    """
    read, write = os.pipe()

    def run() -> None:
        os.close(read)
        os.write(write, json.dumps(_outcome(task)).encode())

    pid = fork(run, "step")
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        while True:
            signals.wait(60.0, read)
            if signals.asked:
                os.kill(pid, signal.SIGTERM)
                os.waitpid(pid, 0)
                raise Stopped
            if _ended(pid) is not None:
                break
        said = json.loads(answer.read() or b"{}")
    if "result" in said:
        return None if said["result"] is None else str(said["result"])
    raise Explained(
        said.get("what", "A step of the start failed"),
        remedy=said.get("remedy", "the log says which one"),
    )


def _outcome(task: Callable[[], object]) -> dict[str, object]:
    try:
        return {"result": task()}
    except Explained as error:
        return {"what": error.what, "remedy": error.remedy}


def _be_child(run: Callable[[], None], name: str, parent: int) -> NoReturn:
    status = 1
    try:
        titles.call(name)
        os.setsid()  # Ctrl-C at a terminal is for the supervisor, which ends us in order
        for each in OURS:
            signal.signal(each, signal.SIG_DFL)
        end_with(parent, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS)
        run()
        status = 0
    except SystemExit as exit_:
        status = exit_.code if isinstance(exit_.code, int) else 0
    except Explained as error:
        _log.error("%s", error)
    except BaseException as error:  # noqa: BLE001 -- nothing may return into the supervisor
        _log.error("%s", outline(error))
    finally:
        _flush()
        os._exit(status)


def _flush() -> None:
    for each in (sys.stdout, sys.stderr):
        try:
            each.flush()
        except (OSError, ValueError, AttributeError):
            pass  # nobody reads it any more


def _ended(pid: int) -> str | None:
    """How a child ended; None while it runs."""
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        return None
    code = os.waitstatus_to_exitcode(status)
    return f"status {code}" if code >= 0 else f"signal {-code}"
