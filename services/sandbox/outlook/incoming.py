"""What a client sends as an event of Graph, turned into the world's own words.

What only Outlook knows stays under the event's `outlook`, by Graph's names.
"""

import re
from collections.abc import Callable
from datetime import datetime, time
from secrets import token_hex
from typing import Any

from services.sandbox.events.busy import guest
from services.sandbox.events.incoming import check_whole
from services.sandbox.events.shapes import Unfit
from services.sandbox.events.times import Event, When, is_all_day, moment, wall_at
from services.sandbox.outlook.errors import Refusal
from services.sandbox.outlook.patterns import first_day, lines_of
from services.sandbox.outlook.shapes import FREE, JSON
from services.sandbox.outlook.zones import known_zone

_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_MOST_GUESTS = 500
_AS_THEY_COME = (
    "isReminderOn", "reminderMinutesBeforeStart", "categories", "importance", "transactionId",
    "allowNewTimeProposals", "responseRequested", "hideAttendees", "showAs", "sensitivity",
)  # fmt: skip
_VISIBLE = {"private": "private", "confidential": "confidential"}

BEGUN: Event = {"outlook": {"isReminderOn": True, "reminderMinutesBeforeStart": 15}}
"""What an event is that says nothing about itself."""


def made(told: JSON, own_zone: str) -> Event:
    """Return a new event of what was told. Raises Refusal (400) if it does not hold together."""
    for name in ("start", "end"):
        if not told.get(name):
            raise _bad(f"Required property '{name}' is missing.")
    identity = {"iCalUID": f"040000008200E00074C5B7101A82E008{token_hex(20).upper()}"}
    return _with({**BEGUN, **identity}, {"showAs": "busy", **told}, own_zone)


def changed(before: Event, told: JSON, own_zone: str) -> Event:
    """Return the event with what was told: null clears a field, a list comes whole.

    Raises Refusal (400) if it does not hold together.
    """
    known = before.get("outlook", {}).get("transactionId")
    if told.get("transactionId", known) != known:
        raise _bad("The property 'transactionId' is set when an event is created.")
    return _with(before, told, own_zone)


def _with(before: Event, told: JSON, own_zone: str) -> Event:
    outlook = {name: told[name] for name in _AS_THEY_COME if name in told}
    after: Event = {}
    for name, turn in _TURNS.items():
        if name in told:
            turned, own = turn(told[name], before)
            after, outlook = after | turned, outlook | own
    if {"start", "end", "isAllDay"} & set(told):
        turned, own = _times(told, before, own_zone)
        after, outlook = after | turned, outlook | own
    whole = _merged(before, after)
    if kept := _merged(before.get("outlook", {}), outlook):
        whole["outlook"] = kept
    if "recurrence" in told:
        whole = _repeated(whole, told["recurrence"], own_zone)
    elif "start" in after:
        whole = _from_its_first_day(whole, own_zone)
    return _checked(whole, own_zone)


def _merged(before: JSON, told: JSON) -> JSON:
    return {name: value for name, value in (before | told).items() if value is not None}


Turned = tuple[Event, JSON]
"""Fields of an event, and fields of its `outlook`; None: there is none any more."""


def _body(said: JSON | None, _: Event) -> Turned:
    said = said or {}
    kind = (said.get("contentType") or "text").lower()
    if kind not in ("text", "html"):
        raise _bad(f"There is no body of the type '{kind}'.")
    return {"description": said.get("content") or None}, {"contentType": kind}


def _place(said: JSON | None, _: Event) -> Turned:
    return {"location": (said or {}).get("displayName") or None}, {}


def _places(said: list[JSON] | None, before: Event) -> Turned:
    return _place(said[0] if said else None, before)


def _guests(said: list[JSON] | None, before: Event) -> Turned:
    guests = [_guest(each, before) for each in said or []]
    if len({each["email"].lower() for each in guests}) != len(guests):
        raise _bad("An attendee is named twice.")
    if len(guests) > _MOST_GUESTS:
        raise Refusal(400, "ErrorExceededMaxRecipientLimit", "There are too many attendees.")
    return {"attendees": guests or None}, {}


def _guest(said: JSON, before: Event) -> JSON:
    named = said.get("emailAddress") or {}
    email = named.get("address") or ""
    if not _EMAIL.fullmatch(email):
        raise Refusal(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
    known = guest(before, email) or {}
    kept = ("responseStatus", "comment", "self", "additionalGuests")
    answer: JSON = {name: known[name] for name in kept if name in known}
    marks = {
        "displayName": named.get("name") or known.get("displayName"),
        "optional": said.get("type") == "optional" or None,
        "resource": said.get("type") == "resource" or None,
    }
    return {"email": email, **answer, **{name: each for name, each in marks.items() if each}}


def _properties(said: list[JSON] | None, before: Event) -> Turned:
    """Those that are named change, the others stay."""
    known = {each["id"]: each for each in before.get("outlook", {}).get("properties", [])}
    for each in said or []:
        if not each.get("id"):
            raise Refusal(400, "ErrorInvalidExtendedProperty", "A property has no id.")
        known[each["id"]] = each
    return {}, {"properties": list(known.values())}


_TURNS: dict[str, Callable[[Any, Event], Turned]] = {
    "subject": lambda said, _: ({"summary": said or None}, {}),
    "body": _body,
    "locations": _places,
    "location": _place,
    "attendees": _guests,
    "showAs": lambda said, _: ({"transparency": "transparent" if said in FREE else "opaque"}, {}),
    "sensitivity": lambda said, _: ({"visibility": _VISIBLE.get(said or "")}, {}),
    "singleValueExtendedProperties": _properties,
}


def _times(told: JSON, before: Event, own_zone: str) -> Turned:
    was = "start" in before and is_all_day(before)
    all_day = bool(told.get("isAllDay", was))
    ends, zones = {}, {}
    for name in ("start", "end"):
        if name in told or all_day != was:
            wall, zones[f"{name}Zone"] = _wall(name, told, before, own_zone)
            ends[name] = _when(wall, zones[f"{name}Zone"], all_day=all_day)
    if all_day and len({known_zone(each) for each in zones.values()}) > 1:
        raise _bad("The start and the end of an all-day event are in one time zone.")
    return ends, zones


def _wall(name: str, told: JSON, before: Event, own_zone: str) -> tuple[datetime, str]:
    """Return what the clocks show then, and the name of their zone as it was sent."""
    if name not in told:
        named = before.get("outlook", {}).get(f"{name}Zone") or before[name].get("timeZone")
        named = named or own_zone
        return wall_at(moment(before[name], own_zone), known_zone(named)), named
    said = told[name] or {}
    named = said.get("timeZone") or "UTC"
    place = known_zone(named)
    try:
        wall = datetime.fromisoformat(said.get("dateTime") or "")
    except ValueError:
        raise _bad(f"The value of the property '{name}' is no time.") from None
    return (wall_at(wall, place) if wall.tzinfo else wall).replace(microsecond=0), named


def _when(wall: datetime, named: str, *, all_day: bool) -> When:
    if not all_day:
        return {"dateTime": wall.isoformat(), "timeZone": known_zone(named)}
    if wall.time() != time():
        raise _bad("An all-day event begins and ends at midnight.")
    return {"date": wall.date().isoformat()}


def _repeated(event: Event, said: JSON | None, own_zone: str) -> Event:
    if said is None:
        return {name: value for name, value in event.items() if name != "recurrence"}
    if "recurringEventId" in event:
        raise Refusal(400, "ErrorRecurrenceHasNoOccurrence", "An occurrence does not recur.")
    place, start = _begins(event, own_zone)
    said_lines = lines_of(said, start.date(), place, all_day=is_all_day(event))
    return _from_its_first_day({**event, "recurrence": said_lines}, own_zone)


def _from_its_first_day(event: Event, own_zone: str) -> Event:
    """Return the series with the start of its first occurrence, which may be days later."""
    if "recurrence" not in event:
        return event
    _, start = _begins(event, own_zone)
    later = first_day(event["recurrence"], start.date()) - start.date()
    if not later:
        return event
    all_day, moved = is_all_day(event), {}
    for name in ("start", "end"):
        place = event[name].get("timeZone") or own_zone
        wall = wall_at(moment(event[name], own_zone), place) + later
        moved[name] = _when(wall, place, all_day=all_day)
    return {**event, **moved}


def _begins(event: Event, own_zone: str) -> tuple[str, datetime]:
    place = event["start"].get("timeZone") or own_zone
    return place, wall_at(moment(event["start"], own_zone), place)


def _checked(event: Event, own_zone: str) -> Event:
    try:
        check_whole(event, own_zone)
    except Unfit as unfit:
        raise _bad(unfit.message) from None
    return event


def _bad(message: str) -> Refusal:
    return Refusal(400, "ErrorPropertyValidationFailure", message)
