"""Fixtures of these tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services.commands import Terminal
from tests.up.running import Up


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """Start `up` on a home folder of this test; whatever still runs afterwards is killed."""
    started: list[Up] = []

    def begin(**settings: str) -> Up:
        started.append(Up(tmp_path / "home", tmp_path / f"said-{len(started)}", settings))
        return started[-1]

    yield begin
    for each in started:
        each.kill()
