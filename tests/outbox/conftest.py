"""Fixtures of the outbox's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services import leases
from services.reactions import REACTIONS
from tests.outbox.yard import OURS, Yard, a_yard


@pytest.fixture(autouse=True)
def _facts_of_the_yard(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for fact, following in OURS.items():
        monkeypatch.setitem(REACTIONS, fact, following)
    yield
    leases._asked.clear()  # noqa: SLF001 -- one process ends in many tests


@pytest.fixture
def yard(database_url: str, tmp_path: Path) -> Iterator[Yard]:
    with a_yard(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def postgres_yard(postgres_url: str, tmp_path: Path) -> Iterator[Yard]:
    with a_yard(postgres_url, tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_yard(tmp_path: Path) -> Iterator[Yard]:
    with a_yard(f"sqlite:///{tmp_path / 'commonhour.db'}", tmp_path) as made:
        yield made
