"""Fixtures of the journeys: the whole service, in processes of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.service import Service, started


@pytest.fixture(params=["embedded", "servers"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """`commonhour up` on SQLite and its own Redis, and on a PostgreSQL and a Redis server."""
    env = {}
    if request.param == "servers":
        env["COMMONHOUR_DATABASE_URL"] = request.getfixturevalue("postgres_url")
        env["COMMONHOUR_REDIS_URL"] = request.getfixturevalue("redis_url")
    with started(tmp_path / "home", env) as service:
        yield service
