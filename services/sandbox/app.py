"""The sandbox as one application: every host it plays, behind its gate."""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import NotFound

from services.sandbox import control
from services.sandbox.entra import sign_in as entra
from services.sandbox.faults import Faults
from services.sandbox.gate import API, GRAPH, Gate
from services.sandbox.google import app as google
from services.sandbox.google import sign_in
from services.sandbox.google.errors import Refusal
from services.sandbox.outlook import app as outlook
from services.sandbox.outlook.errors import answered, unmade
from services.sandbox.quotas import Quotas
from services.sandbox.world import World

_HOSTS = ("ics.app", "caldav.app", "pages.app")
_MOST_BYTES = 16 * 1024 * 1024  # of one request


def create_app(world: World, faults: Faults, quotas: Quotas) -> Flask:
    """Make the application."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BYTES
    app.register_blueprint(control.blueprint(world, faults, quotas))
    app.register_blueprint(sign_in.blueprint(world))
    entra.add_to(app, world)
    app.register_blueprint(google.blueprint(world))
    app.register_blueprint(outlook.blueprint(world))
    for name in _HOSTS:
        if find_spec(f"services.sandbox.{name}"):
            app.register_blueprint(import_module(f"services.sandbox.{name}").blueprint(world))

    @app.before_request
    def within_limits() -> None:
        if request.path.startswith(API):
            grant = world.grants.bearer(request)
            if not quotas.admit(grant.client_id, grant.email):
                raise Refusal(403, "rateLimitExceeded", "Rate Limit Exceeded")

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        answer = jsonify(refusal.body())
        answer.status_code = refusal.status
        answer.headers.extend(refusal.headers)
        return answer

    @app.errorhandler(NotFound)
    def unknown(error: NotFound) -> Response | NotFound:
        if request.path.startswith(API):
            return refused(Refusal(404, "notFound", "Not Found"))
        if request.path.startswith(GRAPH):
            return answered(unmade(error))
        return error

    app.wsgi_app = Gate(app.wsgi_app, world, faults, quotas)  # type: ignore[assignment, method-assign]
    return app
