"""The one place that turns an error into HTTP: RFC 9457 for programs, a page for people."""

import logging
from math import ceil
from secrets import token_hex
from typing import Protocol, cast

from flask import Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from calendar_sync import errors as hosts
from scheduler.errors import BadProblem, Explained, NoPattern, TryLater, UnknownZone
from services.flow import errors
from services.storage.trouble import Trouble, trouble_of
from services.storage.work import AllInUse, InTrouble, Stale, Taken

_log = logging.getLogger(__name__)
_STATUS: dict[type[Explained], int] = {
    errors.Missing: 404,
    errors.NotAllowed: 403,
    errors.SignInNeeded: 401,
    errors.Conflict: 409,
    errors.Outdated: 412,
    errors.Gone: 410,
    errors.Unfit: 422,
    errors.TooLarge: 413,
    errors.WrongKind: 415,
    errors.VersionNeeded: 428,
    errors.TooMany: 429,
    errors.Busy: 503,
    BadProblem: 422,
    NoPattern: 422,
    UnknownZone: 422,
    hosts.Unreadable: 422,
    hosts.ReconnectNeeded: 409,
    hosts.NotAllowed: 409,
    hosts.NotThere: 409,
    hosts.Refused: 409,
    hosts.Unsupported: 409,
    TryLater: 503,
}
_HTTP = {
    400: ("The request cannot be understood", "correct it and send it again"),
    404: ("There is no such page", "check the address"),
    405: ("This address does not know that method", "look at the Allow header"),
    413: ("The request is larger than is taken", "send less at once"),
    415: ("This kind of content is not taken here", "send application/json"),
}
_TROUBLE = {
    Trouble.BUSY: ("The database is busy just now", "try again in a moment", "1"),
    Trouble.FULL: (
        "The disk of the database is full",
        "tell whoever runs this service, then try again",
        "60",
    ),
    Trouble.AWAY: ("The database cannot be reached just now", "try again in a minute", "10"),
}
_UNDERSTOOD = "correct the request"


class Page(Protocol):
    """Tells people what a problem tells programs."""

    def __call__(self, status: int, what: str, remedy: str, **more: object) -> Response: ...


def install(app: Flask, page: Page) -> None:
    """Let every view raise; here it becomes an answer."""
    app.extensions["mistakes"] = page
    app.register_error_handler(Explained, _explained)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Stale, _stale)
    app.register_error_handler(Taken, _taken)
    app.register_error_handler(InTrouble, _in_trouble)
    app.register_error_handler(AllInUse, _all_in_use)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: Explained) -> int:
    """The status by which a door tells this error."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 400)


def problem(status: int, what: str, remedy: str, **more: object) -> Response:
    """An answer as RFC 9457 has it, with our two sentences beside."""
    body = {
        "type": "about:blank",
        "title": what,
        "status": status,
        "detail": f"{what}: {remedy}.",
        "what": what,
        "remedy": remedy,
        **more,
    }
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def _answer(status: int, what: str, remedy: str, **more: object) -> Response:
    if request.path.startswith("/api/") or not _wants_page():
        return problem(status, what, remedy, **more)
    page = cast(Page, current_app.extensions["mistakes"])
    return page(status, what, remedy, **more)


def _wants_page() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "text/html"


def _explained(error: Explained) -> ResponseReturnValue:
    g.error = error
    response = _answer(status_of(error), error.what, error.remedy)
    if isinstance(error, errors.TooMany | errors.StillRunning | errors.Busy):
        response.headers["Retry-After"] = str(error.seconds)
    if isinstance(error, TryLater):
        response.headers["Retry-After"] = str(max(1, ceil(error.seconds)))
    if isinstance(error, errors.SignInNeeded) and request.path.startswith("/api/"):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http(error: HTTPException) -> ResponseReturnValue:
    """Keep what the library's answer carries, such as Allow; say it in our words."""
    if error.code is None or error.code < 400:
        return error.get_response()
    what, remedy = _HTTP.get(error.code, (error.name, _UNDERSTOOD))
    response = _answer(error.code, what, remedy)
    for name, value in error.get_response().headers.items():
        if name in ("Allow", "Retry-After", "WWW-Authenticate", "Location"):
            response.headers[name] = value
    return response


def _stale(_error: Stale) -> ResponseReturnValue:
    return _answer(
        412, "Somebody has changed this since you read it", "read it again, then change it"
    )


def _taken(_error: Taken) -> ResponseReturnValue:
    return _answer(409, "Somebody else has just done the same", "read it again")


def _in_trouble(error: InTrouble) -> ResponseReturnValue:
    kind = trouble_of(error)
    _log.error("the database is in trouble: %s", kind)
    return _unexpected(error) if kind is Trouble.OTHER else _later(kind)


def _all_in_use(_error: AllInUse) -> ResponseReturnValue:
    _log.error("all connections to the database are in use")
    return _later(Trouble.BUSY)


def _later(kind: Trouble) -> ResponseReturnValue:
    what, remedy, seconds = _TROUBLE[kind]
    response = _answer(503, what, remedy)
    response.headers["Retry-After"] = seconds
    return response


def _unexpected(error: Exception) -> ResponseReturnValue:
    """Say a number that the operator finds in the log; what went wrong is nobody else's."""
    number = token_hex(4)
    trace = error.__traceback__
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    # Neither the message nor a value of a variable: they may hold what is somebody's own.
    _log.error("%s unexpected %s at %s", number, type(error).__name__, " ".join(places[-8:]))
    return _answer(
        500,
        "Something went wrong that should not have",
        f"try again; if it stays, quote the number {number}",
        number=number,
    )
