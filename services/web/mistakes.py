"""What people read when something went wrong: what happened, and what to do next."""

from flask import Response, g, request, url_for

from services.flow.errors import TooMany
from services.web import render
from services.web.onward import own

_TITLES = {
    400: "That form cannot be taken",
    401: "Please sign in",
    403: "This is not yours to do",
    404: "There is nothing here",
    405: "That does not work here",
    409: "That does not fit what is there",
    410: "This is over",
    412: "Somebody was quicker",
    413: "That is too much at once",
    422: "That cannot be taken",
    429: "Too often",
    500: "Something went wrong",
    503: "Not just now",
}


def page(status: int, what: str, remedy: str, **more: object) -> Response:
    """A page with two sentences. It asks the database for nothing: that may be what is away."""
    if status == 401 and request.method in ("GET", "HEAD"):
        return to_sign_in()
    error = g.get("error")
    return render.page(
        "mistake.html",
        status,
        title=_TITLES.get(status, "That did not work"),
        status=status,
        what=_sentence(what),
        remedy=_sentence(remedy),
        number=more.get("number"),
        seconds=error.seconds if isinstance(error, TooMany) else None,
    )


def to_sign_in() -> Response:
    """Send somebody to the page where they sign in, and back here afterwards."""
    onward = own(request.full_path.rstrip("?"))
    return render.to(url_for("sign_in.ask", next=onward if onward != "/" else None))


def _sentence(text: str) -> str:
    ended = text if text.endswith((".", "?", "!")) else f"{text}."
    return ended[:1].upper() + ended[1:]
