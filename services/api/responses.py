"""Answers as JSON, written once and checked by types alone: the document promises their shape."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response


def said(body: Mapping[str, Any], status: int = 200, **headers: str) -> Response:
    """Answer with an object. Headers are named with underscores."""
    return told(json.dumps(body, ensure_ascii=False, default=float), status, **headers)


def told(text: str, status: int = 200, **headers: str) -> Response:
    """Answer with JSON that is written already."""
    response = Response(f"{text}\n", status, mimetype="application/json")
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def made(body: Mapping[str, Any], location: str, **headers: str) -> Response:
    """Answer that something new is there now, and where."""
    return said(body, 201, Location=f"/api/v1{location}", **headers)


def nothing() -> Response:
    """Answer that it is done."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def moment(when: datetime) -> str:
    """An instant, UTC."""
    return when.isoformat().replace("+00:00", "Z")


def moment_or_none(when: datetime | None) -> str | None:
    """An instant, or null."""
    return None if when is None else moment(when)
