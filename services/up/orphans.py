"""No process stays behind: a child ends with its parent, even one that was killed."""

import ctypes
import os
import signal
import sys
import time
from threading import Thread

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_EVERY = 0.5  # seconds between two looks, where the kernel does not tell


def end_with(parent: int, by: signal.Signals) -> None:
    """Let this process, a child of `parent`, be sent a signal when its parent ends.

    The wish survives an exec, but not a fork: each child makes it for itself.
    """
    if not _kernel_tells(by):
        Thread(target=_watch, args=(parent, by), daemon=True).start()
    if os.getppid() != parent:  # it ended before we made the wish
        os.kill(os.getpid(), by)


def _kernel_tells(by: signal.Signals) -> bool:
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, int(by)) == 0)


def _watch(parent: int, by: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(_EVERY)
    os.kill(os.getpid(), by)
