"""What an event has that nobody wrote: its identity, its stamps, its organizer."""

import secrets
from datetime import datetime
from typing import Any
from urllib.parse import quote

from services.sandbox.events.times import Event, stamp

MOVES = ("start", "end", "recurrence", "location", "status")
"""Fields whose change raises `sequence`."""


def fresh_id() -> str:
    """Return a new event's id, in the alphabet that clients must use as well."""
    return "".join(secrets.choice("0123456789abcdefghijklmnopqrstuv") for _ in range(26))


def completed(event: Event, before: Event | None, *, whose: dict[str, Any], at: datetime) -> Event:
    """Return the event with everything it lacks.

    `whose` is the calendar as an organizer (`email`, `displayName`); `before` the event it
    replaces, which keeps its identity, its origin and its count of moves.
    """
    before = before or {}
    event_id = event.get("id") or before.get("id") or fresh_id()
    ours = {
        "kind": "calendar#event",
        "status": "confirmed",
        "eventType": "default",
        "reminders": {"useDefault": True},
        "creator": {**whose, "self": True},
        "organizer": {**whose, "self": True},
        "created": stamp(at),
        "iCalUID": f"{event_id}@google.com",
        "htmlLink": f"https://www.google.com/calendar/event?eid={quote(event_id)}",
        "sequence": 0,
    }
    origin = ("creator", "organizer", "created", "iCalUID", "eventType")
    kept = {name: before[name] for name in origin if name in before}
    full = {**ours, **kept, **event, "id": event_id, "updated": stamp(at)}
    if "attendees" in full:
        full["attendees"] = [_guest(each, full, whose["email"]) for each in full["attendees"]]
    if before:
        moved = any(full.get(name) != before.get(name) for name in MOVES)
        full["sequence"] = max(full["sequence"], before.get("sequence", 0) + moved)
    return full


# Who never answered has no answer, except that an organizer comes.
def _guest(guest: dict[str, Any], event: Event, calendar_id: str) -> dict[str, Any]:
    email = guest.get("email", "").lower()
    organizes = email == event["organizer"].get("email", "").lower()
    answer = "accepted" if organizes else "needsAction"
    marks = {"organizer": organizes, "self": email == calendar_id.lower()}
    return {
        "responseStatus": answer,
        **{name: value for name, value in guest.items() if name not in marks},
        **{name: True for name, value in marks.items() if value},
    }
