"""The worker: takes jobs from Redis and runs those that we know.

Redis is a messenger that is not trusted. A job counts by the name of one of our functions and
by ids; what else may lie in it (a pickle, another function, a callback, an address to call) is
refused or never looked at. What went wrong is told without the messages of other libraries,
because those quote what they worked on.
"""

import logging
import re
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from inspect import getmembers, isfunction
from typing import Any

from redis import Redis, RedisError
from rq import Worker
from rq.job import Job
from rq.queue import Queue
from rq.serializers import JSONSerializer

from scheduler.errors import Explained
from services import wiring
from services.config import Settings
from services.queue import QUEUES, Enqueue
from services.up.failures import outline
from services.up.orphans import end_with
from services.wiring import Runtime

_log = logging.getLogger(__name__)
_MODULES = [import_module(f"services.jobs.{each}") for each in QUEUES]
# What waits in SQL, whoever was to be told, and how often it is asked for, in seconds.
_SWEEPS = {"planning.sweep": 60, "notices.send_links": 60, "notices.purge": 3600}
_PRIVATE = re.compile(r"""\w+://\S+|\S+@\S+|'[^']*'|"[^"]*\"""")

JOBS: dict[str, Callable[..., object]] = {
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
        ids = all(isinstance(each, str) for each in self.args)
        if function is None or self.instance is not None or self.kwargs or not ids:
            raise Refused(
                "A job that is not one of ours was refused",
                remedy="find out who else writes to this Redis",
            )
        return function

    def perform(self) -> None:
        """Run it. Whatever it returns stays here."""
        try:
            super().perform()
        except Exception as error:  # noqa: BLE001 -- any of them, told our way
            raise JobFailed(_told(error)) from None


class CarefulWorker(Worker):
    """RQ's worker, for listed jobs.

    sweep  finds what waits in SQL though no job is about it
    asked  whether the worker was asked to end
    """

    job_class = ListedJob
    sweep: Callable[[], None]
    asked = False

    def run_maintenance_tasks(self) -> None:
        super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        self.sweep()

    def request_stop(self, signum: Any, frame: Any) -> None:
        self.asked = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        # Nobody would extend the life of this job, and another worker will take it.
        end_with(self.pid or 0, signal.SIGKILL)
        super().main_work_horse(job, queue)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        error = exc_info[1]
        said = str(error) if isinstance(error, JobFailed) else outline(error)
        self.log.error("job %s: %s", job.id, said)


def work(runtime: Runtime, queues: Sequence[str]) -> None:
    """Work until SIGTERM or SIGINT, which lets the current job finish. Raises Explained."""
    url = runtime.settings.redis_url
    if url is None:
        raise Explained(
            "A worker needs a Redis",
            remedy="set COMMONHOUR_REDIS_URL, or run commonhour up, which starts its own",
        )
    wiring.use(runtime)
    _warm(runtime)
    try:
        worker = CarefulWorker(
            list(queues),
            connection=Redis.from_url(url),
            serializer=JSONSerializer,
            worker_ttl=30,
            maintenance_interval=10,
            job_monitoring_interval=5,
            log_job_description=False,
        )
        worker.sweep = _Sweep(runtime.enqueue, worker.connection, queues)
        worker.work(logging_level=_level(runtime.settings))
    except RedisError as error:
        raise _unreachable() from error
    if not worker.asked:
        raise _unreachable()


def _warm(runtime: Runtime) -> None:
    """Load what the first connection loads, then keep none: every job is a fork of us."""
    runtime.engine.connect().close()
    runtime.engine.dispose()


@dataclass(slots=True)
class _Sweep:
    """Asks for the sweeps of these queues: at once when a worker starts, then again and again.

    Redis may have lost a job, and a job may have to be tried later. Of several workers one asks.
    """

    enqueue: Enqueue
    connection: Redis
    queues: Sequence[str]
    started: bool = False

    def __call__(self) -> None:
        for job in _SWEEPS:
            if job.partition(".")[0] in self.queues and (self._my_turn(job) or not self.started):
                self.enqueue(job)
        self.started = True

    def _my_turn(self, job: str) -> bool:
        return bool(self.connection.set(f"swept:{job}", 1, nx=True, ex=_SWEEPS[job]))


def _level(settings: Settings) -> str:
    return "DEBUG" if settings.log == "debug" else "WARNING"


def _unreachable() -> Explained:
    return Explained("Redis cannot be reached", remedy="check it and COMMONHOUR_REDIS_URL")


def _told(error: Exception) -> str:
    """Say what went wrong, without what it concerned."""
    if isinstance(error, Explained):
        return _PRIVATE.sub("...", str(error))
    return outline(error)
