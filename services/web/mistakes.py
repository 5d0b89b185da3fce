"""What people read when something went wrong."""

from flask import Response


def page(status: int, what: str, remedy: str, **more: object) -> Response:
    """A page with two sentences."""
    return Response(f"{what}: {remedy}. {more.get('number', '')}\n", status, mimetype="text/plain")
