"""Refusals, in the envelope that Graph answers with."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Blueprint, Flask, Response, has_request_context, jsonify, request
from werkzeug.exceptions import HTTPException

_WORDS = {
    "ErrorAccessDenied": "Access is denied. Check credentials and try again.",
    "ErrorItemNotFound": "The specified object was not found in the store.",
    "InvalidAuthenticationToken": "Access token has expired or is not yet valid.",
    "syncStateNotFound": "The sync state generation is not found; start a full synchronization.",
}


class Refusal(Exception):
    """A request that is answered with an error.

    status, code  as in Graph's tables of errors
    headers       further headers of the answer
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str = "",
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message or code)
        self.status = status
        self.code = code
        self.message = message or _WORDS.get(code) or HTTPStatus(status).phrase
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Return the envelope, with the request's own number if it has one."""
        number = str(uuid4())
        theirs = request.headers.get("client-request-id") if has_request_context() else None
        inner = {
            "date": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()),
            "request-id": number,
            "client-request-id": theirs or number,
        }
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}


def refusals(app: Flask | Blueprint) -> None:
    """Let the application, or the part of it, answer refusals in Graph's words."""
    app.register_error_handler(Refusal, answered)
    app.register_error_handler(HTTPException, lambda error: answered(unmade(error)))


def answered(refusal: Refusal) -> Response:
    """Return the refusal as an answer."""
    answer = jsonify(refusal.body())
    answer.status_code = refusal.status
    answer.headers.extend(refusal.headers)
    return answer


def unmade(error: HTTPException) -> Refusal:
    """Return what Graph says where nothing of ours was asked for."""
    status = error.code or 500
    if status == HTTPStatus.NOT_FOUND:
        segment = request.path.rstrip("/").rpartition("/")[2]
        message = f"Resource not found for the segment '{segment}'."
        return Refusal(HTTPStatus.BAD_REQUEST, "BadRequest", message)
    code = "BadRequest" if status < 500 else "generalException"
    return Refusal(status, code, error.description or "")
