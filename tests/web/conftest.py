"""Houses to visit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.house import House, a_house, copied, furnished


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house to copy, because planning takes long."""
    house = furnished(a_house(tmp_path_factory.mktemp("built")))
    house.runtime.engine.dispose()
    return house


@pytest.fixture
def house(built: House, tmp_path: Path) -> Iterator[House]:
    house = copied(built, tmp_path / "home")
    yield house
    house.runtime.engine.dispose()


@pytest.fixture(scope="module")
def shown_house(built: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for tests that only look."""
    house = copied(built, tmp_path_factory.mktemp("house") / "home")
    yield house
    house.runtime.engine.dispose()
