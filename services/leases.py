"""Leases of tasks, renewed while they are done, and given back by a process that has to end."""

import os
import time
from datetime import timedelta
from threading import Event, Lock, Thread
from typing import Self

from services.log import logger
from services.storage.outbox import holding, retrying
from services.storage.outbox.holding import Begun
from services.wiring import Runtime

_log = logger(__name__)
_asked: list[bool] = []  # whether this process was asked to end; a signal may take no lock


def end_soon(*_: object) -> None:
    """Begin no more tasks; what is not done within the grace is given back."""
    _asked.append(True)


def is_ending() -> bool:
    """Whether no more tasks are to be begun."""
    return bool(_asked)


def pause(seconds: float) -> None:
    """Wait for a database that is in trouble, or until we are asked to end."""
    end = time.monotonic() + seconds
    while not _asked and time.monotonic() < end:
        time.sleep(0.05)


class Leases:
    """Renews the leases of what this process does, from a thread of its own, until it is left."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._held: dict[int, int] = {}
        self._lock = Lock()
        self._left = Event()
        self._thread = Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join()

    def hold(self, task: Begun) -> None:
        """Renew its lease from now on."""
        with self._lock:
            self._held[task.id] = task.fence

    def let_go(self, task: Begun) -> None:
        """Renew it no more."""
        with self._lock:
            self._held.pop(task.id, None)

    def _renew(self) -> None:
        times = self._runtime.settings.times
        next_time, give_back = time.monotonic() + times.renew, None
        while not self._left.wait(min(0.2, times.renew / 4)):
            now = time.monotonic()
            if _asked:
                give_back = give_back or now + times.grace
                if now >= give_back:
                    self._give_back()
            if now >= next_time:
                self._write()
                next_time = now + times.renew

    def _write(self) -> None:
        with self._lock:
            held = list(self._held.items())
        if not held:
            return
        try:
            with self._runtime.work() as work:
                lease = timedelta(seconds=self._runtime.settings.times.lease)
                holding.renew(work.session, work.now, held, lease)
        except Exception as error:  # noqa: BLE001 -- a thread that ended would renew nothing more
            _log.warning("leases not renewed", tasks=len(held), why=error)

    def _give_back(self) -> None:
        """End, though something is not done: others may begin with it at once."""
        with self._lock:
            held = list(self._held.items())
        try:
            given = sum(map(self._gave_back, held))
            _log.warning("given back what was not done in time", tasks=given, of=len(held))
        finally:
            os._exit(1)

    def _gave_back(self, task: tuple[int, int]) -> bool:
        """Give one back, by its id and fence; False: its lease will end by itself."""
        try:
            with self._runtime.work() as work:
                return retrying.put_back(work.session, work.now, *task, after=timedelta())
        except Exception as error:  # noqa: BLE001 -- the others are given back all the same
            _log.warning("not given back", task=task[0], why=error)
            return False
