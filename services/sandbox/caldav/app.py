"""The CalDAV host at /caldav/: who asks, what for, and the right method's answer."""

from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from services.sandbox.caldav import passwords
from services.sandbox.caldav.places import ROOT, Foreign, Place, place
from services.sandbox.caldav.properties import described
from services.sandbox.caldav.reports import report
from services.sandbox.caldav.resources import Unsayable, delete, put, resource, resources
from services.sandbox.caldav.xml import BadQuestion, C, D, multistatus, parsed, refused
from services.sandbox.importing import NotACalendar
from services.sandbox.world import Person, World

_METHODS = ["OPTIONS", "PROPFIND", "REPORT", "GET", "HEAD", "PUT", "DELETE"]
_ASK = {"WWW-Authenticate": 'Basic realm="Sandbox calendars", charset="UTF-8"'}


def blueprint(world: World) -> Blueprint:
    """Return the host, with the address that RFC 6764 makes programs look at first."""
    pages = Blueprint("caldav", __name__)

    @pages.route("/.well-known/caldav", methods=[*_METHODS], provide_automatic_options=False)
    def well_known() -> ResponseReturnValue:
        """Say where it is."""
        return redirect(ROOT, 301)

    @pages.route(ROOT, methods=_METHODS, provide_automatic_options=False, defaults={"path": ""})
    @pages.route(f"{ROOT}<path:path>", methods=_METHODS, provide_automatic_options=False)
    def answer(path: str) -> ResponseReturnValue:
        """Answer any method on any place."""
        if request.method == "OPTIONS":
            return "", 200, {"DAV": "1, 3, calendar-access", "Allow": ", ".join(_METHODS)}
        person = _person(world)
        if person is None:
            return "", 401, _ASK
        try:
            found = place(world, person, path)
            return ("", 404) if found is None else _answer(world, found)
        except Foreign:
            return "", 403
        except BadQuestion:
            return "", 400

    return pages


def _person(world: World) -> Person | None:
    """Return who signed in with an app password."""
    given = request.authorization
    if given is None or given.type != "basic" or not given.username:
        return None
    email = given.username
    known = email in world.people and passwords.fits(world, email, given.password or "")
    return world.person(email) if known else None


def _answer(world: World, found: Place) -> ResponseReturnValue:
    match request.method:
        case "PROPFIND":
            return _propfind(world, found)
        case "REPORT":
            question = parsed(request.get_data())
            if question is None:
                raise BadQuestion
            return report(world, found, question)
        case "PUT":
            return _put(world, found)
        case "DELETE":
            return _delete(world, found)
    return _get(found)


def _propfind(world: World, found: Place) -> ResponseReturnValue:
    if found.kind == "resource" and found.resource is None:
        return "", 404
    question = parsed(request.get_data())
    prop = None if question is None else question.find(f"{D}prop")
    asked = None if prop is None else [each.tag for each in prop]
    deep = request.headers.get("Depth", "1") != "0"
    with world.lock:
        places = [found, *(_within(world, found) if deep else [])]
        return multistatus([described(world, each, asked) for each in places])


def _within(world: World, found: Place) -> Iterator[Place]:
    if found.kind == "home":
        for calendar in world.calendars(found.person.email):
            yield Place("calendar", found.person, calendar)
    elif found.kind == "calendar" and found.calendar is not None:
        for each in resources(world, found.calendar):
            if each.live:
                yield found.within(each)


def _get(found: Place) -> ResponseReturnValue:
    if found.resource is None or found.calendar is None:
        return "", 404 if found.kind == "resource" else 405
    answer = Response(found.resource.text(found.calendar.timezone), mimetype="text/calendar")
    answer.headers["ETag"] = found.resource.etag
    return answer


def _put(world: World, found: Place) -> ResponseReturnValue:
    if found.kind != "resource" or found.calendar is None:
        return "", 405
    with world.lock:
        now = replace(found, resource=resource(world, found.calendar, found.name))
        if not _as_expected(now):
            return "", 412
        try:
            by = f"caldav:{found.person.email}"
            new = put(world, found.calendar, now.name, request.get_data(), by=by)
        except NotACalendar:
            return refused(403, f"{C}valid-calendar-data")
        except Unsayable:
            return refused(403, f"{C}valid-calendar-object-resource")
    # No ETag: what we keep is not the bytes that came, so the program has to look.
    return "", 201 if new else 204


def _delete(world: World, found: Place) -> ResponseReturnValue:
    if found.kind != "resource" or found.calendar is None:
        return "", 403
    with world.lock:
        now = replace(found, resource=resource(world, found.calendar, found.name))
        if now.resource is None:
            return "", 404
        if not _as_expected(now):
            return "", 412
        delete(world, found.calendar, now.resource, by=f"caldav:{found.person.email}")
    return "", 204


def _as_expected(now: Place) -> bool:
    """Say whether If-Match and If-None-Match let the change through."""
    etag = None if now.resource is None else now.resource.etag.strip('"')
    if "If-Match" in request.headers and (etag is None or not request.if_match.contains(etag)):
        return False
    return not ("If-None-Match" in request.headers and etag is not None)
