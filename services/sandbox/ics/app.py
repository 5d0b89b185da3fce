"""Feeds: a calendar at an address that is its only key."""

from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from flask import Blueprint, Response, abort, request

from services.sandbox.ics.writing import calendar
from services.sandbox.world import Calendar, World


def blueprint(world: World) -> Blueprint:
    """Return the feeds, at /ics/<secret>.ics."""
    pages = Blueprint("feeds", __name__, url_prefix="/ics")

    @pages.get("/<secret>.ics")
    def feed(secret: str) -> Response:
        """Answer the calendar, or 304 to a program that has this state of it."""
        found = _behind(world, secret)
        if found is None:
            abort(404)
        world.history.note("feed", calendar=found.id)
        return _answer(world, found)

    return pages


def _behind(world: World, secret: str) -> Calendar | None:
    own = (each for email in list(world.people) for each in world.calendars(email))
    return next((each for each in own if each.feed == secret), None)


def _answer(world: World, found: Calendar) -> Response:
    with world.lock:
        events = world.events(found.id)
    body = calendar(events, found.timezone, name=found.name)
    answer = Response(body, mimetype="text/calendar")
    answer.set_etag(sha256(body.encode()).hexdigest()[:32])
    if events:
        changed = max(datetime.fromisoformat(each["updated"]) for each in events)
        answer.headers["Last-Modified"] = format_datetime(
            changed.replace(microsecond=0), usegmt=True
        )
    answer.headers["Cache-Control"] = "private, max-age=0"
    answer.make_conditional(request)
    return answer
