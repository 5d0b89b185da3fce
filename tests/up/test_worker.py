"""The worker, on a real Redis that somebody else may have written to."""

import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq import Callback, Queue
from rq.job import Job
from rq.serializers import JSONSerializer, PickleSerializer

from scheduler.errors import Explained
from services import worker
from services.config import Settings
from services.storage import migrate
from services.storage.engine import url_of
from services.wiring import Runtime
from services.worker import JOBS, CarefulWorker, ListedJob
from tests.up.running import ROOT, await_, clean_environment

CANARY = "dr.lovelace@example.org"
Work = Callable[[], None]


class Planted:
    """What a pickle can do to whoever opens it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.system, (f"touch {self.file}",)


def sound(subject: str) -> None:
    """A job of ours, for these tests."""
    Path(subject).touch()


def explained(subject: str) -> None:
    raise Explained(f"{subject} has a title: 'Divorce lawyer'", remedy="see https://x.org/secret")


def broken(subject: str) -> None:
    raise ValueError(f"cannot read {subject}")


@pytest.fixture
def connection(redis_url: str) -> Iterator["Redis"]:
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def queue(connection: "Redis") -> Queue:
    return Queue("planning", connection=connection, serializer=JSONSerializer)


@pytest.fixture
def work(connection: "Redis", monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Run every job that waits, as a worker does: each in a process of its own."""
    for each in (sound, explained, broken):
        monkeypatch.setitem(JOBS, f"services.jobs.planning.{each.__name__}", each)
    interrupt, terminate = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

    def run() -> None:
        careful = CarefulWorker(["planning"], connection=connection, serializer=JSONSerializer)
        careful.sweep = lambda: None
        careful.work(burst=True, logging_level="CRITICAL")

    yield run
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, terminate)


def outcome(job: Job) -> str:
    """How the job ended, in the words that are kept."""
    result = ListedJob.fetch(job.id, job.connection, JSONSerializer).latest_result()
    assert result is not None
    return f"{result.type.name}: {result.exc_string or ''}"


def test_a_job_of_ours_runs(queue: Queue, work: Work, tmp_path: Path) -> None:
    queue.enqueue("services.jobs.planning.sound", args=(str(tmp_path / "done"),))

    work()

    assert (tmp_path / "done").exists()


def test_a_planted_pickle_is_not_opened(
    connection: "Redis", queue: Queue, work: Work, tmp_path: Path
) -> None:
    evil = Queue("planning", connection=connection, serializer=PickleSerializer)
    job = evil.enqueue("os.getcwd", args=(Planted(tmp_path / "planted"),))

    work()

    assert not (tmp_path / "planted").exists()
    assert outcome(job).startswith("FAILED")


def test_a_planted_pickle_among_meta_and_results_is_not_opened(
    connection: "Redis", queue: Queue, work: Work, tmp_path: Path
) -> None:
    job = queue.enqueue("services.jobs.planning.sound", args=(str(tmp_path / "done"),))
    planted = pickle.dumps(Planted(tmp_path / "planted"))
    connection.hset(job.key, mapping={"meta": planted, "result": planted})

    work()

    assert (tmp_path / "done").exists()
    assert not (tmp_path / "planted").exists()


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "services.worker.work",
        "services.jobs.planning.UUID",  # imported there, not made there
        "services.jobs.planning._read_all",
        "services.jobs.planning.wiring.use",
    ],
)
def test_a_foreign_function_is_refused(queue: Queue, work: Work, tmp_path: Path, name: str) -> None:
    job = queue.enqueue(name, args=(f"touch {tmp_path / 'planted'}",))

    work()

    assert not (tmp_path / "planted").exists()
    assert "A job that is not one of ours was refused" in outcome(job)


@pytest.mark.parametrize(
    "payload",
    [
        ["services.jobs.planning.sound", {"an": "instance"}, ["x"], {}],
        ["services.jobs.planning.sound", None, [["x"]], {}],
        ["services.jobs.planning.sound", None, [], {"subject": "x"}],
        ["services.jobs.planning.sound", None, "x"],
        "four",
        None,
    ],
)
def test_a_job_of_another_shape_is_refused(
    connection: "Redis", queue: Queue, work: Work, payload: object
) -> None:
    job = queue.enqueue("services.jobs.planning.sound", args=("x",))
    connection.hset(job.key, "data", json.dumps(payload))

    work()

    assert outcome(job).startswith("FAILED")


def test_callbacks_and_addresses_in_a_job_are_not_followed(
    connection: "Redis", queue: Queue, work: Work, tmp_path: Path
) -> None:
    for name, ends in (("sound", "done"), ("broken", "x")):
        job = queue.enqueue(
            f"services.jobs.planning.{name}",
            args=(str(tmp_path / ends),),
            on_success=Callback("tests.up.test_worker.planted_callback"),
            on_failure=Callback("tests.up.test_worker.planted_callback"),
        )
        hook = {"url": "http://127.0.0.1:1/", "job_status": "finished", "timeout": 1}
        connection.hset(job.key, "webhooks", json.dumps([hook]))

    work()

    assert (tmp_path / "done").exists()
    assert connection.get("planted") is None


def planted_callback(job: Job, connection: "Redis", *result: object) -> None:
    connection.set("planted", "yes")


def test_what_is_kept_of_a_failure_holds_nothing_private(
    connection: "Redis", queue: Queue, work: Work
) -> None:
    told = queue.enqueue("services.jobs.planning.explained", args=(CANARY,))
    untold = queue.enqueue("services.jobs.planning.broken", args=("Ada's calendar",))

    work()

    assert "... has a title: ...: see ..." in outcome(told)
    assert "ValueError at services/worker.py" in outcome(untold)
    for kept in (outcome(told), outcome(untold)):
        assert not [each for each in (CANARY, "Divorce", "secret", "Ada") if each in kept]


def test_only_our_own_public_functions_are_jobs() -> None:
    assert {"services.jobs.planning.sweep", "services.jobs.notices.send_links"} <= set(JOBS)
    assert all(name.startswith("services.jobs.") for name in JOBS)
    assert not [name for name in JOBS if name.rpartition(".")[2].startswith("_")]


def test_a_worker_without_a_redis_says_so(tmp_path: Path) -> None:
    runtime = Runtime.of(Settings(home=tmp_path))

    with pytest.raises(Explained, match="A worker needs a Redis: set COMMONHOUR_REDIS_URL"):
        worker.work(runtime, ["planning"])


def test_a_redis_that_is_away_is_said(tmp_path: Path) -> None:
    runtime = Runtime.of(Settings(home=tmp_path, redis_url="unix:///nowhere?db=0"))

    with pytest.raises(Explained, match="Redis cannot be reached"):
        worker.work(runtime, ["planning"])


@pytest.mark.xdist_group("up")
def test_a_worker_asks_for_what_waits_and_ends_when_asked(
    connection: "Redis", redis_url: str, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path)
    migrate.upgrade(url_of(settings))
    words = [sys.executable, "-m", "services", "worker", "notices", "planning"]
    env = clean_environment(HOME=str(tmp_path), REDIS_URL=redis_url)
    with subprocess.Popen(words, cwd=ROOT, env=env) as process:
        await_(lambda: len(connection.keys("swept:*")) == 3, "every sweep")
        await_(lambda: not connection.llen("rq:queue:planning"), "an empty queue")

        process.terminate()

        assert process.wait(20) == 0
    assert connection.zcard("rq:failed:planning") == connection.zcard("rq:failed:notices") == 0
