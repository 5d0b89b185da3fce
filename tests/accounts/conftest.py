"""Fixtures of the accounts' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.accounts.house import House, a_house
from tests.services.commands import Terminal


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house on each database."""
    with a_house(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)
