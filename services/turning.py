"""Processes that look again and again, and wait out whatever trouble there is."""

import signal
import time
from collections.abc import Callable

from services.log import logger
from services.queue import NoQueue
from services.storage import beats
from services.storage.work import AllInUse, NotThere, Refused, Stale
from services.wiring import Runtime

_log = logger(__name__)
_TROUBLE = 1.0  # seconds between two looks while something is away
_NAP = 0.05  # seconds; a signal does not end one
_BEAT = 5.0  # seconds between two signs of life


class Turning:
    """Turns until SIGTERM or SIGINT. What it cannot reach it tells once, and comes back for it."""

    def __init__(self, runtime: Runtime, part: str) -> None:
        self._runtime = runtime
        self._part = part
        self._ending = False
        self._trouble: str | None = None
        self._beat = 0.0

    def run(self, turn: Callable[[], bool], seconds: float) -> None:
        """Turn, waiting so long between two turns; a turn that says it has more is not waited for.

        A signal ends it after the turn that it meets.
        """
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._end)
        _log.info("started", part=self._part)
        while not self._ending:
            self._wait(self._turned(turn, seconds))
        _log.info("ended", part=self._part)

    def _end(self, *_: object) -> None:
        # No more than this: what waits or locks could be what the signal interrupted.
        self._ending = True

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._ending and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _NAP))

    def _turned(self, turn: Callable[[], bool], seconds: float) -> float:
        try:
            self._live()
            more = turn()
        except NoQueue:
            self._tell("there is no way to the workers")
        except NotThere:
            self._tell("the tables are not those of this version: run commonhour db upgrade")
        except (AllInUse, Stale, Refused):
            self._tell("the database is in trouble")
        else:
            self._tell(None)
            return 0.0 if more else seconds
        return max(seconds, min(_TROUBLE, 10 * seconds))

    def _live(self) -> None:
        now = self._runtime.clock()
        if now.timestamp() - self._beat >= _BEAT or now.timestamp() < self._beat:
            with self._runtime.work() as work:
                beats.beat(work, self._part)
            self._beat = now.timestamp()

    def _tell(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self._trouble:
            _log.warning(trouble, part=self._part)
        elif trouble is None and self._trouble is not None:
            _log.warning("going on", part=self._part)
        self._trouble = trouble
