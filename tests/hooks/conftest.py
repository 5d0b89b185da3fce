"""Doors for notifications, and an account of which hosts have news: one for all tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.hooks.porch import Porch, a_porch
from tests.servers.postgres import fresh_database


@contextmanager
def opened(home: Path, url: str | None = None) -> Iterator[Porch]:
    porch = a_porch(home, url)
    yield porch
    porch.flat.runtime.engine.dispose()


@pytest.fixture(scope="session")
def _on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Porch]:
    with opened(tmp_path_factory.mktemp("porch")) as porch:
        yield porch


@pytest.fixture(scope="session")
def _on_postgresql(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Porch]:
    home = tmp_path_factory.mktemp("porch")
    with fresh_database(postgres_server) as url, opened(home, url) as porch:
        yield porch


@pytest.fixture
def porch(_on_sqlite: Porch) -> Iterator[Porch]:
    """On SQLite."""
    yield _on_sqlite
    _on_sqlite.forget()


@pytest.fixture(params=["_on_sqlite", "_on_postgresql"])
def either_porch(request: pytest.FixtureRequest) -> Iterator[Porch]:
    """Once on each database."""
    porch: Porch = request.getfixturevalue(request.param)
    yield porch
    porch.forget()
