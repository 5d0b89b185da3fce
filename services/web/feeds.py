"""Private feeds: the address that calendar programs read, and the page on which one gets it.

Programs come without a session. What is no feed, or none any more, looks like any other address
at which there is nothing.
"""

from hashlib import sha256
from uuid import UUID

from flask import Blueprint, Response, abort, flash, request, url_for
from flask.typing import ResponseReturnValue

from notifications.itip.people import Person
from notifications.message import Sender
from services import door
from services.flow import limits, rights
from services.flow.series import feed
from services.web import render

pages = Blueprint("feeds", __name__)
_CALENDAR = "text/calendar; charset=utf-8"


@pages.get("/feeds/<secret>.ics")
def read(secret: str) -> ResponseReturnValue:
    """Send a feed to a program, or say that it is the same as before."""
    runtime, work = door.runtime(), door.reading()
    found = limits.guessed(runtime, request.remote_addr or "", lambda: feed.find(work, secret))
    if found is None:
        abort(404)
    answering = runtime.settings.address + url_for("dates.mine", group_id=found.group_id)
    body = feed.ics(work, found, _organizer(), answering)
    if not feed.is_noted(found, work):
        feed.fetched(door.work(), found.id)
    response = Response(body, content_type=_CALENDAR)
    response.set_etag(sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="dates.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response.make_conditional(request)


@pages.get("/groups/<uuid:group_id>/series/<uuid:series_id>/dates.ics")
def download(group_id: UUID, series_id: UUID) -> Response:
    """Send the dates of a series to a coordinator, as they stand now."""
    body = feed.of_series(door.reading(), group_id, series_id, _organizer())
    response = Response(body, content_type=_CALENDAR)
    response.headers["Content-Disposition"] = "attachment; filename=dates.ics"
    return response


@pages.get("/groups/<uuid:group_id>/feed")
def show(group_id: UUID) -> ResponseReturnValue:
    """Show one's feed, or what one would be."""
    runtime, work = door.runtime(), door.reading()
    secret = feed.mine(work, runtime.keys, group_id)
    known = None if secret is None else feed.row(work, group_id)
    return render.page(
        "feeds/show.html",
        group=rights.standing(work, group_id).group,
        address=None if secret is None else address(secret),
        fetched_at=known.fetched_at if known else None,
        now=work.now,
    )


@pages.post("/groups/<uuid:group_id>/feed")
def make(group_id: UUID) -> ResponseReturnValue:
    """Make one's feed."""
    feed.make(door.work(), door.runtime().keys, group_id)
    flash("The address is made. Give it to your calendar program, and to nobody else.")
    return render.to(url_for("feeds.show", group_id=group_id))


@pages.post("/groups/<uuid:group_id>/feed/revoke")
def revoke(group_id: UUID) -> ResponseReturnValue:
    """Revoke it."""
    feed.revoke(door.work(), group_id)
    flash("The address is revoked: whoever asks there finds nothing any more.")
    return render.to(url_for("feeds.show", group_id=group_id))


def _organizer() -> Person:
    """Return who stands for the service."""
    sender = Sender(door.runtime().settings.mail_from)
    return Person(sender.mailbox, sender.name)


def address(secret: str) -> str:
    """Where programs find the feed of this secret."""
    return f"{door.runtime().settings.address}/feeds/{secret}.ics"
