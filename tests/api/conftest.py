"""Fixtures of the API's tests. What most of them begin with is made once, and copied."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.group import AGroup, a_group, of_house
from tests.api.house import Caller, House, a_house, moved_in


@dataclass
class Prepared:
    """Folders to copy: with nobody in it, and with a group."""

    empty: Path
    grouped: Path
    group: AGroup


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    empty, grouped = (tmp_path_factory.mktemp(each) for each in ("empty", "grouped"))
    a_house(empty).runtime.engine.dispose()
    house = a_house(grouped)
    group = a_group(house)
    house.runtime.engine.dispose()
    return Prepared(empty, grouped, group)


@pytest.fixture
def house(request: pytest.FixtureRequest, prepared: Prepared, tmp_path: Path) -> Iterator[House]:
    """On SQLite; with a group in it where the test asks for one."""
    grouped = "group" in request.fixturenames
    shutil.copytree(prepared.grouped if grouped else prepared.empty, tmp_path / "home")
    made = moved_in(tmp_path / "home")
    yield made
    made.runtime.engine.dispose()


@pytest.fixture
def either_house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """Once on each database, with nobody in it."""
    made = a_house(tmp_path, database_url)
    yield made
    made.runtime.engine.dispose()


@pytest.fixture
def cora(house: House) -> Caller:
    """Who coordinates."""
    return house.caller("Cora")


@pytest.fixture
def group(house: House, prepared: Prepared) -> AGroup:
    """A group with somebody in every role."""
    return of_house(house, prepared.group)
