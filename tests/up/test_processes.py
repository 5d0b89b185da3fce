"""Parts, how they are started again, and how children end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scheduler.errors import Explained
from services.outline import outline
from services.up.lock import AlreadyUp, Told, hold, holder
from services.up.processes import Part, apart
from services.up.signals import Signals, Stopped
from tests.up.running import await_, runs


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("services.up.processes.time.monotonic", lambda: now[0])
    return now


def test_a_part_that_keeps_dying_is_started_again_later_each_time(clock: list[float]) -> None:
    part, delays = Part("web", run=lambda: None), []

    for _ in range(9):
        part.began = clock[0]
        part.died()
        delays.append(part.due - clock[0])

    assert delays == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0])


def test_a_part_that_lived_for_a_while_is_started_again_at_once(clock: list[float]) -> None:
    part = Part("web", run=lambda: None, delay=10.0, began=clock[0] - 31)

    part.died()

    assert part.due - clock[0] == pytest.approx(0.1)


def test_a_step_apart_gives_its_answer_and_leaves_nothing() -> None:
    with Signals() as signals:
        assert apart(lambda: "a link", signals) == "a link"
        assert apart(lambda: None, signals) is None


def test_a_step_apart_fails_in_the_words_of_its_error() -> None:
    def task() -> None:
        raise Explained("It is dark", remedy="light a candle")

    with Signals() as signals, pytest.raises(Explained, match="It is dark: light a candle"):
        apart(task, signals)


def test_a_step_that_breaks_is_no_success(capfd: pytest.CaptureFixture[str]) -> None:
    with Signals() as signals, pytest.raises(Explained, match="A step of the start failed"):
        apart(lambda: os.kill(os.getpid(), signal.SIGKILL), signals)


def test_a_step_ends_when_we_are_asked_to_end() -> None:
    began = time.monotonic()

    with Signals() as signals, pytest.raises(Stopped):
        os.kill(os.getpid(), signal.SIGTERM)
        apart(lambda: time.sleep(60), signals)

    assert time.monotonic() - began < 20


def test_where_the_kernel_does_not_tell_a_child_looks_for_its_parent(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys, time\n"
        "from services.up import orphans\n"
        "orphans._kernel_tells = lambda by: False\n"
        "parent = os.getpid()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    orphans.end_with(parent, signal.SIGTERM)\n"
        "print(pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = max(int(parent.stdout.readline()), int(parent.stdout.readline()))
        assert runs(child)

        parent.kill()

    await_(lambda: not runs(child), "an end of the child")


def test_the_log_of_an_unexpected_error_names_places_and_no_words() -> None:
    with pytest.raises(ValueError, match="Lovelace") as caught:
        int("Dr. Lovelace")

    said = outline(caught.value)
    assert said.startswith("ValueError at tests/up/test_processes.py:")
    assert "Lovelace" not in said


def test_a_lock_says_who_holds_it_and_lets_go(tmp_path: Path) -> None:
    with hold(tmp_path) as held:
        held.tell(Told(os.getpid(), "http://127.0.0.1:8000"))

        assert holder(tmp_path) == Told(os.getpid(), "http://127.0.0.1:8000")
        with (
            pytest.raises(AlreadyUp, match=r"already runs .* at http://127\.0\.0\.1:8000"),
            hold(tmp_path),
        ):
            pass

    assert holder(tmp_path) is None
    with hold(tmp_path) as held:
        assert held.left is None


def test_nobody_holds_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert holder(tmp_path / "not there") is None
    assert not (tmp_path / "not there").exists()
