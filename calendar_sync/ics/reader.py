"""Our side of the parser's child: start it, ask it, and replace it when it fails."""

import os
import signal
import subprocess
import sys
from threading import Event, Timer
from types import TracebackType
from typing import Self

from calendar_sync.ics import wire
from calendar_sync.ics.limits import Limits
from calendar_sync.ics.reasons import Reason, Refused
from scheduler.model.busy import BusyInterval

_DYING = 5.0  # seconds that a process may take to end once it has closed its pipes


class Reader:
    """Reads calendars one after another, in a child that cannot hurt us.

    A child is started when first needed, and again after one that hung or died.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def read(self, data: bytes, span: tuple[int, int], zone: str) -> list[BusyInterval]:
        """Return the busy time of a calendar that overlaps the span; see `content.busy_in`.

        Raises Refused if it cannot be read, or not within the limits.
        """
        question = wire.Question(
            data=data,
            span=span,
            zone=zone,
            instances=self._limits.instances,
            cpu_seconds=self._limits.cpu_seconds + len(data) // 4_000_000,
        )
        child, gave_up = self._child or self._start(), Event()
        watch = Timer(self._limits.wall_seconds, _give_up, (child, gave_up))
        watch.start()
        try:
            return self._converse(child, question)
        except (OSError, wire.Silence):
            raise Refused(self._cause_of_death(child, gave_up)) from None
        finally:
            watch.cancel()

    def _converse(
        self, child: subprocess.Popen[bytes], question: wire.Question
    ) -> list[BusyInterval]:
        assert child.stdin is not None
        assert child.stdout is not None
        wire.ask(child.stdin, question)
        try:
            return wire.answered(child.stdout)
        except Refused as refused:
            if refused.reason is Reason.TOO_MUCH_MEMORY:  # it has given up
                self._stop()
            raise

    def _start(self) -> subprocess.Popen[bytes]:
        # -P keeps the current directory off the child's path: a stranger's icalendar.py may
        # lie there. The environment is ours alone, and nothing a child could give away.
        command = ["-P", "-m", "calendar_sync.ics.child", str(self._limits.memory_bytes)]
        try:
            self._child = subprocess.Popen(  # noqa: S603 -- our own module, no shell
                [sys.executable, *command],
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError:  # no more processes, or no more memory for one
            raise Refused(Reason.BROKEN) from None
        return self._child

    def _cause_of_death(self, child: subprocess.Popen[bytes], gave_up: Event) -> Reason:
        """Return what the answer would have said that never came."""
        try:
            child.wait(_DYING)
        except subprocess.TimeoutExpired:
            pass  # it closed its end and lives on; it will not for long
        self._stop()
        too_long = gave_up.is_set() or child.returncode == -signal.SIGXCPU
        return Reason.TOO_MUCH_WORK if too_long else Reason.BROKEN

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                pass  # unsent bytes of a question nobody waits for
        child.wait()


def _give_up(child: subprocess.Popen[bytes], gave_up: Event) -> None:
    gave_up.set()
    child.kill()
