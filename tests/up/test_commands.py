"""The commands that each run one process: what they refuse, and what `--help` shows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.config import Settings
from services.storage import migrate
from services.storage.engine import url_of
from tests.services.commands import Terminal
from tests.up.running import PATIENCE, ROOT, await_, clean_environment, free_port


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in set(os.environ) - set(clean_environment()):
        monkeypatch.delenv(name)
    monkeypatch.setenv("COMMONHOUR_HOME", str(tmp_path))


def test_pages_are_not_served_from_tables_of_another_version(terminal: Terminal) -> None:
    outcome = terminal.run("web")

    assert outcome.status == 2
    assert "database is not that of this version: run commonhour db upgrade." in outcome.err


def test_a_queue_that_is_not_there_is_refused(terminal: Terminal) -> None:
    outcome = terminal.run("worker", "mails")

    assert outcome.status == 2
    assert "There is no queue 'mails': name some of " in outcome.err


@pytest.mark.parametrize("command", ["up", "web", "worker", "relay", "clock", "doctor"])
def test_every_command_explains_itself_by_an_example(terminal: Terminal, command: str) -> None:
    outcome = terminal.run(command, "--help")

    assert outcome.status == 0
    assert "Example: " in outcome.out


def test_pages_alone_are_served_where_we_were_told_and_nowhere_else(tmp_path: Path) -> None:
    migrate.upgrade(url_of(Settings(home=tmp_path)))
    place = f"127.0.0.1:{free_port()}"
    words = [sys.executable, "-m", "services", "web"]
    env = clean_environment(HOME=str(tmp_path), LISTEN=place, PSUH_URL="https://us.example.org")
    with subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE) as first:
        assert first.stdout
        assert await_(first.stdout.readline, "a word") == (
            f"Common Hour is running: http://{place}\n".encode()
        )
        second = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, check=False)

        first.terminate()

        assert first.wait(PATIENCE) == 0
    assert second.returncode == 2
    assert b"is taken: name a free one in COMMONHOUR_LISTEN." in second.stderr
    assert second.stderr.count(b"did you mean COMMONHOUR_PUSH_URL?") == 1  # and we go on
