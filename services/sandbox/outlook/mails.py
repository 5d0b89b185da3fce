"""Whom Outlook mails about a change, at once and unasked: it is written down instead."""

from flask import has_request_context, request

from services.sandbox.events.guests import organizes
from services.sandbox.events.times import Event
from services.sandbox.outlook.access import Visit
from services.sandbox.outlook.shapes import JSON
from services.sandbox.world import World

_ONES_OWN = (
    "isReminderOn", "reminderMinutesBeforeStart", "categories", "importance", "showAs",
    "sensitivity", "singleValueExtendedProperties",
)  # fmt: skip
"""Fields that are nobody else's: of these alone, nobody is told."""


def invited(world: World, here: Visit, event: Event) -> None:
    """Note whom the invitation to a new event goes to."""
    _note(world, here, event, "invitation", _guests(event))


def updated(world: World, here: Visit, before: Event, after: Event, told: JSON) -> None:
    """Note whom a change is told: of the attendees and nothing else, only those it is about."""
    if not organizes(after, here.calendar.id):
        return
    was, now = _guests(before), _guests(after)
    _note(world, here, after, "invitation", now - was)
    _note(world, here, after, "cancellation", was - now)
    if set(told) != {"attendees"} and set(told) - {*_ONES_OWN}:
        _note(world, here, after, "update", now & was)


def called_off(world: World, here: Visit, event: Event) -> None:
    """Note whom the cancellation of an event goes to. A guest who deletes it tells nobody."""
    if organizes(event, here.calendar.id):
        _note(world, here, event, "cancellation", _guests(event))


def answered(world: World, here: Visit, event: Event, answer: str) -> None:
    """Note that a guest's answer goes to the organizer."""
    _note(world, here, event, answer, {event["organizer"]["email"].lower()})


def _guests(event: Event) -> set[str]:
    return {
        each["email"].lower() for each in event.get("attendees", []) if not each.get("organizer")
    }


def _note(world: World, here: Visit, event: Event, about: str, to: set[str]) -> None:
    if to:
        if has_request_context():
            request.environ.get("sandbox.letters", []).append(about)
        world.history.note(
            "mail",
            calendar=here.calendar.id,
            event=event["id"],
            about=about,
            to=sorted(to),
            by=here.by,
        )
