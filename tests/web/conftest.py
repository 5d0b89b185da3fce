"""Houses to visit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.house import House, a_house, furnished


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = furnished(a_house(tmp_path))
    yield house
    house.runtime.engine.dispose()


@pytest.fixture(scope="module")
def shown_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for tests that only look."""
    house = furnished(a_house(tmp_path_factory.mktemp("house")))
    yield house
    house.runtime.engine.dispose()
