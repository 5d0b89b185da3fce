"""Who reads a page: a cookie that only we can read, and forms that only we can have written."""

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]  # has none

from services import door
from services.door import Asking
from services.flow import sessions
from services.flow.limits import Window, network_of
from services.storage.rows.people import SessionRow
from services.web import bounds, mistakes

_csrf = CSRFProtect()
_MOST = 1200  # requests of one somebody in a minute


def install(app: Flask) -> None:
    """Recognise the reader of every page, and check every form."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,  # `_checked` knows which requests are forms
        WTF_CSRF_TIME_LIMIT=None,  # a form that is filled in slowly is not lost
        WTF_CSRF_SSL_STRICT=False,  # our pages send no Referer; the token is proof enough
    )
    app.extensions["traffic"] = Window(_MOST)
    _csrf.init_app(app)
    app.before_request(_recognised)
    app.before_request(_checked)
    app.register_error_handler(CSRFError, _foreign_form)


def begin(response: Response, secret: str) -> Response:
    """Let a browser keep a session."""
    response.set_cookie(
        _name(),
        secret,
        max_age=sessions.LIFETIME,
        secure=_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def end(response: Response) -> Response:
    """Let a browser forget its session."""
    response.delete_cookie(_name(), secure=_secure(), httponly=True, samesite="Lax")
    return response


def current() -> SessionRow | None:
    """The session of the one who asks."""
    found: SessionRow | None = g.get("session")
    return found


def _recognised() -> None:
    """Look the session up: one question, and none where nobody claims to have one."""
    if not _is_page():
        return
    secret = request.cookies.get(_name())
    g.session = sessions.current(door.reading(), secret) if secret else None
    if g.session is not None:
        door.known_as(Asking(person_id=g.session.person_id))
    if request.blueprint != "assets":
        who = door.asking().person_id
        traffic: Window = current_app.extensions["traffic"]
        traffic.take(str(who or network_of(request.remote_addr or "")))


def _checked() -> None:
    if _is_page() and request.url_rule is not None:
        bounds.bound()
        _csrf.protect()


def _is_page() -> bool:
    """Programs have doors of their own, and never come in by a cookie."""
    doors = ("/api/", "/hooks/", "/static/", "/feeds/", "/healthz", "/readyz", "/metrics")
    return not request.path.startswith(doors)


def _foreign_form(_error: CSRFError) -> ResponseReturnValue:
    return mistakes.page(
        400,
        "This form does not come from a page of yours that is still good",
        "go back, load the page anew, and send the form again",
    )


def _name() -> str:
    return "__Host-session" if _secure() else "session"


def _secure() -> bool:
    return door.runtime().settings.address.startswith("https://")
