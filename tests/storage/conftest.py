"""Fixtures of the storage's tests."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from services.storage.engine import engine_for


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Connections to an empty database."""
    made = engine_for(database_url)
    yield made
    made.dispose()
