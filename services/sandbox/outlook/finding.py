"""The event that an id names: a stored one, or an instance that only its series knows."""

from flask import request

from services.sandbox.events.expansion import found_by_id
from services.sandbox.events.series import moment_of
from services.sandbox.events.times import Event
from services.sandbox.outlook.access import Visit
from services.sandbox.outlook.errors import Refusal
from services.sandbox.outlook.showing import lingers
from services.sandbox.outlook.wire import etag
from services.sandbox.world import World


def event_there(world: World, here: Visit, event_id: str) -> Event:
    """Return the event with the world's id; nothing that is gone. Raises Refusal (404)."""
    shelf, own_zone = world.shelf(here.calendar.id), here.calendar.timezone
    found = shelf.get(event_id)
    if found is None:
        series = shelf.get(event_id.rpartition("_")[0])
        found = found_by_id(series, event_id, own_zone) if series else None
        for each in shelf.exceptions(found["recurringEventId"]) if found else ():
            if found is not None and moment_of(each, own_zone) == moment_of(found, own_zone):
                found = each
    if found is None or (found["status"] == "cancelled" and not lingers(found, here.calendar)):
        raise Refusal(404, "ErrorItemNotFound")
    return found


def match(event: Event) -> Event:
    """Return the event if it is as the client knows it (`If-Match`). Raises Refusal (412)."""
    known = request.headers.get("If-Match")
    if known is not None and known != "*" and etag(event) not in known:
        raise Refusal(
            412,
            "ErrorIrresolvableConflict",
            "The send or update operation could not be performed because the change key passed"
            " in the request does not match the current change key for the item.",
        )
    return event
