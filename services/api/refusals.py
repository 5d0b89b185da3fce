"""What a route may refuse, by what it takes: said once, so that no route forgets one."""

from typing import Any

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_WAIT = {"Retry-After": {"description": "Seconds", "schema": {"type": "string"}}}
_SENTENCES = {
    400: "It cannot be understood",
    401: "The token is missing, unknown or over",
    403: "The token lacks a scope, or its person the right",
    404: "There is none, or none for you",
    409: "It does not go with what is there, or the same request is still being answered",
    410: "It was done already, and its answer is no longer kept",
    412: "Somebody has changed it since it was read",
    413: "It is too large",
    415: "This kind of content is not taken here",
    422: "What was sent cannot be taken",
    428: "The edit does not say which version it changes",
    429: "Too many requests, or too many wrong tokens",
    503: "The database, or a host of calendars, cannot be asked just now",
}
_HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: _WAIT,
    503: _WAIT,
}


def of(method: str, rule: str, *, versioned: bool, hidden: bool) -> dict[int, dict[str, Any]]:
    """Describe every refusal of a route."""
    found = {400, 401, 403, 422, 429, 503}
    if "<" in rule or "/me" in rule or hidden:
        found.add(404)
    if method != "GET":
        found |= {409, 413}
    if "/accounts/" in rule:
        found.add(409)
    if method == "POST":
        found.add(410)
    if method in ("POST", "PUT", "PATCH"):
        found.add(415)
    if method in ("PATCH", "DELETE") or "/relaxations/" in rule or rule.endswith("/commit"):
        found.add(412)
    if versioned and method == "PATCH":
        found.add(428)
    return {status: _refusal(status) for status in sorted(found)}


def _refusal(status: int) -> dict[str, Any]:
    said: dict[str, Any] = {"description": _SENTENCES[status], "content": _PROBLEM}
    if status in _HEADERS:
        said["headers"] = _HEADERS[status]
    return said
