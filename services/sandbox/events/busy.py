"""Which events take somebody's time, as freeBusy sees it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.sandbox.events.times import Event

Span = tuple[datetime, datetime]

SHOWN_ONLY = ("workingLocation", "birthday")
"""Types of events that say something about a day and take none of it."""


def takes_time(event: Event, owner: str) -> bool:
    """Whether the calendar's owner is taken: not free, not called off, not declined."""
    return (
        event["status"] != "cancelled"
        and event.get("transparency", "opaque") == "opaque"
        and event.get("eventType", "default") not in SHOWN_ONLY
        and (guest(event, owner) or {}).get("responseStatus") != "declined"
    )


def guest(event: Event, email: str) -> dict[str, Any] | None:
    """Return the attendee with that address, whatever its case."""
    for each in event.get("attendees", []):
        if each.get("email", "").lower() == email.lower():
            return dict(each)
    return None


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans sorted and joined where they meet; empty ones are left out."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found
