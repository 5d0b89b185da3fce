"""A real installation, whose parts are stopped one by one: each shows."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.operators.installation import named
from tests.services.commands import Terminal
from tests.up.running import Up, await_


@contextmanager
def running(home: Path) -> Iterator[Up]:
    up = Up(home / "home", home / "said", {})
    try:
        yield up.ready()
    finally:
        up.kill()


def parts(up: Up) -> dict[str, str]:
    said: dict[str, str] = json.loads(up.get("/readyz")[1])["parts"]
    return said


def test_a_start_is_well_at_once_and_what_stops_then_shows(
    tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path) as up:
        assert up.answers()
        await_(lambda: set(parts(up).values()) == {"ok"}, "a relay, a clock and workers")
        numbers = named(up.get("/metrics")[1].decode())
        assert [
            numbers[f'workers{{queue="{each}"}}'] for each in ("notices", "planning", "calendars")
        ] == [1] * 3
        assert numbers['up{part="redis"}'] == 1

        monkeypatch.setenv("COMMONHOUR_HOME", str(up.home))
        terminal.run("outbox", "pause", "planning")
        assert parts(up)["outbox"] == "paused"
        assert not up.answers()
        terminal.run("outbox", "resume")
        assert up.answers()

        os.kill(up.children()["ch-relay"], signal.SIGSTOP)
        before = numbers['part_age_seconds{part="relay"}']
        await_(
            lambda: (
                named(up.get("/metrics")[1].decode())['part_age_seconds{part="relay"}']
                > max(before, 6)
            ),
            "a relay that grows silent",
        )
