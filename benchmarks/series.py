"""How soon many series that are committed at once reach calendars, beside a bare loop.

Each group of twelve commits a weekly series of six dates, of which one is moved, through the API:
its coordinator's calendar invites the other eleven. The sandbox is a process of its own, without
limits; the service is the relay, the clock and a worker for calendars. The bare loop makes the
same calls of the same client, `put_series`, with as many under way, and keeps nothing.
`python -m benchmarks.series 500 google outlook` measures with so many series.
"""

import gc
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import func, select

from benchmarks import drafted, facts, planted
from benchmarks.drafted import DATES, GUESTS, Draft
from benchmarks.measure import load
from calendar_sync.provider import SeriesDraft
from services.app import create_app
from services.config import Settings
from services.flow.series import objects
from services.reactions import reaction_called
from services.sandbox.serving import environment
from services.storage import migrate
from services.storage import series as stored
from services.storage.engine import url_of
from services.storage.ids import new_id
from services.storage.rows.accounts import Host
from services.storage.rows.series import SeriesRow
from services.wiring import Runtime
from tests.flow import crowd
from tests.flow.crowd import Member
from tests.flow.parts import parts
from tests.flow.university import cpu_of
from tests.sandbox.crowded import Crowded, crowded
from tests.servers.valkey import temporary_redis

_SIZE, _WARM, _UNLIMITED = 60, 8, 10**7
_PARTS = ("clock", "relay", "worker")
_PUBLISH = reaction_called("calendars.publish")
assert _PUBLISH is not None
_AT_ONCE = _PUBLISH.at_once


def run(size: int = _SIZE, *hosts: str) -> None:
    """Print every line, for each of these hosts; for Google and Outlook, where none is named."""
    for host in [Host(each) for each in hosts] or [Host.GOOGLE, Host.OUTLOOK]:
        _run(size, host)


def _run(size: int, at: Host) -> None:
    invitations = 1 + GUESTS
    print(f"series at {at.value}: {size:,} of {invitations} people, {DATES} dates (load {load()})")
    people = max(invitations, size // 4)
    with (
        tempfile.TemporaryDirectory() as folder,
        temporary_redis() as (redis, _),
        crowded(Path(folder) / "sandbox", people, at, writes=True) as host,
    ):
        said = environment_of(Path(folder), host, redis)
        settings = Settings.from_env(said)
        migrate.upgrade(url_of(settings))
        runtime = Runtime.of(settings)
        bench = Bench(runtime, host, drafted.planted(runtime, host, size + _WARM))
        with parts(_PARTS, said) as pids:
            bench.all(pids)
        bench.jobs()
        runtime.engine.dispose()


class Bench:
    """Series that are committed through the API, and waited for."""

    def __init__(self, runtime: Runtime, host: Crowded, drafts: Sequence[Draft]) -> None:
        self._runtime, self._host = runtime, host
        self._first, self._drafts = drafts[:_WARM], drafts[_WARM:]
        self._client = create_app(runtime).test_client()
        gc.collect()
        gc.freeze()  # as the web server does
        self._rate = 0.0

    def all(self, pids: dict[str, int]) -> None:
        """Print what committing takes; the first series are only to warm up."""
        self._host.let(
            "quotas",
            per_project=_UNLIMITED,
            per_person=_UNLIMITED,
            letters=_UNLIMITED,
            forget=True,
        )
        self._commit(self._first)
        self.wait(len(self._first))
        count, before, mine = len(self._drafts), _cpu(pids), time.process_time()
        began = time.monotonic()
        self._commit(self._drafts)
        accepted = time.monotonic() - began
        mine = time.process_time() - mine
        self.wait(len(self._first) + count)
        delivered = time.monotonic() - began
        ours = _cpu(pids) - before
        bare, theirs = self._bare()
        self._rate = count * (1 + GUESTS) / delivered
        line("accepted (goal 10 s for 500)", accepted, "s")
        line("delivered, from the first press (goal 60 s for 500)", delivered, "s")
        line("a bare loop of the same calls", bare, "s")
        line("processor time of a series: committing it", 1000 * mine / count, "ms")
        line("delivering it", 1000 * ours / count, "ms")
        line("the bare loop", 1000 * theirs / count, "ms")
        line("all of ours beside the bare loop (goal 3)", (mine + ours) / theirs, "times")
        line("refused by the host", sum(self._host.counted()["refused"].values()), "")

    def commit_all(self) -> None:
        """Commit every series, also those that are only to warm up."""
        self._commit([*self._first, *self._drafts])

    def jobs(self) -> None:
        """Print how many invitations reach people in a second, beside jobs that do nothing."""
        assert _PUBLISH is not None
        planted.plant()
        idle = facts.no_ops(self._runtime)
        line("jobs that do nothing", idle, "/s")
        what = f"invitations, {1 + GUESTS} a series, at most {_PUBLISH.batch} series a job"
        line(what, self._rate, f"/s  {self._rate / idle:.1f} times")

    def _commit(self, those: Sequence[Draft]) -> None:
        for each in those:
            response = self._client.post(
                f"/api/v1/groups/{each.group}/series/{each.id}/commit",
                headers={
                    "Authorization": f"Bearer {each.secret}",
                    "Idempotency-Key": each.id.hex,
                },
            )
            if response.status_code != 200:
                raise SystemExit(f"A series was not committed: {response.text}")

    def wait(self, count: int) -> None:
        """Wait until so many series are delivered."""
        end = time.monotonic() + 3600
        while self._published() < count:
            if time.monotonic() > end:
                raise SystemExit("The series were not delivered: something is wrong.")
            time.sleep(0.1)

    def _published(self) -> int:
        whole = SeriesRow.published == SeriesRow.revision
        with self._runtime.reading() as work:
            question = select(func.count()).select_from(SeriesRow).where(whole)
            return work.session.execute(question).scalar_one()

    def _bare(self) -> tuple[float, float]:
        """Seconds that the same calls take, and of processor time, in a process of their own."""
        calls = [(each.member, self._written(each)) for each in self._drafts]
        ours, its = multiprocessing.Pipe(duplex=False)
        fork = multiprocessing.get_context("fork")
        process = fork.Process(target=_loop, args=(self._runtime, calls, its))
        process.start()
        found: tuple[float, float] = ours.recv()
        process.join()
        return found

    def _written(self, draft: Draft) -> list[SeriesDraft]:
        """What was written of a series, under names that the host does not know."""
        with self._runtime.reading() as work, work.session.no_autoflush:
            row = stored.by_id(work, draft.id)
            assert row is not None
            row.revision += 1  # and so all of it is due once more; nobody keeps this
            due = objects.of(work, self._runtime.keys, draft.id)
        assert due is not None
        return [replace(each.draft, key=new_id().hex) for each in due.objects if each.draft]


def _loop(runtime: Runtime, calls: list[tuple[Member, list[SeriesDraft]]], its: Connection) -> None:
    """Make the calls of each series in their order, and the series side by side."""

    def put(each: tuple[Member, list[SeriesDraft]]) -> None:
        provider = crowd.provider(runtime, each[0])
        for draft in each[1]:
            provider.put_series(each[0].calendar, draft)

    began, spent = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(put, calls))
    its.send((time.monotonic() - began, time.process_time() - spent))


def _cpu(pids: dict[str, int]) -> float:
    return sum(cpu_of(each) for each in pids.values())


def environment_of(folder: Path, host: Crowded, redis: str, rate: int = 100_000) -> dict[str, str]:
    """What the service runs with; `rate` is of letters in a minute, and as good as none."""
    return {
        **{name: each for name, each in os.environ.items() if not name.startswith("COMMONHOUR_")},
        **environment(host.base, host.ca_file),
        "COMMONHOUR_HOME": str(folder),
        "COMMONHOUR_REDIS_URL": redis,
        "COMMONHOUR_MAIL_RATE": str(rate),
        "COMMONHOUR_LOG": os.environ.get("COMMONHOUR_LOG", "error"),
    }


def line(what: str, value: float, unit: str) -> None:
    """Print a measure."""
    print(f"  {what:<56}{value:>9.1f} {unit}".rstrip(), flush=True)


if __name__ == "__main__":
    run(*map(int, sys.argv[1:2]), *sys.argv[2:])
