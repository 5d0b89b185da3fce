"""Signals as something that can be waited for."""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Self

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OURS = (*ENDING, signal.SIGCHLD)


class Stopped(Exception):
    """Somebody asked us to end, and we had not begun."""


class Signals:
    """Notes signals while it is entered, and wakes who waits for one.

    Handlers are set explicitly: a process that a shell starts in the background inherits that
    SIGINT is ignored, and would never end by it. SIGHUP stays ignored where it is (`nohup`).

    asked  how often we were asked to end
    """

    def __init__(self) -> None:
        self.asked = 0

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)
        kept = (signal.SIGHUP,) if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else ()
        self._before = {each: signal.signal(each, self._note) for each in OURS if each not in kept}
        signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)
        os.close(self._read)
        os.close(self._write)

    def wait(self, seconds: float, *others: int) -> None:
        """Wait so long, or until a signal arrives or one of these files can be read."""
        select.select([self._read, *others], [], [], max(0.0, seconds))
        try:
            while os.read(self._read, 512):
                pass
        except BlockingIOError:
            pass  # all of them are read

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if number in ENDING:
            self.asked += 1
        try:
            os.write(self._write, b"!")
        except BlockingIOError:
            pass  # the pipe is full of reasons to wake up
