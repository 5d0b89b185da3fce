"""The doors at which hosts of calendars tell that there is news, and mail servers post answers.

Whoever knocks proves to be the host, and is believed no more than that somebody should look. There
is no session here, and no cookie; a forgery is answered as the truth is, and nothing is written.
"""

from flask import Blueprint, Flask

from services.hooks import answers, google, graph, mail

_HOOKS = Blueprint("hooks", __name__, url_prefix="/hooks")
_HOOKS.before_request(answers.bound)
answers.explain(_HOOKS)
for _name, _view in (("google", google.told), ("graph", graph.told), ("mail", mail.told)):
    _HOOKS.add_url_rule(
        f"/{_name}", _name, _view, methods=["POST"], provide_automatic_options=False
    )


def install(app: Flask) -> None:
    """Add them to an application."""
    app.register_blueprint(_HOOKS)
