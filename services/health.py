"""Whether the service lives, and whether each part of it is ready."""

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from services import door
from services.storage import migrate
from services.storage.work import InTrouble


def install(app: Flask) -> None:
    """Add both addresses; neither says a word about anybody."""
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


def healthz() -> ResponseReturnValue:
    """Answer that this process answers."""
    return jsonify(status="ok")


def readyz() -> ResponseReturnValue:
    """Answer 200 when requests can be served, one entry per part; degraded is still ready."""
    parts = {"database": _database(), "redis": _redis()}
    ready = parts["database"] == "ok"
    status = "ok" if set(parts.values()) == {"ok"} else "degraded" if ready else "down"
    return jsonify(status=status, parts=parts), 200 if ready else 503


def _database() -> str:
    try:
        return "ok" if migrate.is_current(door.runtime().engine) else "not migrated"
    except InTrouble:
        return "away"


def _redis() -> str:
    url = door.runtime().settings.redis_url
    if url is None:
        return "not set"
    try:
        retry = Retry(NoBackoff(), 0)
        with Redis.from_url(url, retry=retry, socket_timeout=2, socket_connect_timeout=2) as redis:
            redis.ping()
    except RedisError:
        return "away"
    return "ok"
