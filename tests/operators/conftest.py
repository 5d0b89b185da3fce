"""Fixtures of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operators.installation import Installation, an_installation
from tests.services.commands import Terminal


@pytest.fixture
def here(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    """An installation, on which commands run as well."""
    monkeypatch.setenv("COMMONHOUR_HOME", str(tmp_path))
    monkeypatch.setenv("COMMONHOUR_DATABASE_URL", database_url)
    found = an_installation(tmp_path, database_url)
    yield found
    found.runtime.engine.dispose()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)
