"""What a client sends as an event: checked, and without what only the host writes."""

import re
from datetime import date, datetime
from typing import Any

from scheduler.errors import UnknownZone
from scheduler.model.zone import zone
from services.sandbox.events.rules import check_recurrence
from services.sandbox.events.shapes import EVENT, Unfit, check
from services.sandbox.events.times import Event, When, span

HOST_WRITES = (
    "kind", "etag", "htmlLink", "created", "updated", "creator", "organizer", "hangoutLink",
    "locked", "privateCopy", "recurringEventId", "originalStartTime", "endTimeUnspecified",
)  # fmt: skip
"""Fields that are ignored, wherever they come from: clients send back what they read."""

_ID = re.compile(r"[a-v0-9]{5,1024}")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_PROPERTIES = {
    "outOfOffice": "outOfOfficeProperties",
    "focusTime": "focusTimeProperties",
    "workingLocation": "workingLocationProperties",
    "birthday": "birthdayProperties",
}


def readable(sent: dict[str, Any]) -> dict[str, Any]:
    """Return what counts of it, with every field of its type. Raises Unfit."""
    check(sent, EVENT, "")
    told = {name: value for name, value in sent.items() if name not in HOST_WRITES}
    if told.get("attendees"):
        told["attendees"] = [_guest(each) for each in told["attendees"]]
    return told


def check_new(told: dict[str, Any], *, main: bool) -> None:
    """Refuse what no event can begin as."""
    if "id" in told and "iCalUID" in told:
        raise Unfit("invalid", "Give an id or an iCalUID, not both.", "id")
    if "id" in told and not _ID.fullmatch(told["id"]):
        raise Unfit("invalid", "Invalid resource id value.", "id")
    kind = told.get("eventType", "default")
    if kind == "fromGmail":
        raise Unfit("eventTypeRestriction", "This event type cannot be created.", "eventType")
    if kind in _PROPERTIES and not main:
        raise Unfit("invalid", "This event type belongs on the primary calendar.", "eventType")


def check_whole(event: Event, zone_name: str) -> None:
    """Refuse an event that does not hold together. Raises Unfit."""
    for name in ("start", "end"):
        if not event.get(name):
            raise Unfit("required", f"Missing {name} time.", name)
        _check_when(event[name], name, repeats="recurrence" in event)
    if ("date" in event["start"]) != ("date" in event["end"]):
        raise Unfit("invalid", "Start and end times must either both be date or both be dateTime.")
    start, end = span(event, zone_name)
    if end < start or ("date" in event["start"] and end == start):
        raise Unfit("timeRangeEmpty", "The specified time range is empty.", "end")
    if event.get("recurrence"):
        check_recurrence(event, zone_name)
    _check_kind(event)


def _check_when(when: When, name: str, *, repeats: bool) -> None:
    if ("date" in when) == ("dateTime" in when):
        raise Unfit("invalid", f"Invalid {name} time.", name)
    place = when.get("timeZone")
    try:
        if place is not None:
            zone(place)
        said = datetime.fromisoformat(when.get("dateTime") or when["date"])
        if "date" in when:
            date.fromisoformat(when["date"])
            place = ""  # a day is a day wherever the calendar is
    except (ValueError, UnknownZone):
        raise Unfit("invalid", f"Invalid value for {name} time.", name) from None
    if not 1900 <= said.year < 9000:
        raise Unfit("invalid", f"Invalid value for {name} time.", name)
    if place is None and (said.tzinfo is None or repeats):
        raise Unfit("required", f"Missing time zone definition for {name} time.", name)


def _check_kind(event: Event) -> None:
    kind = event.get("eventType", "default")
    for other, name in _PROPERTIES.items():
        if name in event and other != kind:
            raise Unfit("malformedEventTypeProperties", f"{name} is for {other} only.", name)
    if kind in ("outOfOffice", "focusTime"):
        if "date" in event["start"]:
            raise Unfit("invalid", "An event of this type cannot be an all-day event.", "start")
        if event.get("attendees"):
            raise Unfit("invalid", "An event of this type cannot have attendees.", "attendees")
    if kind == "workingLocation" and "workingLocationProperties" not in event:
        raise Unfit("required", "Missing workingLocationProperties.", "workingLocationProperties")


def _guest(guest: dict[str, Any]) -> dict[str, Any]:
    if not _EMAIL.fullmatch(guest.get("email") or ""):
        raise Unfit("invalid", "Invalid attendee email.", "attendees.email")
    return {name: value for name, value in guest.items() if name not in ("self", "organizer")}
