"""What a patch or an update makes of an event, for its organizer and for a guest."""

from typing import Any

from services.sandbox.events.busy import guest
from services.sandbox.events.times import Event, in_zone
from services.sandbox.google.access import Visit
from services.sandbox.google.errors import Refusal

IDENTITY = (
    "id", "kind", "etag", "htmlLink", "created", "updated", "creator", "organizer", "iCalUID",
    "recurringEventId", "originalStartTime", "hangoutLink", "locked", "privateCopy", "sequence",
)  # fmt: skip
_GUESTS_OWN = (
    "attendees", "attendeesOmitted", "reminders", "transparency", "visibility", "colorId",
    "extendedProperties", "status", "etag", "updated", "sequence",
)  # fmt: skip


def merged(before: Event, told: dict[str, Any], here: Visit) -> Event:
    """Return the event with these fields; null removes one, a list comes whole."""
    told = _same_answers(before, told, here)
    changes = {name: value for name, value in told.items() if name not in IDENTITY}
    return _merged(before, changes)


def replaced(before: Event, told: dict[str, Any], here: Visit) -> Event:
    """Return an event with these fields and no others, except who it is."""
    told = _same_answers(before, told, here)
    fields = stated(told)
    kept = {name: before[name] for name in IDENTITY if name in before}
    started = {"status": "confirmed", "eventType": before["eventType"]}
    return {**started, **fields, **kept}


def stated(told: dict[str, Any]) -> dict[str, Any]:
    """Return it without the fields that are null."""
    return _merged({}, told)


def own_part(before: Event, after: Event, here: Visit) -> Event:
    """Return what a guest may change of it. Raises Refusal (403) for anything else."""
    known, told = (in_zone(each, here.calendar.timezone) for each in (before, after))
    for name, value in told.items():
        if name not in (*_GUESTS_OWN, "conferenceData") and value != known.get(name):
            raise Refusal(
                403,
                "forbiddenForNonOrganizer",
                "Shared properties can only be changed by the organizer of the event.",
                location=name,
            )
    shared = {name: value for name, value in before.items() if name not in _GUESTS_OWN}
    own = {name: after[name] for name in _GUESTS_OWN if name in after}
    properties = dict(own.get("extendedProperties", {}))
    properties["shared"] = before.get("extendedProperties", {}).get("shared")
    own["extendedProperties"] = {name: each for name, each in properties.items() if each}
    return {**shared, **own, "attendees": _own_answer(before, after, here)}


def _own_answer(before: Event, after: Event, here: Visit) -> list[dict[str, Any]]:
    mine = guest(after, here.calendar.owner) or {}
    said: dict[str, Any] = {
        name: mine[name]
        for name in ("responseStatus", "comment", "additionalGuests")
        if name in mine
    }
    return [
        {**each, **said} if each["email"].lower() == here.calendar.owner.lower() else each
        for each in before.get("attendees", [])
    ]


def _same_answers(before: Event, told: dict[str, Any], here: Visit) -> dict[str, Any]:
    """Return it with the answers that guests gave, where the client is silent about them."""
    if not told.get("attendees"):
        return told
    listed = [{**_answer_of(before, each), **each} for each in told["attendees"]]
    if told.get("attendeesOmitted"):
        # Only the sender is in the list; the others stay.
        own = [each for each in listed if each["email"].lower() == here.calendar.owner.lower()]
        others = [
            each
            for each in before.get("attendees", [])
            if each["email"].lower() != here.calendar.owner.lower()
        ]
        listed = [*others, *own]
    rest = {name: value for name, value in told.items() if name != "attendeesOmitted"}
    return {**rest, "attendees": listed}


def _answer_of(before: Event, attendee: dict[str, Any]) -> dict[str, Any]:
    known = guest(before, attendee["email"]) or {}
    return {name: known[name] for name in ("responseStatus", "self") if name in known}


def _merged(before: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    after = dict(before)
    for name, value in told.items():
        if value is None:
            after.pop(name, None)
        elif isinstance(value, dict):
            after[name] = _merged(before.get(name) or {}, value)
        else:
            after[name] = value
    return after
