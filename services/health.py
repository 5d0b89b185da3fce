"""Whether the service lives, and whether each part of it is ready."""

import time

from flask import Flask, current_app, jsonify
from flask.typing import ResponseReturnValue

from services import door, parts

_START = 30.0  # seconds in which parts may still be missing


def install(app: Flask) -> None:
    """Add both addresses; neither says a word about anybody."""
    app.extensions["commonhour-began"] = time.monotonic()
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


def healthz() -> ResponseReturnValue:
    """Answer that this process answers."""
    return jsonify(status="ok")


def readyz() -> ResponseReturnValue:
    """Answer 200 when requests can be served, one entry per part; degraded is still ready."""
    words = parts.look(door.runtime()).words(starting=is_starting())
    status = parts.status(words)
    return jsonify(status=status, parts=words), 503 if status == "down" else 200


def is_starting() -> bool:
    """Whether this process has just begun, and others with it."""
    began: float = current_app.extensions["commonhour-began"]
    return time.monotonic() - began < _START
