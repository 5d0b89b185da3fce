"""The web application: doors, headers, and what is said when something goes wrong."""

import logging
from collections.abc import Sequence

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from services import api, door, health, hooks, metrics, problems, web
from services.api import authentication, document
from services.api.routes import READ
from services.web import mistakes
from services.wiring import Runtime

_MOST_BYTES = 32_000_000  # of a request: the largest calendar file, as a form sends it
_MOST_TYPED = 1_100_000  # of what a form brings besides files: the longest list of members
_log = logging.getLogger(__name__)


def create_app(runtime: Runtime) -> Flask:
    """Put an application together. Nothing is connected before the first request."""
    app = document.an_application("services")
    app.config.update(
        SECRET_KEY=runtime.keys.secret,
        MAX_CONTENT_LENGTH=_MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=_MOST_TYPED,
        MAX_FORM_PARTS=1000,
        SESSION_COOKIE_NAME="form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=runtime.settings.address.startswith("https://"),
    )
    if runtime.settings.trusted_proxies:
        hops = runtime.settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    origins = [each.origin for each in runtime.hosts.values() if each.is_open]
    app.after_request(_Headers([each for each in origins if each]))  # "": nobody is sent anywhere
    metrics.install(app, lambda: authentication.authenticate_operator(READ))  # before settling
    door.install(app, runtime)
    problems.install(app, mistakes.page)
    health.install(app)
    hooks.install(app)
    api.install(app)
    web.install(app)
    return app


class _Headers:
    """Says on every answer what a browser may do with it: next to nothing.

    onward  where else than to us a form may lead: to those who are asked for consent
    """

    def __init__(self, onward: Sequence[str]) -> None:
        forms = " ".join(["'self'", *onward])
        self._said = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
                f"connect-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
            ),
            "Cache-Control": "no-store",
        }

    def __call__(self, response: Response) -> Response:
        for name, value in self._said.items():
            response.headers.setdefault(name, value)
        return response
