"""A planned group, made once and copied for each test, because planning and migrating take long."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from calendar_sync.memory import MemoryProvider
from services.config import Settings
from services.storage.rows.accounts import Host
from services.wiring import Runtime
from tests.flow.accounts_town import MAIN, MemoryHost, a_flat
from tests.flow.series.house import House, a_house
from tests.flow.series.towns import TOWNS, Semester, a_semester
from tests.flow.town import Hands
from tests.runtimes import Jobs


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The house that others are copied from."""
    house = a_house(a_flat(tmp_path_factory.mktemp("pattern")))
    house.flat.runtime.engine.dispose()
    return house


@pytest.fixture
def house(pattern: House, tmp_path: Path) -> Iterator[House]:
    """On SQLite, whose clock is ours."""
    copy = _copied(pattern, tmp_path)
    yield copy
    copy.flat.runtime.engine.dispose()


def _copied(pattern: House, tmp_path: Path) -> House:
    there = pattern.flat.runtime.settings.home
    home = Path(copytree(there, tmp_path / "home"))
    place = f"sqlite:///{home / 'commonhour.db'}"
    runtime = Runtime.of(Settings(home=home, database_url=place))
    runtime.queues, runtime.channel = Jobs(), pattern.flat.runtime.channel
    clock, host = Hands(), MemoryHost()
    runtime.clock, runtime.hosts = clock, {Host.GOOGLE: host}
    host.accounts["ada@example.org"] = MemoryProvider()
    host.accounts["ada@example.org"].add(MAIN, main=True)
    flat = replace(pattern.flat, runtime=runtime, host=host, clock=clock)
    return replace(pattern, flat=flat)


@pytest.fixture
def either_house(pattern: House, tmp_path: Path, database_url: str) -> Iterator[House]:
    """Once on each database."""
    on_file = database_url.startswith("sqlite")
    made = _copied(pattern, tmp_path) if on_file else a_house(a_flat(tmp_path, database_url))
    yield made
    made.flat.runtime.engine.dispose()


@pytest.fixture(params=TOWNS, scope="module")
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Semester]:
    """A group whose calendars are at a host."""
    with a_semester(tmp_path_factory.mktemp("town"), request.param) as semester:
        yield semester


@pytest.fixture
def semester(town: Semester) -> Iterator[Semester]:
    """A series of six dates that is to be written; in the end it is taken back."""
    town.begins()
    yield town
    town.taken_back()
