"""Servers that tests share: one PostgreSQL and one Redis for each worker of pytest."""

from tests.servers.fixtures import (
    database_url,
    postgres_server,
    postgres_url,
    redis_server,
    redis_url,
)

__all__ = ["database_url", "postgres_server", "postgres_url", "redis_server", "redis_url"]
