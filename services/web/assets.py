"""Style sheets, the script and the icon: public, and kept by a browser for as long as they last."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from services.planning.page.render import stylesheet

pages = Blueprint("assets", __name__)
_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_OURS = ("style.css", "page.js", "icon.svg")
_PLAN = "plan.css"  # the look of a plan, which every page continues


def address(name: str) -> str:
    """Where a file is, with its hash: another content has another address."""
    return url_for("assets.show", name=name, v=_hash(name))


@pages.get("/static/<name>")
def show(name: str) -> ResponseReturnValue:
    """Send a file."""
    if name not in (*_OURS, _PLAN):
        abort(404)
    response = Response(_content(name), mimetype=_KINDS[name.rpartition(".")[2]])
    response.set_etag(_hash(name))
    known = request.args.get("v") == _hash(name)
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if known else "public, no-cache"
    )
    return response.make_conditional(request)


@cache
def _content(name: str) -> bytes:
    if name == _PLAN:
        return stylesheet().encode()
    return files("services.web").joinpath("static", name).read_bytes()


@cache
def _hash(name: str) -> str:
    return sha256(_content(name)).hexdigest()[:16]
