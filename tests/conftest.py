"""What tests share: one PostgreSQL, one Redis and one browser for each worker of pytest."""

from tests.browser import browser
from tests.servers.fixtures import (
    database_url,
    postgres_server,
    postgres_url,
    redis_server,
    redis_url,
)

__all__ = [
    "browser",
    "database_url",
    "postgres_server",
    "postgres_url",
    "redis_server",
    "redis_url",
]
