"""Our own events, as Google writes them. Pure: no network, no clock.

An event of ours carries, in private properties that only its own calendar has, which event it
is and digests of what we wrote. By the first it is found at hosts that give events names of
their own; by the others we know which fields we would change ourselves, and leave alone what
only a person did.
"""

from base64 import b32hexencode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from calendar_sync.digests import digest, of_guests, read, written
from calendar_sync.google.wire import Json, attendees
from calendar_sync.provider import CalendarId, Draft
from scheduler.model.zone import zone

MARK = "commonHour"  # the property that says which of our events it is
_WROTE = "commonHourWrote"  # of each of our fields, a digest of what we last wrote
_GUESTS = "commonHourGuests"  # digests of the addresses that we invited


def event_id(calendar: CalendarId, key: str) -> str:
    """Return an event's name at Google: small base32hex, the same for the same key."""
    found = sha256(f"{calendar}\n{key}".encode()).digest()
    return b32hexencode(found).decode().rstrip("=").lower()


def search(name: str) -> str:
    """Return what finds an event of ours by its private property."""
    return f"{MARK}={name}"


def is_ours(event: Json, name: str) -> bool:
    """Whether an event that was listed is this one of ours, and has not been removed."""
    return event.get("status") != "cancelled" and name in (
        event.get("id"),
        _private(event).get(MARK),
    )


def body(name: str, draft: Draft) -> Json:
    """Return the whole event, as it is first written."""
    fields = _fields(draft)
    guests = {"attendees": [{"email": each} for each in draft.guests]} if draft.guests else {}
    return {"id": name, **fields, **guests, **_properties(name, draft, {})}


def patch(name: str, draft: Draft, there: Json) -> Json:
    """Return what of an event that is `there` has to change; nothing if we wrote all of it.

    Only fields that our draft changed since we last wrote them: a person's own changes stay,
    and so do guests whom we did not invite, and what guests answered.
    """
    private = _private(there)
    wrote = read(private.get(_WROTE, ""))
    fields = _fields(draft)
    changed = {
        each: _over(value) for each, value in fields.items() if wrote.get(each) != digest(value)
    }
    if _invited(private) != of_guests(draft.guests):
        changed["attendees"] = _merged(draft, there)
    return {**changed, **_properties(name, draft, private)} if changed else {}


def replacement(name: str, draft: Draft, there: Json) -> Json:
    """Return the event that takes the place of the one `there`, at hosts that cannot change it."""
    merged = _merged(draft, there)
    guests = {"attendees": merged} if merged else {}
    return {"id": name, **_fields(draft), **guests, **_properties(name, draft, _private(there))}


def revived(name: str, draft: Draft) -> Json:
    """Return the whole event, as it is written over one that was removed."""
    return {**body(name, draft), "status": "confirmed"}


def mails(event: Json) -> dict[str, str]:
    """Return the parameter that has guests told; nothing where we invite none."""
    invited = event.get("attendees") or _invited(_private(event))
    return {"sendUpdates": "all"} if invited else {}


def _fields(draft: Draft) -> Json:
    """Return the fields that are ours, as Google names them."""
    return {
        "summary": draft.title,
        "start": _clock(draft.when[0], draft.zone),
        "end": _clock(draft.when[1], draft.zone),
        "location": draft.place,
        "description": draft.text,
    }


def _clock(seconds: int, name: str) -> Json:
    return {"dateTime": datetime.fromtimestamp(seconds, zone(name)).isoformat(), "timeZone": name}


def _over(value: Any) -> Any:
    """Return a field as it is written over another: a person may have made it a whole day."""
    return {**value, "date": None} if isinstance(value, dict) else value


def _merged(draft: Draft, there: Json) -> list[Json]:
    """Return the guests of the draft, as they are there, and those that others invited."""
    known = {str(each["email"]).casefold(): each for each in attendees(there)}
    ours = [known.get(each.casefold(), {"email": each}) for each in draft.guests]
    names = {each.casefold() for each in draft.guests}
    invited = _invited(_private(there))
    theirs = [
        each for name, each in known.items() if name not in names and digest(name) not in invited
    ]
    return ours + theirs


def _properties(name: str, draft: Draft, before: Mapping[str, str]) -> Json:
    wrote = written({each: digest(value) for each, value in _fields(draft).items()})
    guests = " ".join(sorted(of_guests(draft.guests)))
    ours = {MARK: name, _WROTE: wrote, _GUESTS: guests}
    return {"extendedProperties": {"private": {**before, **ours}}}


def _private(event: Json) -> dict[str, str]:
    properties = event.get("extendedProperties")
    found = properties.get("private") if isinstance(properties, dict) else None
    if not isinstance(found, dict):
        return {}
    return {str(name): str(value) for name, value in found.items()}


def _invited(private: Mapping[str, str]) -> set[str]:
    return set(private.get(_GUESTS, "").split())
