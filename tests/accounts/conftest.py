"""Fixtures of the accounts' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services import wiring
from tests.accounts.house import House, a_house
from tests.services.commands import Terminal


@pytest.fixture
def house(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house in which jobs run as well."""
    with a_house(database_url, tmp_path) as made:
        monkeypatch.setattr(wiring, "_current", [made.runtime])
        yield made


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)
