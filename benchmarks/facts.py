"""How many facts are handled a second, how soon one is, and how both grow with what waits.

The peer is the same worker class doing jobs that do nothing: what a fork and RQ cost alone.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import text

from benchmarks import planted
from benchmarks.measure import load
from services.config import Settings
from services.facts import ProposalsReady
from services.storage import migrate
from services.storage.engine import url_of
from services.storage.ids import new_id
from services.wiring import Runtime
from tests.servers.postgres import fresh_database, temporary_postgres
from tests.servers.valkey import temporary_redis

ROOT = Path(__file__).parent.parent
_ROUNDS, _JOBS, _FACTS, _SINGLE, _MANY = 3, 200, 2000, 60, 100_000


def run() -> None:
    """Print every line."""
    planted.plant()
    with temporary_postgres() as server:
        for name in ("SQLite", "PostgreSQL"):
            print(f"facts on {name}, one effect in SQL each (load average {load()})")
            with _fresh(name, server) as runtime:
                _rates(runtime)
                _latency(runtime)
                _growth(runtime)
    print(f"facts: commonhour up with {_MANY:,} that wait (load average {load()})")
    _up()


def _rates(runtime: Runtime) -> None:
    ours, idle = [], []
    for _ in range(_ROUNDS):
        idle.append(no_ops(runtime))
        ours.append(_handled(runtime, _FACTS))
    ratio = statistics.median(a / b for a, b in zip(ours, idle, strict=True))
    print(f"  {'jobs that do nothing':<52}{statistics.median(idle):>9.0f} /s")
    print(
        f"  {f'facts, {planted.BATCH} a job (goal 60 % of that)':<52}"
        f"{statistics.median(ours):>9.0f} /s  {100 * ratio:.0f} %"
    )


def no_ops(runtime: Runtime) -> float:
    """Jobs without a task, which wait already when the worker starts."""
    assert runtime.settings.redis_url is not None
    with Redis.from_url(runtime.settings.redis_url) as redis:
        queue = Queue("planning", connection=redis, serializer=JSONSerializer)
        with _running(runtime, "worker"):
            _wait(lambda: len(redis.keys("rq:worker:*")) > 0)
            began = time.monotonic()
            for _ in range(_JOBS):
                queue.enqueue("services.jobs.planning.nothing", result_ttl=0)
            _wait(lambda: queue.count == 0 and not queue.started_job_registry.count)
            return _JOBS / (time.monotonic() - began)


def _handled(runtime: Runtime, facts: int) -> float:
    """Facts that wait already when relay and worker start; from the first effect to the last."""
    _record(runtime, facts)
    before = _effects(runtime)
    with _running(runtime, "relay"), _running(runtime, "worker"):
        _wait(lambda: _effects(runtime) > before)
        began, first = time.monotonic(), _effects(runtime)
        _wait(lambda: _effects(runtime) == before + facts)
        return (before + facts - first) / (time.monotonic() - began)


def _latency(runtime: Runtime) -> None:
    """From the commit that records a fact to the effect, on an idle system."""
    took = []
    with _running(runtime, "relay"), _running(runtime, "worker"):
        _record(runtime, 1)
        _wait(lambda: _waiting(runtime) == 0)
        for _ in range(_SINGLE):
            time.sleep(0.05)
            [subject] = _record(runtime, 1)
            began = time.time()
            _wait(lambda: _waiting(runtime) == 0)
            took.append(_when(runtime, subject) - began)
    took.sort()
    p50, p99 = statistics.median(took), took[int(len(took) * 0.99)]
    what = "from a fact to its effect, p50 and p99"
    print(f"  {what:<52}{1000 * p50:>6.0f} ms{1000 * p99:>6.0f} ms")


def _growth(runtime: Runtime) -> None:
    """The same rate while many wait."""
    few = _handled(runtime, _FACTS)
    _record(runtime, _MANY)
    before = _effects(runtime)
    with _running(runtime, "relay"), _running(runtime, "worker"):
        _wait(lambda: _effects(runtime) > before)
        began, first = time.monotonic(), _effects(runtime)
        _wait(lambda: _effects(runtime) >= first + _FACTS)
        many = (_effects(runtime) - first) / (time.monotonic() - began)
    print(
        f"  {f'facts while {_MANY:,} wait, beside {_FACTS:,}':<52}"
        f"{many:>9.0f} /s  {100 * many / few:.0f} %"
    )


def _up() -> None:
    """How soon it is ready: the facts are of a kind that its workers do not know."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        migrate.upgrade(url_of(settings))
        _record(Runtime.of(settings), _MANY)
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", "services", "up"],
            env=_environment(settings, COMMONHOUR_LISTEN="127.0.0.1:0"), cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            for line in process.stdout:
                if re.search(r"is running", line):
                    break
            took = time.monotonic() - began
            process.terminate()
    print(f"  {'ready (goal 30 s)':<52}{took:>9.1f} s")


@contextmanager
def _fresh(name: str, server: str) -> Iterator[Runtime]:
    with tempfile.TemporaryDirectory() as folder, temporary_redis() as (redis, _):
        home = Path(folder)
        if name == "SQLite":
            yield _prepared(Settings(home=home, redis_url=redis))
        else:
            with fresh_database(server) as url:
                yield _prepared(Settings(home=home, redis_url=redis, database_url=url))


def _prepared(settings: Settings) -> Runtime:
    migrate.upgrade(url_of(settings))
    runtime = Runtime.of(settings)
    with runtime.work() as work:
        work.session.execute(text(planted.TABLE))
    return runtime


def _record(runtime: Runtime, facts: int) -> list[str]:
    subjects = [new_id() for _ in range(facts)]
    for first in range(0, facts, 2000):
        with runtime.work() as work:
            for subject in subjects[first : first + 2000]:
                work.record(ProposalsReady(subject))
    return [str(each) for each in subjects]


def _effects(runtime: Runtime) -> int:
    return int(_asked(runtime, "select count(*) from effect"))


def _waiting(runtime: Runtime) -> int:
    return int(_asked(runtime, "select count(*) from outbox where state in ('waiting', 'running')"))


def _when(runtime: Runtime, subject: str) -> float:
    return _asked(runtime, f"select at from effect where subject = '{subject}'")  # noqa: S608 -- ours


def _asked(runtime: Runtime, question: str) -> float:
    with runtime.reading() as work:
        return float(work.session.execute(text(question)).scalar_one())


@contextmanager
def _running(runtime: Runtime, part: str) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.planted", part],
        env=_environment(runtime.settings), cwd=ROOT, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            yield
        finally:
            process.terminate()  # the job that it is at ends first


def _environment(settings: Settings, **more: str) -> dict[str, str]:
    given = {
        "COMMONHOUR_HOME": str(settings.home),
        "COMMONHOUR_DATABASE_URL": settings.database_url or "",
        "COMMONHOUR_REDIS_URL": settings.redis_url or "",
        "COMMONHOUR_LOG": "error",
    }
    plain = {name: said for name, said in os.environ.items() if not name.startswith("COMMONHOUR_")}
    return {**plain, **given, **more}


def _wait(there: Callable[[], bool], seconds: float = 300.0) -> None:
    end = time.monotonic() + seconds
    while not there():
        if time.monotonic() > end:
            raise SystemExit("The facts were not handled: something is wrong.")
        time.sleep(0.002)
