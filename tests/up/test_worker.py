"""The worker, on a real Redis that somebody else may have written to."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from rq import Callback, Queue
from rq.job import Job
from rq.serializers import JSONSerializer, PickleSerializer

from scheduler.errors import Explained
from services import claims, facts, leases, wiring, worker
from services.claims import Claim
from services.config import Settings
from services.facts import Fact
from services.queue import queues_at
from services.reactions import REACTIONS, Reaction, known
from services.relay import Relay
from services.storage.ids import new_id
from services.storage.rows.outbox import TaskState
from services.up.processes import fork
from services.wiring import Runtime
from services.worker import JOBS, CarefulWorker, ListedJob
from tests.runtimes import a_runtime, tasks
from tests.up.running import PATIENCE, ROOT, await_, clean_environment, runs

CANARY = "dr.lovelace@example.org"
SOUND = "services.jobs.planning.sound"
Work = Callable[[], None]


class Planted:
    """What a pickle can do to whoever opens it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.system, (f"touch {self.file}",)


@dataclass(frozen=True, slots=True)
class Sounded(Fact):
    """For these tests: something from which a job of theirs follows."""

    subject_id: UUID


@dataclass(frozen=True, slots=True)
class Told(Sounded): ...


@dataclass(frozen=True, slots=True)
class Broke(Sounded): ...


def sound(claim: Claim) -> None:
    """A job of ours, for these tests."""
    (claim.runtime.settings.home / "done").touch()


def explained(_claim: object) -> None:
    raise Explained(f"{CANARY} has a title: 'Divorce lawyer'", remedy="see https://x.org/secret")


def broken(_claim: object) -> None:
    raise ValueError("cannot read Ada's calendar")


OURS = {Sounded: sound, Told: explained, Broke: broken}


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """A database in which tasks of these jobs may stand."""
    for fact, job in OURS.items():
        monkeypatch.setitem(JOBS, f"services.jobs.planning.{job.__name__}", job)
        monkeypatch.setitem(REACTIONS, fact, (Reaction(f"planning.{job.__name__}"),))
    made = a_runtime(tmp_path)
    monkeypatch.setattr(wiring, "_current", [made])
    yield made
    made.engine.dispose()


def task_of(runtime: Runtime, fact: type[Sounded] = Sounded) -> str:
    """Let this happen; return the id of the task that follows, as a job names it."""
    with runtime.work() as work:
        work.record(fact(new_id()))
    return str(tasks(runtime)[-1].id)


@pytest.fixture
def connection(redis_url: str) -> Iterator["Redis"]:
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def queue(connection: "Redis") -> Queue:
    return Queue("planning", connection=connection, serializer=JSONSerializer)


@pytest.fixture
def work(connection: "Redis", runtime: Runtime) -> Iterator[Work]:
    """Run every job that waits, as a worker does: each in a process of its own."""
    interrupt, terminate = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

    def run() -> None:
        runtime.engine.dispose()
        careful = CarefulWorker(["planning"], connection=connection, serializer=JSONSerializer)
        careful.work(burst=True, logging_level="CRITICAL")

    yield run
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, terminate)


def outcome(job: Job) -> str:
    """How the job ended, in the words that are kept."""
    result = ListedJob.fetch(job.id, job.connection, JSONSerializer).latest_result()
    assert result is not None
    return f"{result.type.name}: {result.exc_string or ''}"


def test_a_job_of_ours_runs(queue: Queue, work: Work, runtime: Runtime, tmp_path: Path) -> None:
    queue.enqueue(SOUND, args=(task_of(runtime),))

    work()

    assert (tmp_path / "done").exists()
    assert [each.state for each in tasks(runtime)] == [TaskState.DONE]


def test_a_planted_pickle_is_not_opened(
    connection: "Redis", queue: Queue, work: Work, tmp_path: Path
) -> None:
    evil = Queue("planning", connection=connection, serializer=PickleSerializer)
    job = evil.enqueue("os.getcwd", args=(Planted(tmp_path / "planted"),))

    work()

    assert not (tmp_path / "planted").exists()
    assert outcome(job).startswith("FAILED")


def test_a_planted_pickle_among_meta_and_results_is_not_opened(
    connection: "Redis", queue: Queue, work: Work, runtime: Runtime, tmp_path: Path
) -> None:
    job = queue.enqueue(SOUND, args=(task_of(runtime),))
    planted = pickle.dumps(Planted(tmp_path / "planted"))
    connection.hset(job.key, mapping={"meta": planted, "result": planted})

    work()

    assert (tmp_path / "done").exists()
    assert not (tmp_path / "planted").exists()


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "os.abort",
        "services.worker.work",
        "services.jobs.planning.Explained",  # imported there, not made there
        "services.jobs.planning.outdated.mark",
        "services.jobs.planning._in_turn",
        "services.jobs.for_plans.read",  # what a job calls is none
        "services.jobs.planning.Sound",
    ],
)
@pytest.mark.parametrize("arg", ["touch planted", "1"])
def test_a_foreign_function_is_refused(  # noqa: PLR0917 -- two cases, and where they happen
    queue: Queue, work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, arg: str
) -> None:
    monkeypatch.chdir(tmp_path)
    job = queue.enqueue(name, args=(arg,))

    work()

    assert not (tmp_path / "planted").exists()
    assert "A job that is not one of ours was refused" in outcome(job)


@pytest.mark.parametrize(
    "payload",
    [
        [SOUND, {"an": "instance"}, ["ID"], {}],
        [SOUND, None, [["ID"]], {}],
        [SOUND, None, ["ID", "x"], {}],
        [SOUND, None, ["ID", "-1"], {}],
        [SOUND, None, ["ID", "0"], {}],
        [SOUND, None, ["ID", "1\n"], {}],
        [SOUND, None, ["ID", "\u0661"], {}],
        [SOUND, None, ["ID", "1" * 20], {}],
        [SOUND, None, ["ID", 1], {}],
        [SOUND, None, [], {"task": "ID"}],
        [SOUND, None, ["ID"], {"task": "ID"}],
        [SOUND, None, "x"],
        "four",
        None,
    ],
)
def test_a_job_of_another_shape_is_refused(  # noqa: PLR0917 -- a case, and where it happens
    connection: "Redis",
    queue: Queue,
    work: Work,
    runtime: Runtime,
    tmp_path: Path,
    payload: object,
) -> None:
    task = task_of(runtime)
    job = queue.enqueue(SOUND, args=(task,))
    connection.hset(job.key, "data", json.dumps(payload).replace("ID", task))

    work()

    assert outcome(job).startswith("FAILED")
    assert not (tmp_path / "done").exists()


def test_callbacks_and_addresses_in_a_job_are_not_followed(
    connection: "Redis", queue: Queue, work: Work, runtime: Runtime, tmp_path: Path
) -> None:
    for name, arg in (("sound", task_of(runtime)), ("broken", "no id")):  # it ends well, and badly
        job = queue.enqueue(
            f"services.jobs.planning.{name}",
            args=(arg,),
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
    queue: Queue, work: Work, runtime: Runtime
) -> None:
    queue.enqueue("services.jobs.planning.explained", args=(task_of(runtime, Told),))
    queue.enqueue("services.jobs.planning.broken", args=(task_of(runtime, Broke),))

    work()

    told, untold = (str(each.reason) for each in tasks(runtime))
    assert told == "... has a title: ..."
    assert untold.startswith("ValueError at services/claims.py")
    assert private_words(told + untold) == []


@pytest.mark.parametrize(
    ("fails", "said"),
    [
        (explained, "... has a title: ...: see ..."),
        (broken, "ValueError at services/worker.py"),
    ],
)
def test_nor_does_what_redis_keeps_when_tasks_cannot_even_be_begun(  # noqa: PLR0917 -- as above
    queue: Queue,
    work: Work,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    fails: Callable[[object], None],
    said: str,
) -> None:
    monkeypatch.setattr(claims, "run", lambda *_: fails(None))
    job = queue.enqueue(SOUND, args=(task_of(runtime),))

    work()

    assert said in outcome(job)
    assert private_words(outcome(job)) == []


def private_words(kept: str) -> list[str]:
    return [each for each in (CANARY, "Divorce", "secret", "Ada") if each in kept]


def test_only_our_own_public_functions_are_jobs() -> None:
    assert {f"services.jobs.{each.job}" for _, each in known()} <= set(JOBS)
    assert all(name.startswith("services.jobs.") for name in JOBS)
    assert not [name for name in JOBS if name.rpartition(".")[2].startswith("_")]


def test_every_job_that_follows_from_something_is_one_of_ours() -> None:
    following = {each.job for reactions in REACTIONS.values() for each in reactions}

    assert {f"services.jobs.{each}" for each in following} == set(JOBS)


def test_a_worker_without_a_redis_says_so(tmp_path: Path) -> None:
    runtime = Runtime.of(Settings(home=tmp_path))

    with pytest.raises(Explained, match="A worker needs a Redis: set COMMONHOUR_REDIS_URL"):
        worker.work(runtime, ["planning"])


def test_asked_to_end_while_it_begins_it_ends(
    redis_url: str, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = CarefulWorker.bootstrap

    def asked_meanwhile(self: CarefulWorker, *words: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        begin(self, *words)

    monkeypatch.setattr(CarefulWorker, "bootstrap", asked_meanwhile)
    settings = replace(runtime.settings, redis_url=redis_url)
    pid = fork(lambda: worker.work(replace(runtime, settings=settings), ["planning"]), "test")

    await_(lambda: not runs(pid), "an end")

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def asked_before(fork: Callable[[], int]) -> int:
    """Ask the worker to end when it has taken a job, and has nobody yet who does it."""
    os.kill(os.getpid(), signal.SIGTERM)
    return fork()


def asked_after(fork: Callable[[], int]) -> int:
    """Ask it when there is somebody, of whom it does not know."""
    if pid := fork():
        os.kill(os.getpid(), signal.SIGTERM)
    return pid


@pytest.mark.parametrize("asked", [asked_before, asked_after])
def test_asked_to_end_while_it_begins_a_job_it_tells_the_job(  # noqa: PLR0917 -- as above
    redis_url: str,
    queue: Queue,
    runtime: Runtime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: Callable[[Callable[[], int]], int],
) -> None:
    def job(_claim: Claim) -> None:
        await_(leases.is_ending, "a word to the job")
        (tmp_path / "told").touch()

    def run() -> None:
        monkeypatch.setattr(os, "fork", partial(asked, os.fork))
        monkeypatch.setitem(JOBS, SOUND, job)
        settings = replace(runtime.settings, redis_url=redis_url)
        worker.work(replace(runtime, settings=settings), ["planning"])

    queue.enqueue(SOUND, args=(task_of(runtime),))
    runtime.engine.dispose()
    pid = fork(run, "test")

    await_(lambda: not runs(pid), "an end")

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    [task] = tasks(runtime)
    assert (task.state is TaskState.DONE) is (tmp_path / "told").exists()
    assert task.failures == 0


@pytest.mark.xdist_group("up")
def test_a_redis_that_is_away_is_waited_for_and_that_is_said_once(tmp_path: Path) -> None:
    a_runtime(tmp_path).engine.dispose()
    said = tmp_path / "said"
    env = clean_environment(HOME=str(tmp_path), REDIS_URL="unix:///nowhere?db=0")
    with said.open("wb") as out, a_worker(env, stderr=out) as process:
        words = "Redis cannot be reached: it is tried again each second"
        await_(lambda: words in said.read_text(), "a word of it")
        time.sleep(2.5)

        process.terminate()

        assert process.wait(PATIENCE) == 0
    assert "Traceback" not in said.read_text()
    assert said.read_text().count(words) == 1


@pytest.mark.xdist_group("up")
def test_a_worker_does_what_it_is_handed_and_ends_when_asked(
    connection: "Redis", redis_url: str, tmp_path: Path
) -> None:
    runtime = a_runtime(tmp_path)
    runtime.queues = queues_at(redis_url)
    with runtime.work() as work:
        work.record(facts.LinkMade(new_id()))
        work.record(facts.CalendarsRead(new_id()))
    env = clean_environment(HOME=str(tmp_path), REDIS_URL=redis_url)
    with a_worker(env, "notices", "planning") as process:
        Relay(runtime).turn()
        await_(lambda: not tasks(runtime, TaskState.WAITING, TaskState.RUNNING), "an end of both")

        process.terminate()

        assert process.wait(PATIENCE) == 0
    assert [each.state for each in tasks(runtime)] == [TaskState.DONE] * 2
    assert connection.zcard("rq:failed:planning") == connection.zcard("rq:failed:notices") == 0
    runtime.engine.dispose()


def a_worker(env: dict[str, str], *queues: str, stderr: Any = None) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "services", "worker", *queues]
    return subprocess.Popen(words, cwd=ROOT, env=env, stderr=stderr)
