"""`commonhour up`, as a process of its own with all its parts."""

import os
import signal
import socket
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from redis import Redis

from services import facts
from services.config import Settings
from services.storage.ids import new_id
from services.storage.rows.outbox import TaskState
from services.up.lock import holder
from services.wiring import Runtime
from tests.runtimes import tasks
from tests.up.running import PATIENCE, Up, await_, free_port, runs

pytestmark = pytest.mark.xdist_group("up")  # one at a time: each is half a dozen processes
Start = Callable[..., Up]


def test_it_says_where_to_look_and_ends_when_asked(start: Start) -> None:
    up = start().ready()

    assert up.get("/healthz")[0] == 200
    assert f"{up.address}/l/" in up.text  # nobody is there yet, so its reader may begin
    parts = {"ch-web", "ch-relay", "ch-clock", "ch-notices", "ch-calendars"}
    assert set(up.children()) >= parts

    family = up.family()
    assert up.end() == 0
    assert not [each for each in family if runs(each)]
    assert "Traceback" not in up.text


def test_ctrl_c_ends_it_even_where_a_shell_has_sigint_ignored(start: Start) -> None:
    up = start(sigint_ignored="yes").ready()

    assert up.end(signal.SIGINT) == 0


def test_what_dies_is_started_again(start: Start) -> None:
    up = start().ready()
    names = up.children().keys()

    for name in names:
        pid = await_(partial(_pid_of, up, name), name)
        os.kill(pid, signal.SIGKILL)
        await_(partial(_is_another, up, name, pid), f"another {name}")

    await_(lambda: up.children().keys() == names, "all of them again")
    await_(up.answers, "an answer")
    runtime = Runtime.of(Settings(home=up.home))
    with runtime.work() as work:
        for fact in (facts.LinkMade, facts.CalendarDue, facts.CalendarsRead):
            work.record(fact(new_id()))
    await_(lambda: not tasks(runtime, TaskState.WAITING, TaskState.RUNNING), "workers at work")
    runtime.engine.dispose()
    assert up.end() == 0


def test_what_is_due_is_done_though_nobody_asks(start: Start) -> None:
    up = start().ready()
    runtime = Runtime.of(Settings(home=up.home))

    await_(lambda: [each.job for each in tasks(runtime, TaskState.DONE)], "a first purge")

    runtime.engine.dispose()
    assert up.end() == 0


def test_a_taken_port_is_left_to_whoever_has_it(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = start(LISTEN=f"127.0.0.1:{port}").ready()

    moved = int(up.address.rpartition(":")[2])
    assert port < moved <= port + 50
    assert f"Port {port} is taken: {moved} is used instead." in up.text
    assert up.answers()


def test_a_port_that_others_were_told_of_is_not_exchanged(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = start(LISTEN=f"127.0.0.1:{port}", BASE_URL=f"http://localhost:{port}")

        assert up.process.wait(PATIENCE) == 2
    assert f"Port {port} is taken: name a free one in COMMONHOUR_LISTEN." in up.text


def test_a_sandbox_beside_it_is_marked_while_it_runs(tmp_path: Path) -> None:
    at = f"https://127.0.0.1:{free_port()}"
    settings = {"PUSH_URL": at, "PSUH_URL": "https://us.example.org"}
    up = Up(tmp_path / "home", tmp_path / "said", settings, "--sandbox")
    try:
        up.ready()
        mark = up.told.sandbox
    finally:
        ended = up.end()
        up.kill()

    assert ended == 0
    assert f"The sandbox plays Google and Outlook: {mark}/" in up.text
    assert mark.startswith("https://127.0.0.1:")
    assert f"It tells of changes at COMMONHOUR_PUSH_URL, {at}, not at {up.address}." in up.text
    assert up.text.count("COMMONHOUR_PSUH_URL is no setting") == 1
    assert "did you mean COMMONHOUR_PUSH_URL?" in up.text
    assert holder(up.home) is None


def test_a_second_one_on_the_same_folder_is_refused(start: Start) -> None:
    first = start().ready()

    second = start()

    assert second.process.wait(PATIENCE) == 2
    assert second.text.startswith("commonhour: Common Hour already runs on ")
    assert first.address in second.text
    assert first.answers()


def test_when_it_is_killed_nothing_stays_behind_and_it_can_start_at_once(start: Start) -> None:
    up = start().ready()
    family = up.family()
    folder = Path(up.told.folder)

    up.process.kill()
    up.process.wait()
    again = start().ready()

    assert not [each for each in family if runs(each)]
    assert not folder.exists()
    assert again.answers()


def test_started_again_nothing_is_lost(start: Start) -> None:
    up = start().ready()
    Redis.from_url(up.told.redis).set("waiting", "yes")
    keys, links = (up.home / "keys.json").read_bytes(), _links(up)
    assert up.end() == 0

    again = start().ready()

    assert Redis.from_url(again.told.redis).get("waiting") == b"yes"
    assert (again.home / "keys.json").read_bytes() == keys
    assert set(links) < set(_links(again))  # and a new one was printed, because nobody had come


def test_asked_to_end_while_it_starts_it_ends(start: Start) -> None:
    up = start()
    await_((up.home / "up.lock").exists, "a lock")

    assert up.end() == 0
    assert not up.family()[1:]


def test_what_only_its_owner_may_read_is_kept_so(start: Start) -> None:
    up = start().ready()

    assert up.home.stat().st_mode & 0o077 == 0
    assert (up.home / "keys.json").stat().st_mode & 0o077 == 0
    assert Path(up.told.folder).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"LISTEN": "nowhere"}, "COMMONHOUR_LISTEN: write a host and a port"),
        ({"LISTEN": f"192.0.2.1:{free_port()}"}, "Nobody can listen at 192.0.2.1"),
        ({"HOME": "/dev/null/home"}, "The folder /dev/null/home: not a directory"),
        ({"DATABASE_URL": "sqlite:////dev/null"}, "The database cannot be brought up to date"),
        ({"DATABASE_URL": "sqlite:////dev/null/x.db"}, "brought up to date (file exists)"),
    ],
)
def test_what_cannot_start_says_why_and_what_to_do(
    start: Start, settings: dict[str, str], sentence: str
) -> None:
    up = start(**settings)

    assert up.process.wait(PATIENCE) == 2
    assert sentence in up.text
    assert up.text.startswith("commonhour: ")
    assert "Traceback" not in up.text


def _pid_of(up: Up, name: str) -> int | None:
    return up.children().get(name)


def _is_another(up: Up, name: str, pid: int) -> bool:
    return up.children().get(name, pid) != pid


def _links(up: Up) -> list[bytes]:
    with sqlite3.connect(up.home / "commonhour.db") as connection:
        return [row[0] for row in connection.execute("select secret_hash from link")]
