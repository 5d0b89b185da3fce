"""Fixtures of the servers' own tests."""

from tests.servers.fixtures import (
    database_url,
    postgres_server,
    postgres_url,
    redis_server,
    redis_url,
)

__all__ = ["database_url", "postgres_server", "postgres_url", "redis_server", "redis_url"]
