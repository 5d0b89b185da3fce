"""Edits say which version they change, so that nobody's work is lost. RFC 9110, 13.1.1."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.api.responses import said
from services.flow.errors import Outdated, VersionNeeded

_TAG = re.compile(r'"(\d{1,9})"')


def tag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def tagged(body: Mapping[str, Any], version: int | None) -> Response:
    """Answer with something that may be edited; None: not by whoever asks."""
    return said(body) if version is None else said(body, ETag=tag(version))


def named() -> int | None:
    """The version that If-Match names; None when any will do. Raises Outdated."""
    text = request.headers.get("If-Match", "*").strip()
    if text == "*":
        return None
    found = _TAG.fullmatch(text)
    if found is None:
        raise Outdated("If-Match names no version", remedy='send the ETag as it was, such as "3"')
    return int(found[1])


def needed() -> int | None:
    """The same, where it must be said. Raises VersionNeeded or Outdated."""
    if "If-Match" not in request.headers:
        raise VersionNeeded(
            "This edit does not say which version it changes",
            remedy="read it, and send its ETag as If-Match",
        )
    return named()
