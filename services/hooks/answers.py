"""What hosts are answered: a status, and plain text that nobody can take for a page."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from scheduler.errors import Explained
from services.log import logger
from services.storage.work import AllInUse, Refused, Stale

_MOST_BYTES = 256_000  # some hundred notifications at once
_AGAIN = "10"  # seconds
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_log = logger(__name__)


def bound() -> None:
    """Refuse what is larger than any notification, before it is looked at."""
    request.max_content_length = _MOST_BYTES
    if (request.content_length or 0) > _MOST_BYTES:
        raise RequestEntityTooLarge


def accepted() -> Response:
    """Say that it has arrived. Whether it was believed is nobody's to know."""
    return plain("", 202)


def plain(text: str, status: int) -> Response:
    """Answer with this text, under headers that let a browser do nothing with it."""
    return Response(text, status, _HEADERS, content_type="text/plain; charset=utf-8")


def explain(hooks: Blueprint) -> None:
    """Let every mistake at these doors be told as plain text.

    What could not be kept is told by a status after which hosts try again: 503.
    """
    hooks.register_error_handler(Explained, lambda error: plain(f"{error}\n", 400))
    hooks.register_error_handler(HTTPException, _http)
    for each in (Refused, Stale, AllInUse):
        hooks.register_error_handler(each, _not_kept)


def _http(error: HTTPException) -> Response:
    return plain(f"{error.name}\n", error.code or 500)


def _not_kept(error: Exception) -> Response:
    _log.error("a notification cannot be kept", error=type(error).__name__)
    response = plain("Not just now\n", 503)
    response.headers["Retry-After"] = _AGAIN
    return response
