"""A host of calendars, and a town around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.calendar_sync.hosts import Host, a_host
from tests.flow.accounts_town import Flat, a_flat
from tests.flow.town import Town, a_town


@pytest.fixture(scope="module")
def running_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with a_host(tmp_path_factory.mktemp("host")) as host:
        yield host


@pytest.fixture
def town(running_host: Host, tmp_path: Path) -> Iterator[Town]:
    """On SQLite, whose clock is ours."""
    running_host.pages, running_host.asked = {}, []
    town = a_town(tmp_path, running_host)
    yield town
    town.runtime.engine.dispose()


@pytest.fixture
def either_town(running_host: Host, tmp_path: Path, database_url: str) -> Iterator[Town]:
    """Once on each database."""
    running_host.pages, running_host.asked = {}, []
    town = a_town(tmp_path, running_host, database_url)
    yield town
    town.runtime.engine.dispose()


@pytest.fixture
def flat(tmp_path: Path) -> Iterator[Flat]:
    """On SQLite, whose clock is ours."""
    flat = a_flat(tmp_path)
    yield flat
    flat.runtime.engine.dispose()


@pytest.fixture
def either_flat(tmp_path: Path, database_url: str) -> Iterator[Flat]:
    """Once on each database."""
    flat = a_flat(tmp_path, database_url)
    yield flat
    flat.runtime.engine.dispose()
