"""Refusals, in the envelope that Google's API answers with."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, jsonify
from werkzeug.exceptions import HTTPException


class Refusal(Exception):
    """A request that is answered with an error.

    status, reason  as in Google's table of errors
    location        the parameter or header that is to blame
    headers         further headers of the answer
    """

    def __init__(
        self,
        status: int,
        reason: str,
        message: str = "",
        *,
        location: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message or reason)
        self.status = status
        self.reason = reason
        self.message = message or HTTPStatus(status).phrase
        self.location = location
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Return the envelope."""
        error = {"domain": self._domain(), "reason": self.reason, "message": self.message}
        if self.location is not None:
            kind = "header" if self.location in _HEADERS else "parameter"
            error |= {"locationType": kind, "location": self.location}
        return {"error": {"code": self.status, "message": self.message, "errors": [error]}}

    def _domain(self) -> str:
        return _DOMAINS.get(self.reason, "global")


_HEADERS = ("Authorization", "If-Match", "If-None-Match")
_USAGE = (
    "userRateLimitExceeded",
    "rateLimitExceeded",
    "quotaExceeded",
    "dailyLimitExceeded",
)
_CALENDAR = (
    "fullSyncRequired",
    "updatedMinTooLongAgo",
    "forbiddenForNonOrganizer",
    "timeRangeEmpty",
    "timeRangeTooLong",
)
_DOMAINS = dict.fromkeys(_USAGE, "usageLimits") | dict.fromkeys(_CALENDAR, "calendar")


def refusals(app: Flask | Blueprint) -> None:
    """Let the application, or the part of it, answer refusals in Google's words."""

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        answer = jsonify(refusal.body())
        answer.status_code = refusal.status
        answer.headers.extend(refusal.headers)
        return answer

    @app.errorhandler(HTTPException)
    def unknown(error: HTTPException) -> Response:
        code = error.code or 500
        reason = "notFound" if code == HTTPStatus.NOT_FOUND else "badRequest"
        reason = reason if code < 500 else "backendError"
        return refused(Refusal(code, reason, error.description or ""))
