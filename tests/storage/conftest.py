"""Fixtures of the storage's tests."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from services.storage.engine import engine_for
from tests.servers.fixtures import database_url, postgres_server, postgres_url

__all__ = ["database_url", "postgres_server", "postgres_url"]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Connections to an empty database."""
    made = engine_for(database_url)
    yield made
    made.dispose()
