"""What becomes of an invitation: accepted, declined, perhaps; or called off, with a word."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from services.sandbox.events.guests import organizes
from services.sandbox.events.times import Event
from services.sandbox.outlook import asking, mails
from services.sandbox.outlook.access import at_each_calendar
from services.sandbox.outlook.errors import Refusal
from services.sandbox.outlook.events import EVENT, at_event, remove
from services.sandbox.world import World

ACTIONS = {"accept": "accepted", "tentativelyAccept": "tentative", "decline": "declined"}
"""Graph's words for what a guest does, and Google's for what the answer is."""


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add these endpoints."""
    for action, answer in ACTIONS.items():
        at_each_calendar(blueprint, f"{EVENT}/{action}", _answering(world, answer), ["POST"])

    def cancel(mailbox: str, calendar_id: str, event_id: str) -> Response:
        with at_event(world, mailbox, calendar_id, event_id) as (here, event):
            if not organizes(event, here.calendar.id):
                raise _cannot("You need to be an organizer to cancel a meeting.")
            remove(world, here, event)
            mails.called_off(world, here, event)
            return Response(status=202)

    at_each_calendar(blueprint, f"{EVENT}/cancel", cancel, ["POST"])


def _answering(world: World, answer: str) -> Callable[..., Response]:
    def respond(mailbox: str, calendar_id: str, event_id: str) -> Response:
        with at_event(world, mailbox, calendar_id, event_id) as (here, event):
            if organizes(event, here.calendar.id):
                raise _cannot(
                    "You can't respond to this meeting because you're the meeting organizer."
                )
            if event["status"] == "cancelled":
                raise _cannot("You can't respond to this meeting because it's been canceled.")
            said = _said()
            tells = said.get("sendresponse") is not False
            after = _answered(event, here.calendar.owner, answer, said.get("comment"))
            after["outlook"] = {
                **event.get("outlook", {}),
                "silent": not tells,
                "left": answer == "declined",
            }
            world.put(here.calendar.id, after, by=here.by)
            if tells:
                mails.answered(world, here, event, answer)
            return Response(status=202)

    return respond


def _answered(event: Event, owner: str, answer: str, comment: str | None) -> Event:
    """Return a guest's copy with their answer. What is declined leaves the calendar."""
    said = {"responseStatus": answer, **({"comment": comment} if comment else {})}
    guests = [
        {**each, **said} if each["email"].lower() == owner.lower() else each
        for each in event.get("attendees", [])
    ]
    gone = {"status": "cancelled"} if answer == "declined" else {}
    return {**event, "attendees": guests, **gone}


def _said() -> dict[str, Any]:
    """Return what is said with an action, by names that clients write with capitals or without."""
    if not request.get_data():
        return {}
    return {name.lower(): value for name, value in asking.body().items()}


def _cannot(why: str) -> Refusal:
    return Refusal(400, "ErrorInvalidRequest", f"Your request can't be completed. {why}")
