"""The worker: takes jobs from Redis and runs those that we know.

Redis is a messenger that is not trusted. A job counts by the name of one of our functions and
by ids; what else may lie in it (a pickle, another function, a callback, an address to call) is
refused or never looked at. What went wrong is told without the messages of other libraries,
because those quote what they worked on.
"""

import logging
import os
import re
import signal
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from inspect import getmembers, isfunction
from typing import Any

from redis import Redis, RedisError
from rq import Worker, worker_registration
from rq.job import Job
from rq.queue import Queue
from rq.serializers import JSONSerializer

from scheduler.errors import Explained
from services import claims, leases, rehearsing, wiring
from services.claims import Job as Do
from services.config import Settings
from services.outline import outline, without_words
from services.queue import QUEUES, URGENT
from services.storage import migrate
from services.storage.work import InTrouble
from services.up.orphans import end_with
from services.wiring import Runtime

_log = logging.getLogger(__name__)
_MODULES = [import_module(f"services.jobs.{each}") for each in QUEUES]
_ID = re.compile(r"[1-9][0-9]{0,18}")
_PATIENCE = 1.0  # seconds between two tries to reach Redis
_ENDING = (signal.SIGTERM, signal.SIGINT)

JOBS: dict[str, Do] = {
    f"{module.__name__}.{name}": function
    for module in _MODULES
    for name, function in getmembers(module, isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}


class Refused(Explained):
    """A job that is not one of ours."""


class JobFailed(Exception):
    """A job failed; the message says how, and nothing of what it worked on."""


class ListedJob(Job):
    """A job as it came from Redis, reduced to what we know."""

    def restore(self, raw_data: Any) -> None:
        super().restore(raw_data)
        self._success_callback_name = None
        self._failure_callback_name = None
        self._stopped_callback_name = None
        self.webhooks = []

    @property
    def func(self) -> Callable[..., object]:
        function = JOBS.get(self.func_name or "")
        ids = all(isinstance(each, str) and _ID.fullmatch(each) for each in self.args)
        if function is None or self.instance is not None or self.kwargs or not ids:
            raise Refused(
                "A job that is not one of ours was refused",
                remedy="find out who else writes to this Redis",
            )
        job = (self.func_name or "").removeprefix("services.jobs.")
        return partial(_done, job, function)

    def perform(self) -> None:
        """Run it. Whatever it returns stays here."""
        try:
            super().perform()
        except Exception as error:  # noqa: BLE001 -- any of them, told our way
            raise JobFailed(_told(error)) from None


def _done(job: str, function: Do, *tasks: str) -> None:
    claims.run(wiring.runtime(), job, function, [int(each) for each in tasks])


class CarefulWorker(Worker):
    """RQ's worker, for listed jobs.

    asked      whether the worker was asked to end
    forking    whether somebody comes to be who does a job
    postponed  whether it was asked meanwhile
    ending     who minds the signals until RQ does
    """

    job_class = ListedJob
    max_connection_wait_time = 2.0  # seconds; RQ would sleep for a minute, and people wait
    asked = forking = postponed = False
    ending: "_Ending | None" = None

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        if self.ending is not None and self.ending.asked:
            self.asked = self._stop_requested = True

    def request_stop(self, signum: Any, frame: Any) -> None:
        self.asked = True
        if self.forking:  # it does not know yet whom to tell
            self.postponed = True
        else:
            super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        self.forking = True
        # Python drops what a child is sent before it is one: that waits until it minds signals.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            super().fork_work_horse(job, queue)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            self.forking = False
            if self.postponed:
                super().request_stop(signal.SIGTERM, None)  # type: ignore[no-untyped-call]

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        worker_registration.register(self, pipeline)  # a Redis that forgot all knows us again

    def handle_warm_shutdown_request(self) -> None:
        """Let the job end after the task that it is at."""
        if self.horse_pid:
            # It alone, and not what it started: a calendar whose reader is killed looks broken.
            os.kill(self.horse_pid, signal.SIGTERM)

    def setup_work_horse_signals(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, leases.end_soon)
        if self.asked:  # since its job was taken from the queue
            leases.end_soon()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        # Nobody would extend the life of this job, and another worker will take it.
        end_with(self.pid or 0, signal.SIGKILL)
        super().main_work_horse(job, queue)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        error = exc_info[1]
        said = str(error) if isinstance(error, JobFailed) else outline(error)
        self.log.error("job %s: %s", job.id, said)


def work(runtime: Runtime, queues: Sequence[str]) -> None:
    """Work until SIGTERM or SIGINT, whatever is away meanwhile. Raises Explained."""
    url = runtime.settings.redis_url
    if url is None:
        raise Explained(
            "A worker needs a Redis",
            remedy="set COMMONHOUR_REDIS_URL, or run commonhour up, which starts its own",
        )
    wiring.use(runtime)
    ending, told = _Ending(), ""
    _log.info("started: %s", ", ".join(queues))
    while not ending.asked and (trouble := _worked(runtime, url, queues, ending)):
        if trouble != told:
            _log.warning("%s: it is tried again each second", trouble)
        told = trouble
        ending.wait()
    _log.info("ended")


def _worked(runtime: Runtime, url: str, queues: Sequence[str], ending: "_Ending") -> str:
    """Work until we are asked to end, or something goes away; what that is."""
    worker: CarefulWorker | None = None
    try:
        if not _warm(runtime):
            return "the tables are those of an earlier version (run commonhour db upgrade)"
        worker = CarefulWorker(
            [*(f"{each}{URGENT}" for each in queues), *queues],
            connection=Redis.from_url(url),
            serializer=JSONSerializer,
            worker_ttl=30,
            maintenance_interval=10,
            job_monitoring_interval=5,
            log_job_description=False,
        )
        worker.ending = ending
        worker.work(logging_level=_level(runtime.settings))
    except InTrouble:
        return "the database cannot be reached"
    except RedisError:
        pass  # it may have been asked to end before that
    finally:
        ending.mind()
    return "" if worker is not None and worker.asked else "Redis cannot be reached"


class _Ending:
    """Whether we were asked to end while no worker of RQ minds the signals."""

    def __init__(self) -> None:
        self.asked = False
        self.mind()

    def mind(self) -> None:
        for each in _ENDING:
            signal.signal(each, self._ask)

    def wait(self) -> None:
        end = time.monotonic() + _PATIENCE
        while not self.asked and time.monotonic() < end:
            time.sleep(0.05)

    def _ask(self, *_: object) -> None:
        self.asked = True


def _warm(runtime: Runtime) -> bool:
    """Rehearse, then keep no connection: every job is a fork of us.

    False: the tables are those of an earlier version, and whatever we did would fail.
    """
    try:
        current = migrate.is_current(runtime.engine)
        if current:
            rehearsing.rehearse(runtime)
        return current
    finally:
        runtime.engine.dispose()


def _level(settings: Settings) -> str:
    return "DEBUG" if settings.log == "debug" else "WARNING"


def _told(error: Exception) -> str:
    """Say what went wrong, without what it concerned."""
    if isinstance(error, Explained):
        return without_words(str(error))
    return outline(error)
