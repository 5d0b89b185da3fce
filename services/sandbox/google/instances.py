"""events.instances: the happenings of one series."""

from typing import Any

from flask import Blueprint

from services.sandbox.events.times import Event, moment, stamp
from services.sandbox.google import asking
from services.sandbox.google.access import READ_EVENTS, Visit, visit
from services.sandbox.google.events import EVENT
from services.sandbox.google.finding import event_there
from services.sandbox.google.listing import Wanted, happenings
from services.sandbox.google.paging import Key, next_page, page_after
from services.sandbox.google.wire import head, listed
from services.sandbox.world import World


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add this endpoint."""

    @blueprint.get(f"{EVENT}/instances")
    def list_instances(calendar_id: str, event_id: str) -> dict[str, Any]:
        here = visit(world, calendar_id, *READ_EVENTS)
        with world.lock:
            return _list(world, here, event_there(world, here, event_id))


def _list(world: World, here: Visit, series: Event) -> dict[str, Any]:
    start, end = asking.moment("timeMin"), asking.moment("timeMax")
    asking.between(start, end)
    original = asking.word("originalStart")
    deleted = asking.flag("showDeleted") or False
    wanted = Wanted(start=start, end=end, expanded=True, deleted=deleted)
    keyed = [
        (_key(each, here), each)
        for each in happenings(world, here.calendar, series, wanted)
        if original is None or _began(each, here, original)
    ]
    stands = page_after([stamp(world.clock.now())])
    items, page = next_page(keyed, stands, asking.size(250, 2500))
    answer = head(here, stands["noted"][0]) | {"items": listed(items, here)}
    return answer | ({"nextPageToken": page} if page else {})


def _key(event: Event, here: Visit) -> Key:
    at = moment(event.get("originalStartTime") or event["start"], here.calendar.timezone)
    return [at.isoformat(), event["id"]]


def _began(event: Event, here: Visit, original: str) -> bool:
    if "originalStartTime" not in event:
        return False
    when = event["originalStartTime"]
    if "date" in when:
        return bool(when["date"] == original[:10])
    at = asking.rfc3339("originalStart", original)
    return moment(when, here.calendar.timezone) == at
