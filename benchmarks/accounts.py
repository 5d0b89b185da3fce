"""How soon many connected accounts are read, beside a bare loop that makes the same calls.

The sandbox is a process of its own, and answers everything 0.3 s late. The service is the relay
and the worker for calendars, as `up` runs them; all accounts are due at once. The bare loop has
as many calls under way, through the same kind of connection, and throws the answers away.
`python -m benchmarks.accounts 2000 google` measures with so many accounts; of more than 500, once.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.measure import load
from calendar_sync.connection import Answer, Connection
from services.config import Settings
from services.flow import account_readings
from services.reactions import reaction_called
from services.sandbox.serving import environment
from services.storage import migrate
from services.storage.engine import url_of
from services.storage.rows.accounts import Host
from services.wiring import Runtime
from tests.flow import crowd
from tests.flow.crowd import Member
from tests.sandbox.crowded import Crowded, crowded
from tests.servers.valkey import temporary_redis

ROOT = Path(__file__).parent.parent
Call = tuple[Any, ...]
_DELAY, _ROUNDS = 0.3, 3
_SIZE, _ANEW, _MANY = 200, 24, 500
_REACTION = reaction_called("calendars.read_account")
assert _REACTION is not None
_AT_ONCE = _REACTION.at_once


def run(size: int = _SIZE, *hosts: str) -> None:
    """Print every line, for each of these hosts; for all of them, where none is named."""
    for host in [Host(each) for each in hosts] or [Host.GOOGLE, Host.OUTLOOK]:
        _run(size, host)


def _run(size: int, at: Host) -> None:
    print(f"accounts at {at.value}: {_AT_ONCE} at once, each call {_DELAY} s away (load {load()})")
    with (
        tempfile.TemporaryDirectory() as folder,
        temporary_redis() as (redis, _),
        crowded(Path(folder) / "sandbox", size, at) as host,
    ):
        settings = crowd.using(Settings(home=Path(folder), redis_url=redis), host)
        migrate.upgrade(url_of(settings))
        runtime = Runtime.of(settings)
        bench = _Bench(runtime, host, crowd.planted(runtime, host))
        with _running(runtime, host, "relay"), _running(runtime, host, "worker"):
            bench.all()


class _Bench:
    def __init__(self, runtime: Runtime, host: Crowded, members: list[Member]) -> None:
        self._runtime, self._host, self._members = runtime, host, members

    def all(self) -> None:
        """Print every line; the first reading is only to warm up."""
        self._read(self._members[: 2 * _AT_ONCE])
        for size in sorted({100, min(500, len(self._members)), len(self._members)}):
            self._compared("nothing has changed", self._members[:size], anew=False)
        self._compared("read anew", self._members[:_ANEW], anew=True)

    def _compared(self, what: str, members: Sequence[Member], *, anew: bool) -> None:
        self._host.let("faults", clear=True)
        calls = [self._recorded(each, anew=anew) for each in members]
        self._host.let("faults", delay_all=_DELAY)
        bare, mine, refused = [], [], 0
        told: dict[str, Any] = {}
        for _ in range(_ROUNDS if len(members) <= _MANY else 1):
            seconds, asked = self._counted(lambda: self._bare(calls))
            bare.append(seconds)
            seconds, told = self._counted(lambda: self._read(members, anew=anew))
            mine.append(seconds)
            refused += sum(told["refused"].values())
            if told["admitted"] != asked["admitted"]:
                raise SystemExit("Other calls were made than those of the bare loop.")
        ratio = statistics.median(a / b for a, b in zip(bare, mine, strict=True))
        peer, own = (len(members) / statistics.median(each) for each in (bare, mine))
        print(f"  {f'{what}, {len(members):,} accounts: a bare loop':<52}{peer:>9.1f} /s")
        print(f"  {'the service (goal 80 % of that)':<52}{own:>9.1f} /s  {100 * ratio:.0f} %")
        print(f"  {'all of them':<52}{statistics.median(mine):>9.1f} s")
        print(f"  {'requests that the host refused':<52}{refused:>9}")
        print(f"  {'at the same time: all of them, one person':<52}{_together(told):>9}")

    def _counted(self, make: Callable[[], float]) -> tuple[float, dict[str, Any]]:
        """Seconds that calls took, and what their host says of them."""
        self._host.let("quotas", forget=True)
        return make(), self._host.counted()

    def _read(self, members: Sequence[Member], *, anew: bool = False) -> float:
        if anew:
            crowd.forget(self._runtime, members)
        began = time.monotonic()
        since = crowd.due(self._runtime, members)
        while crowd.read(self._runtime, since) < len(members):
            if time.monotonic() > began + 600:
                raise SystemExit("The accounts were not read: something is wrong.")
            time.sleep(0.05)
        return time.monotonic() - began

    def _bare(self, calls: list[list[Call]]) -> float:
        ca_file = self._host.ca_file
        with tempfile.NamedTemporaryFile("w") as file:
            json.dump(calls, file)
            file.flush()
            command = [sys.executable, "-m", "benchmarks.bare", file.name, _AT_ONCE, ca_file]
            done = subprocess.run(
                [str(each) for each in command], cwd=ROOT, check=True, stdout=subprocess.PIPE
            )
        return float(done.stdout)

    def _recorded(self, member: Member, *, anew: bool) -> list[Call]:
        """The calls that a reading makes, made once without a delay."""
        with self._runtime.reading() as work:
            due = account_readings.place_of(work, self._runtime.keys, member.account)
        assert due is not None
        if anew:
            due = replace(due, ones=[replace(each, cursor=None) for each in due.ones])
        calls, send = list[Call](), Connection.send

        def noted(connection: Connection, *call: Any) -> Answer:
            calls.append(call)
            return send(connection, *call)

        with patch.object(Connection, "send", noted):
            account_readings.read(due, crowd.provider(self._runtime, member), set)
        return calls


def _together(told: dict[str, Any]) -> str:
    return f"{told['most']}, {max(told['each_at_once'].values())}"


@contextmanager
def _running(runtime: Runtime, host: Crowded, part: str) -> Iterator[None]:
    settings = runtime.settings
    given = {
        **{name: said for name, said in os.environ.items() if not name.startswith("COMMONHOUR_")},
        **environment(host.base, host.ca_file),
        "COMMONHOUR_HOME": str(settings.home),
        "COMMONHOUR_REDIS_URL": settings.redis_url or "",
        "COMMONHOUR_LOG": os.environ.get("COMMONHOUR_LOG", "error"),
    }
    command = [sys.executable, "-m", "services", part, *(["calendars"] if part == "worker" else [])]
    with subprocess.Popen(command, env=given, cwd=ROOT) as process:
        try:
            yield
        finally:
            process.terminate()


if __name__ == "__main__":
    run(*map(int, sys.argv[1:2]), *sys.argv[2:])
