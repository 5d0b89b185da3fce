"""What a request costs beside a bare view of the same work, and what the service costs idle.

CPU is what the kernel says the serving process used, user and system, per request.
"""

import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.measure import load
from services.config import Settings
from services.demo.group import Example
from services.demo.story import Api
from services.flow import tokens
from services.storage import migrate
from services.storage.engine import url_of
from services.wiring import Runtime

ROOT = Path(__file__).parent.parent
_TICK = os.sysconf("SC_CLK_TCK")
_ROUNDS, _REQUESTS = 7, 150


def run() -> None:
    """Print every line."""
    print(f"service: CPU of a request beside a bare Flask view (load average {load()})")
    with tempfile.TemporaryDirectory() as folder:
        _requests(Path(folder))
    print(f"\nservice: commonhour up (load average {load()})")
    _up()


def _requests(home: Path) -> None:
    tokens_left, ids = _filled(home)
    group = f"/groups/{ids['group']}"
    plans = f"/api/v1{group}/terms/{ids['term']}/plans"
    same = [{"op": "replace", "path": "/meeting/minutes", "value": 60}]
    costs: dict[str, list[float]] = {"bare": [], "group": [], "plan": [], "what-if": []}
    with _serving("bare", home) as bare, _serving("ours", home) as ours:
        for _ in range(_ROUNDS):
            head = {"Authorization": f"Bearer {tokens_left.pop()}"}  # one would ask too often
            with (
                httpx.Client(base_url=bare.address, headers=head, trust_env=False) as peer,
                httpx.Client(base_url=ours.address, headers=head, trust_env=False) as api,
            ):
                asks: dict[str, tuple[_Server, Callable[[], httpx.Response]]] = {
                    "bare": (bare, lambda: peer.get(group)),
                    "group": (ours, lambda: api.get(f"/api/v1{group}")),
                    "plan": (ours, lambda: api.post(plans, json={})),
                    "what-if": (ours, lambda: api.post(plans, json={"what_if": same})),
                }
                for name, (server, ask) in asks.items():
                    costs[name].append(server.cpu(ask, _REQUESTS))
    base = statistics.median(costs["bare"])
    print(f"  {'bare view: who asks, one SELECT, JSON':<46}{1000 * base:>8.2f} ms")
    for name, what in (
        ("group", "reading a group (goal 2 x)"),
        ("plan", "planning for 12 members, kept (goal 6 x)"),
        ("what-if", "a what-if for 12 members, not kept"),
    ):
        cost = statistics.median(costs[name])
        ratio = statistics.median(a / b for a, b in zip(costs[name], costs["bare"], strict=True))
        print(f"  {what:<46}{1000 * cost:>8.2f} ms  {ratio:.1f} x")


def _filled(home: Path) -> tuple[list[str], dict[str, str]]:
    settings = Settings(home=home)
    migrate.upgrade(url_of(settings))
    with Runtime.of(settings).work() as work:
        made = [
            tokens.create(work, "bench@example.org", name="Bench", scopes=tokens.SCOPES)[1]
            for _ in range(_ROUNDS + 1)
        ]
    with _serving("ours", home) as ours:
        example = Example.read(ROOT / "examples" / "inter-institution")
        return made, _planted(Api(ours.address, made.pop()), example)


def _planted(api: Api, example: Example) -> dict[str, str]:
    """Form the example's group, with calendars from files; nothing but the web is running."""
    said = {"title": example.title, "timezone": example.document["timezone"]}
    group = api.post("/groups", json={"template": "inter-institution", **said})["id"]
    home, head = f"/groups/{group}", {"Content-Type": "text/csv"}
    added = api.post(f"{home}/members/csv", content=example.roster().encode(), headers=head)
    ids = {each["name"]: each["id"] for each in added["items"]}
    for file in example.files():
        calendar = {"kind": file.kind, "ics": file.text, "complete_until": file.complete_until}
        api.post(f"{home}/members/{ids[file.member]}/calendars", json=calendar)
    return {"group": group, "term": api.post(f"{home}/terms", json=example.term())["id"]}


class _Server:
    def __init__(self, address: str, pid: int) -> None:
        self.address, self._pid = address, pid

    def cpu(self, ask: Callable[[], httpx.Response], times: int) -> float:
        """Seconds of CPU that one request takes, after one to warm up."""
        ask().raise_for_status()
        before = self._used()
        for _ in range(times):
            ask()
        return (self._used() - before) / times

    def _used(self) -> float:
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK


@contextmanager
def _serving(kind: str, home: Path) -> Iterator[_Server]:
    command = [sys.executable, str(ROOT / "benchmarks" / "server.py"), kind, str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            yield _Server(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.kill()


def _up() -> None:
    seconds, sizes = [], []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder:
            begin = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-m", "services", "up"],
                env={**os.environ, "COMMONHOUR_HOME": folder, "COMMONHOUR_LISTEN": "127.0.0.1:0"},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=ROOT,
            )
            assert process.stdout is not None
            for line in process.stdout:
                if re.search("is running", line):
                    break
            seconds.append(time.perf_counter() - begin)
            time.sleep(2)
            sizes.append(sum(_pss(each) for each in _family(process.pid)) / 1024)
            process.send_signal(signal.SIGTERM)
            process.wait()
    print(f"  {'ready, median of 5 (goal 5 s)':<46}{statistics.median(seconds):>8.2f} s")
    print(
        f"  {'idle, sum of PSS, median of 5 (goal 400 MB)':<46}{statistics.median(sizes):>8.0f} MB"
    )


def _family(pid: int) -> list[int]:
    found = [pid]
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in tasks.read_text().split():
            found += _family(int(child))
    return found


def _pss(pid: int) -> int:
    """Kilobytes of a process, what is shared counted by its share."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.split("Pss:")[1].split()[0])
