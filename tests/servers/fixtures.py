"""Fixtures of real servers. One of each is started per test process, when first asked for.

A conftest imports all of them by name, because they ask for one another by name; and only one
conftest, because every import of `postgres_server` is a server of its own.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.servers import spare
from tests.servers.postgres import fresh_database, temporary_postgres
from tests.servers.valkey import temporary_redis


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL for all tests; each makes a database of its own in it."""
    with temporary_postgres() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty PostgreSQL database."""
    with fresh_database(postgres_server) as url:
        yield url
        spare.keep(url)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """A Redis for all tests, one after another."""
    with temporary_redis() as (url, _):
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty Redis."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'commonhour.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
