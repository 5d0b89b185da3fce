"""`make demo`: a story that plays itself, and goes on running for whoever watches."""

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import httpx
import pytest

from tests.crash.waiting import until
from tests.journeys.service import ROOT
from tests.up.running import runs

_PATIENCE = 240.0  # seconds; half a minute, where nobody else works
COMMAND = [sys.executable, "-m", "services", "demo"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project's folder as far as the demo looks at it."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


def env(**more: str) -> dict[str, str]:
    kept = {key: each for key, each in os.environ.items() if not key.startswith("COMMONHOUR_")}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def test_without_a_terminal_it_plays_the_story_checks_its_end_and_ends(folder: Path) -> None:
    done = subprocess.run(
        COMMAND, cwd=folder, env=env(COMMONHOUR_LISTEN="127.0.0.1:0"),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "The answer is the one that the planner gives for the same calendars" in done.stdout
    assert "3rd Thursday" in done.stdout
    assert "commonhour demo --stay" in done.stdout


def test_killed_at_its_work_it_leaves_nothing_running(folder: Path) -> None:
    with subprocess.Popen(
        COMMAND, cwd=folder, env=env(COMMONHOUR_LISTEN="127.0.0.1:0"),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        service = int(until(lambda: children.read_text().split(), "a service", _PATIENCE)[0])
        until(lambda: b"services\0up" in Path(f"/proc/{service}/cmdline").read_bytes(), "it")
        process.kill()

    until(lambda: not runs(service), "its end", _PATIENCE)


def test_on_a_terminal_it_goes_on_running_where_it_says(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:  # a taken port is no hindrance
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            COMMAND, cwd=folder, env=env(COMMONHOUR_LISTEN=listen),
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=_hear_interrupts,  # noqa: PLW1509 -- it does no more than that
        ) as process:  # fmt: skip
            os.close(theirs)
            try:
                said = _until(ours, "Ctrl-C stops it.")
            except AssertionError:
                process.kill()
                raise
            link = re.search(r"http://\S+/l/\S+", said)
            assert link, said
            page = httpx.get(link[0], trust_env=False)
            # A terminal that nobody reads fills up, and whoever writes to it waits.
            reading = Thread(target=_read_on, args=(ours,))
            reading.start()
            process.send_signal(signal.SIGINT)
            assert process.wait(90) == 0
            reading.join()
            os.close(ours)

    assert listen not in link[0]
    assert page.status_code == 200
    assert "Sign in" in page.text


def _hear_interrupts() -> None:
    """As on a terminal: whoever runs us in the background lets us ignore them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _read_on(terminal: int) -> None:
    """Read what the terminal shows until the program has ended."""
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass


def _until(terminal: int, words: str) -> str:
    """Read what the terminal shows until these words come."""
    said, end = "", time.monotonic() + _PATIENCE
    while words not in said and time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            try:
                said += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break  # the program has ended
    assert words in said, said
    return said
