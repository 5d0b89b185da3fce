"""Events of a calendar: listed, read, made, changed and deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, jsonify

from services.sandbox.events.guests import organizes
from services.sandbox.events.times import Event, in_zone
from services.sandbox.outlook import asking, mails
from services.sandbox.outlook.access import (
    READ_BASIC,
    WRITE,
    Visit,
    at_each_calendar,
    visit,
    visit_event,
)
from services.sandbox.outlook.errors import Refusal
from services.sandbox.outlook.finding import event_there, match
from services.sandbox.outlook.incoming import changed, made
from services.sandbox.outlook.meetings import with_meeting
from services.sandbox.outlook.occurrences import begins_anew, check_place
from services.sandbox.outlook.properties import expanded, matches
from services.sandbox.outlook.shapes import JSON, readable
from services.sandbox.outlook.showing import lingers
from services.sandbox.outlook.views import in_order, page
from services.sandbox.outlook.wire import etag, graph_event, shown
from services.sandbox.world import World

EVENT = "/events/<event_id>"


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add these endpoints."""

    def list_events(mailbox: str, calendar_id: str) -> JSON:
        here = visit(world, mailbox, calendar_id, *READ_BASIC)
        with world.lock:
            return page(world, here, in_order(_listed(world, here), here))

    def get_event(mailbox: str, calendar_id: str, event_id: str) -> Response:
        here, named = visit_event(world, mailbox, calendar_id, event_id, *READ_BASIC)
        return _answer(world, here, event_there(world, here, named))

    def instances(mailbox: str, calendar_id: str, event_id: str) -> JSON:
        here, named = visit_event(world, mailbox, calendar_id, event_id, *READ_BASIC)
        start, end = asking.window()
        with world.lock:
            series = event_there(world, here, named)
            found = world.instances(here.calendar.id, start, end)
            own = [each for each in found if each.get("recurringEventId") == series["id"]]
            return page(world, here, in_order(own, here))

    def create(mailbox: str, calendar_id: str) -> Response:
        here, told = visit(world, mailbox, calendar_id, *WRITE), readable(asking.body())
        with world.lock:
            return _answer(world, here, _create(world, here, told), 201)

    def change(mailbox: str, calendar_id: str, event_id: str) -> Response:
        with at_event(world, mailbox, calendar_id, event_id) as (here, before):
            return _answer(world, here, _change(world, here, before, readable(asking.body())))

    def delete(mailbox: str, calendar_id: str, event_id: str) -> Response:
        with at_event(world, mailbox, calendar_id, event_id) as (here, before):
            remove(world, here, before)
            mails.called_off(world, here, before)
            return Response(status=204)

    at_each_calendar(blueprint, "/events", list_events)
    at_each_calendar(blueprint, "/events", create, ["POST"])
    at_each_calendar(blueprint, EVENT, get_event)
    at_each_calendar(blueprint, EVENT, change, ["PATCH"])
    at_each_calendar(blueprint, EVENT, delete, ["DELETE"])
    at_each_calendar(blueprint, f"{EVENT}/instances", instances)


@contextmanager
def at_event(
    world: World, mailbox: str, calendar_id: str, event_id: str
) -> Iterator[tuple[Visit, Event]]:
    """Let whoever may write to an event, as they know it; nobody else writes meanwhile."""
    here, named = visit_event(world, mailbox, calendar_id, event_id, *WRITE)
    with world.lock:
        yield here, match(event_there(world, here, named))


def remove(world: World, here: Visit, event: Event) -> None:
    """Take an event out of this calendar: an organizer's is called off for everybody.

    The organizer hears nothing of a guest who merely deletes it.
    """
    gone = {**event, "status": "cancelled"}
    if not organizes(event, here.calendar.id):
        gone["outlook"] = {**event.get("outlook", {}), "silent": True, "left": True}
    world.put(here.calendar.id, gone, by=here.by)


def _answer(world: World, here: Visit, event: Event, status: int = 200) -> Response:
    told = shown(world, here, event)
    answer = jsonify(told if here.basic else expanded(told, event))
    answer.status_code = status
    answer.headers["ETag"] = etag(event)
    return answer


def _listed(world: World, here: Visit) -> list[Event]:
    """Return series and single events, without occurrences, as far as `$filter` wants them."""
    return [
        each
        for each in world.events(here.calendar.id)
        if (each["status"] != "cancelled" or lingers(each, here.calendar))
        and "recurringEventId" not in each
        and matches(graph_event(world, here.calendar, each), each)
    ]


def _create(world: World, here: Visit, told: JSON) -> Event:
    known = _made_before(world, here, told.get("transactionId"))
    if known is not None:
        return known
    event = made(told, here.calendar.timezone)
    event = with_meeting(event, told, offered=_offered(world, here))
    after = world.put(here.calendar.id, event, by=here.by)
    mails.invited(world, here, after)
    return after


def _made_before(world: World, here: Visit, transaction: Any) -> Event | None:
    """Return the event that the same request made when it came before."""
    for each in world.events(here.calendar.id) if transaction else ():
        same = each.get("outlook", {}).get("transactionId") == transaction
        if same and each["status"] != "cancelled" and "recurringEventId" not in each:
            return each
    return None


def _change(world: World, here: Visit, before: Event, told: JSON) -> Event:
    own_zone = here.calendar.timezone
    after = changed(before, told, own_zone)
    if organizes(before, here.calendar.id):
        after = with_meeting(after, told, offered=_offered(world, here))
        if begins_anew(before, after, own_zone):
            after = _unanswered(after)
    else:
        _check_guest(before, after, own_zone)
    if "recurringEventId" in after:
        check_place(world, here, after)
    kept = world.put(here.calendar.id, after, by=here.by)
    mails.updated(world, here, before, kept, told)
    return kept


def _offered(world: World, here: Visit) -> bool:
    return world.person(here.calendar.owner).host == "work"


def _unanswered(event: Event) -> Event:
    guests = [
        each if each.get("organizer") else {**each, "responseStatus": "needsAction"}
        for each in event.get("attendees", [])
    ]
    return {**event, "attendees": guests} if guests else event


def _check_guest(before: Event, after: Event, own_zone: str) -> None:
    """Refuse what only the organizer changes."""
    known, told = in_zone(before, own_zone), in_zone(after, own_zone)
    own = ("outlook", "transparency", "visibility")
    if any(known.get(name) != told.get(name) for name in {*known, *told} - {*own}):
        raise Refusal(403, "ErrorAccessDenied", "Only the organizer can change this of a meeting.")
