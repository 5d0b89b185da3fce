"""The event that an id names: a stored one, or an instance that only its series knows."""

from flask import request

from services.sandbox.events.expansion import found_by_id
from services.sandbox.events.series import moment_of
from services.sandbox.events.times import Event
from services.sandbox.google.access import Visit
from services.sandbox.google.errors import Refusal
from services.sandbox.world import World


def event_there(world: World, here: Visit, event_id: str) -> Event:
    """Return the event, cancelled ones too. Raises Refusal (404)."""
    shelf = world.shelf(here.calendar.id)
    stored = shelf.get(event_id)
    if stored is not None:
        return stored
    own_zone = here.calendar.timezone
    series = shelf.get(event_id.rpartition("_")[0])
    instance = found_by_id(series, event_id, own_zone) if series else None
    if instance is None:
        raise Refusal(404, "notFound", "Not Found")
    for each in shelf.exceptions(instance["recurringEventId"]):
        if moment_of(each, own_zone) == moment_of(instance, own_zone):
            return each
    return instance


def match(event: Event) -> Event:
    """Return the event if it is as the client knows it (`If-Match`). Raises Refusal (412)."""
    known = request.headers.get("If-Match")
    if known is not None and known != "*":
        tags = [each.strip().removeprefix("W/") for each in known.split(",")]
        if event["etag"] not in tags:
            raise Refusal(412, "conditionNotMet", "Precondition Failed", location="If-Match")
    return event
