"""REPORT: searches, several resources at once, what changed, and busy time."""

from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from flask import Response

from services.sandbox.caldav import filters
from services.sandbox.caldav.places import Place
from services.sandbox.caldav.properties import described, number_of, sync_token
from services.sandbox.caldav.resources import Resource, resources
from services.sandbox.caldav.xml import BadQuestion, C, D, element, gone, multistatus, refused
from services.sandbox.events.busy import merged, takes_time
from services.sandbox.events.times import span
from services.sandbox.ics.writing import text
from services.sandbox.world import Calendar, World


def report(world: World, place: Place, question: Element) -> Response:
    """Answer a REPORT on a calendar. Raises BadQuestion."""
    answer = _REPORTS.get(question.tag)
    if answer is None or place.calendar is None or place.kind != "calendar":
        return refused(403, f"{D}supported-report")
    with world.lock:
        return answer(world, place, place.calendar, question)


def _query(world: World, place: Place, calendar: Calendar, question: Element) -> Response:
    living = [each for each in resources(world, calendar) if each.live]
    found = filters.chosen(world, calendar, living, question)
    return multistatus([_answer(world, place, each, question) for each in found])


def _multiget(world: World, place: Place, calendar: Calendar, question: Element) -> Response:
    living = {each.name: each for each in resources(world, calendar) if each.live}
    answers = []
    for link in question.findall(f"{D}href"):
        path = urlsplit((link.text or "").strip()).path
        there = living.get(unquote(path.rpartition("/")[2]))
        answers.append(_answer(world, place, there, question) if there else gone(path))
    return multistatus(answers)


def _sync(world: World, place: Place, calendar: Calendar, question: Element) -> Response:
    token = (question.findtext(f"{D}sync-token") or "").strip()
    since = number_of(world, calendar, token) if token else 0
    if since is None:
        return refused(403, f"{D}valid-sync-token")
    known = resources(world, calendar)
    there = {each.name for each in known if each.live}
    answers = [
        _answer(world, place, each, question) if each.live else gone(place.within(each).path)
        for each in known
        # Who reads for the first time need not hear of what is gone.
        if each.number > since and (each.live or (token and each.name not in there))
    ]
    return multistatus(answers, element(f"{D}sync-token", sync_token(world, calendar)))


def _free_busy(world: World, _: Place, calendar: Calendar, question: Element) -> Response:
    found = question.find(f"{C}time-range")
    if found is None:
        raise BadQuestion
    start, end = filters.time_range(found)
    taking = [
        each
        for each in world.instances(calendar.id, start, end)
        if takes_time(each, calendar.owner)
    ]
    lines = []
    for kind, status in (("BUSY", "confirmed"), ("BUSY-TENTATIVE", "tentative")):
        spans = [span(each, calendar.timezone) for each in taking if each["status"] == status]
        for since, until in merged((max(a, start), min(b, end)) for a, b in spans):
            period = f"{since:%Y%m%dT%H%M%SZ}/{until:%Y%m%dT%H%M%SZ}"
            lines.append(f"FREEBUSY;FBTYPE={kind}:{period}")
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Common Hour//sandbox//EN"]
    body = [
        "BEGIN:VFREEBUSY",
        f"DTSTAMP:{world.clock.now():%Y%m%dT%H%M%SZ}",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{end:%Y%m%dT%H%M%SZ}",
        *lines,
        "END:VFREEBUSY",
    ]
    return Response(text([*head, *body, "END:VCALENDAR"]), mimetype="text/calendar")


def _answer(world: World, place: Place, found: Resource, question: Element) -> Element:
    """Return the DAV:response of a resource with what the report asks of it."""
    prop = question.find(f"{D}prop")
    wanted = list(prop) if prop is not None else []
    tags = [each.tag for each in wanted if each.tag != f"{C}calendar-data"]
    answer = described(world, place.within(found), tags)
    for each in wanted:
        if each.tag == f"{C}calendar-data" and place.calendar is not None:
            written = filters.data(world, place.calendar, found, each)
            _into(answer, element(each.tag, written))
    return answer


def _into(answer: Element, more: Element) -> None:
    prop = answer.find(f"{D}propstat/{D}prop")
    if prop is None:
        prop = element(f"{D}prop")
        status = element(f"{D}status", "HTTP/1.1 200 OK")
        answer.append(element(f"{D}propstat", prop, status))
    prop.append(more)


_REPORTS: Mapping[str, Callable[[World, Place, Calendar, Element], Response]] = {
    f"{C}calendar-query": _query,
    f"{C}calendar-multiget": _multiget,
    f"{D}sync-collection": _sync,
    f"{C}free-busy-query": _free_busy,
}
