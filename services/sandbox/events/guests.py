"""An event on the calendars of its guests: copies, answers on their way back, cancellations.

A copy has the id and the `iCalUID` of the organizer's event. Its owner decides about some fields
alone; of the others, only the organizer's change counts.
"""

from typing import TYPE_CHECKING, Any

from services.sandbox.events.busy import guest
from services.sandbox.events.expansion import found_by_id
from services.sandbox.events.times import Event

if TYPE_CHECKING:
    from services.sandbox.world import World

OWN = ("reminders", "transparency", "visibility", "colorId", "outlook", "etag", "updated")
"""Fields of a copy that are its owner's, besides private properties and the own answer."""

_SEEN_AT_OUTLOOK = (
    "contentType", "startZone", "endZone", "isOnlineMeeting", "onlineMeetingProvider",
    "onlineMeeting", "allowNewTimeProposals", "responseRequested", "hideAttendees",
)  # fmt: skip
"""What only Outlook knows of an event, and its guests there as well."""


def organizes(event: Event, calendar_id: str) -> bool:
    """Whether this calendar holds the organizer's own event."""
    return bool(event["organizer"].get("email", "").lower() == calendar_id.lower())


def spread(world: "World", calendar_id: str, before: Event | None, after: Event, by: str) -> None:
    """Carry a change on: an organizer's to every guest here, a guest's answer to the organizer."""
    if organizes(after, calendar_id):
        for email in _guests(before) | _guests(after):
            if email in world.people and email != calendar_id:
                for each in (after, *_apart(world, calendar_id, after)):
                    _copy(world, email, each, by)
    else:
        _answer(world, calendar_id, after, by)


def _apart(world: "World", calendar_id: str, series: Event) -> list[Event]:
    """Return the instances that do not go with their series.

    Those it has no more: whoever is invited later has not, either. At Google those as well that
    have guests of their own, who keep them when they leave the series; at Outlook they do not.
    """
    found = world.shelf(calendar_id).exceptions(series["id"])
    ours = world.person(calendar_id).host == "google" if calendar_id in world.people else False
    return [each for each in found if _is_off(each) or (ours and not _is_off(series))]


def _guests(event: Event | None) -> set[str]:
    return {each["email"].lower() for each in (event or {}).get("attendees", [])}


def _copy(world: "World", email: str, event: Event, by: str) -> None:
    existing = world.shelf(email).get(event["id"])
    if existing is not None and existing.get("iCalUID") != event["iCalUID"]:
        return  # the guest has something else under that id; Google would find another
    invited = guest(event, email) is not None and event["status"] != "cancelled"
    gone = not _has_series(world, email, event) if existing is None else _is_off(existing)
    if not invited and gone:
        return
    if existing is not None and _left(existing, event):
        return
    copy = _as_seen_by(event, email, existing)
    if world.person(email).host != "google":
        copy |= _at_outlook(event, existing)
    if not invited:
        copy["status"] = "cancelled"
    if existing is None or _content(copy) != _content(existing):
        world.put(email, copy, by=by)


def _has_series(world: "World", email: str, instance: Event) -> bool:
    series = world.shelf(email).get(instance.get("recurringEventId", ""))
    return series is not None and not _is_off(series)


def _is_off(event: Event) -> bool:
    return bool(event["status"] == "cancelled")


def _left(existing: Event, event: Event) -> bool:
    """Whether its owner took it from the calendar at Outlook, and nothing has moved since."""
    left = _is_off(existing) and bool(existing.get("outlook", {}).get("left"))
    return left and all(
        existing.get(name) == event.get(name) for name in ("start", "end", "recurrence")
    )


def _at_outlook(event: Event, existing: Event | None) -> Event:
    known = event.get("outlook", {})
    seen = {name: known[name] for name in _SEEN_AT_OUTLOOK if name in known}
    own = (existing or {}).get("outlook", {}) | seen
    return {"outlook": own} if own else {}


def _as_seen_by(event: Event, email: str, existing: Event | None) -> Event:
    shared = {name: value for name, value in event.items() if name not in (*OWN, "attendees")}
    own = {name: existing[name] for name in OWN if existing and name in existing}
    copy: Event = {**shared, **own}
    copy["creator"] = _unless_self(event["creator"], email)
    copy["organizer"] = _unless_self(event["organizer"], email)
    copy["attendees"] = seen_by(email, event.get("attendees", []))
    shared_properties = event.get("extendedProperties", {}).get("shared")
    private = (existing or {}).get("extendedProperties", {}).get("private")
    properties = {"shared": shared_properties, "private": private}
    copy.pop("extendedProperties", None)
    if any(properties.values()):
        copy["extendedProperties"] = {name: each for name, each in properties.items() if each}
    return copy


def seen_by(email: str, attendees: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the attendees with `self` at the one who looks."""
    return [_unless_self(each, email) for each in attendees]


def _unless_self(someone: dict[str, Any], email: str) -> dict[str, Any]:
    plain = {name: value for name, value in someone.items() if name != "self"}
    return {**plain, "self": True} if plain.get("email", "").lower() == email.lower() else plain


def _answer(world: "World", calendar_id: str, after: Event, by: str) -> None:
    if after.get("outlook", {}).get("silent"):
        return  # at Outlook one may answer, or delete an invitation, without telling
    host = after["organizer"].get("email", "")
    original = _original(world, host, after)
    mine = guest(after, calendar_id)
    theirs = guest(original, calendar_id) if original else None
    if original is None or mine is None or theirs is None or _is_off(original):
        return
    if _is_off(after):
        mine["responseStatus"] = "declined"  # who deletes an invitation declines it
    if _said(mine) == _said(theirs):
        return
    answered = {**theirs, **_said(mine)}
    attendees = [
        answered if each["email"].lower() == calendar_id.lower() else each
        for each in original["attendees"]
    ]
    world.put(host, {**original, "attendees": attendees}, by=by)


def _original(world: "World", host: str, copy: Event) -> Event | None:
    """Return the organizer's event; of an instance that only a guest has changed, too."""
    try:
        shelf, own_zone = world.shelf(host), world.calendar(host).timezone
    except KeyError:
        return None  # the organizer is not here
    series = shelf.get(copy.get("recurringEventId", ""))
    alone = found_by_id(series, copy["id"], own_zone) if series else None
    return shelf.get(copy["id"]) or alone


def _said(attendee: dict[str, Any]) -> dict[str, Any]:
    said = ("responseStatus", "comment", "additionalGuests")
    return {name: attendee[name] for name in said if name in attendee}


def _content(event: Event) -> Event:
    passing = ("etag", "updated", "sequence", "created", "htmlLink")
    return {name: value for name, value in event.items() if name not in passing}
