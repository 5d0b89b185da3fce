"""Events as the API tells them: in the zone that is asked for, and no more than may be seen."""

from collections.abc import Iterable
from typing import Any

from flask import request

from services.sandbox.events.busy import guest
from services.sandbox.events.times import Event, in_zone
from services.sandbox.google import asking
from services.sandbox.google.access import Visit

AVAILABILITY = (
    "kind", "etag", "id", "status", "start", "end", "transparency", "visibility", "eventType",
    "recurrence", "recurringEventId", "originalStartTime", "updated", "created",
)  # fmt: skip
"""What there is to see with `calendar.events.freebusy`."""

_OF_A_DELETED = ("kind", "etag", "id", "status", "recurringEventId", "originalStartTime")
_UNSAID = {"transparency": "opaque", "visibility": "default"}


def shown(event: Event, visit: Visit) -> Event:
    """Return the event as this visitor sees it."""
    own = visit.calendar.timezone
    told = in_zone(event, own, shown_in=asking.place(own))
    told = {name: value for name, value in told.items() if _UNSAID.get(name) != value}
    told.pop("outlook", None)  # Google knows nothing of it
    if visit.free_only:
        return {name: told[name] for name in AVAILABILITY if name in told}
    if "attendees" in told:
        told |= _attendees(told["attendees"], visit.calendar.owner)
    return told


def listed(events: Iterable[Event], visit: Visit) -> list[Event]:
    """Return them as a list tells them: of a deleted one, little more than its name."""
    return [_stub(each) if each["status"] == "cancelled" else each for each in
            (shown(event, visit) for event in events)]  # fmt: skip


def head(visit: Visit, updated: str) -> dict[str, Any]:
    """Return what a list of events says of itself."""
    calendar = visit.calendar
    return {
        "kind": "calendar#events",
        "etag": f'"{updated}"',
        "summary": calendar.name,
        "updated": updated,
        "timeZone": asking.place(calendar.timezone),
        "accessRole": "freeBusyReader" if visit.free_only else "owner",
        "defaultReminders": [{"method": "popup", "minutes": 10}] if calendar.main else [],
    }


def _stub(event: Event) -> Event:
    return {name: event[name] for name in _OF_A_DELETED if name in event}


def _attendees(attendees: list[dict[str, Any]], owner: str) -> Event:
    most = request.args.get("maxAttendees", type=int)
    if most is None or len(attendees) <= most:
        return {}
    mine = guest({"attendees": attendees}, owner)
    return {"attendees": [mine] if mine else [], "attendeesOmitted": True}
