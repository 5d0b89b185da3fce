"""events.list, get, insert, update, patch and delete."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, jsonify, request

from services.sandbox.events.guests import organizes
from services.sandbox.events.incoming import check_new, check_whole, readable
from services.sandbox.events.shapes import Unfit
from services.sandbox.events.times import Event, span, stamp
from services.sandbox.google import asking
from services.sandbox.google.access import READ_EVENTS, WRITE_EVENTS, Visit, visit
from services.sandbox.google.changes import merged, own_part, replaced, stated
from services.sandbox.google.errors import Refusal
from services.sandbox.google.finding import event_there, match
from services.sandbox.google.listing import found
from services.sandbox.google.mails import sent_mails
from services.sandbox.google.meet import with_meeting
from services.sandbox.google.paging import Key, next_page, page_after
from services.sandbox.google.questions import sync_token, wanted_list
from services.sandbox.google.wire import head, listed, shown
from services.sandbox.world import World

EVENTS = "/calendars/<calendar_id>/events"
EVENT = f"{EVENTS}/<event_id>"


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add these endpoints."""

    @blueprint.get(EVENTS)
    def list_events(calendar_id: str) -> dict[str, Any]:
        with world.lock:
            return _list(world, visit(world, calendar_id, *READ_EVENTS))

    @blueprint.get(EVENT)
    def get_event(calendar_id: str, event_id: str) -> Response:
        here = visit(world, calendar_id, *READ_EVENTS)
        event = event_there(world, here, event_id)
        if request.headers.get("If-None-Match") in (event["etag"], "*"):
            return Response(status=304, headers={"ETag": event["etag"]})
        return _answer(event, here)

    @blueprint.post(EVENTS)
    def insert(calendar_id: str) -> Response:
        with _writing(world, calendar_id) as here:
            return _answer(_insert(world, here, asking.body()), here)

    @blueprint.patch(EVENT)
    def patch(calendar_id: str, event_id: str) -> Response:
        with _writing(world, calendar_id) as here:
            before = match(event_there(world, here, event_id))
            after = merged(before, readable(asking.body()), here)
            return _answer(_change(world, here, before, after), here)

    @blueprint.put(EVENT)
    def update(calendar_id: str, event_id: str) -> Response:
        with _writing(world, calendar_id) as here:
            before = match(event_there(world, here, event_id))
            after = replaced(before, readable(asking.body()), here)
            return _answer(_change(world, here, before, after), here)

    @blueprint.delete(EVENT)
    def delete(calendar_id: str, event_id: str) -> Response:
        with _writing(world, calendar_id) as here:
            before = match(event_there(world, here, event_id))
            if before["status"] == "cancelled":
                raise Refusal(410, "deleted", "Resource has been deleted")
            after = world.put(here.calendar.id, {**before, "status": "cancelled"}, by=here.by)
            sent_mails(world, here, before, after)
            return Response(status=204)


@contextmanager
def _writing(world: World, calendar_id: str) -> Iterator[Visit]:
    here = visit(world, calendar_id, *WRITE_EVENTS)
    asking.word("sendUpdates", "all", "externalOnly", "none")
    try:
        with world.lock:
            yield here
    except Unfit as unfit:
        raise Refusal(400, unfit.reason, unfit.message, location=unfit.location) from unfit


def _answer(event: Event, here: Visit) -> Response:
    answer = jsonify(shown(event, here))
    answer.headers["ETag"] = event["etag"]
    return answer


def _list(world: World, here: Visit) -> dict[str, Any]:
    wanted = wanted_list(world, here)
    stands = page_after([world.number, stamp(world.clock.now())])
    number, updated = stands["noted"]
    order = _order(request.args.get("orderBy"), here.calendar.timezone)
    keyed = [(order(each), each) for each in found(world, here.calendar, wanted)]
    items, page = next_page(keyed, stands, asking.size(250, 2500))
    answer = head(here, updated) | {"items": listed(items, here)}
    if page is not None:
        return answer | {"nextPageToken": page}
    token = sync_token(world, here, number)
    return answer | ({"nextSyncToken": token} if token else {})


def _order(by: str | None, own_zone: str) -> Any:
    def start(event: Event) -> Key:
        begins = span(event, own_zone)[0] if "start" in event else asking.FIRST
        return [begins.isoformat(), event["id"]]

    orders = {"startTime": start, "updated": lambda event: [event["updated"], event["id"]]}
    return orders.get(by or "", lambda event: [event["id"]])


def _insert(world: World, here: Visit, sent: dict[str, Any]) -> Event:
    event = with_meeting(stated(readable(sent)), {})
    check_new(event, main=here.calendar.main)
    check_whole(event, here.calendar.timezone)
    if event.get("status") == "cancelled":
        raise Refusal(400, "invalid", "Invalid value for: status", location="status")
    if world.shelf(here.calendar.id).get(event.get("id", "")) is not None:
        raise Refusal(409, "duplicate", "The requested identifier already exists.")
    after = world.put(here.calendar.id, event, by=here.by)
    sent_mails(world, here, None, after)
    return after


def _change(world: World, here: Visit, before: Event, after: Event) -> Event:
    check_whole(after, here.calendar.timezone)
    if after["eventType"] != before["eventType"]:
        raise Refusal(400, "eventTypeRestriction", "The event type cannot be changed.")
    if not organizes(before, here.calendar.id):
        after = own_part(before, after, here)
    kept = world.put(here.calendar.id, with_meeting(after, before), by=here.by)
    sent_mails(world, here, before, kept)
    return kept
