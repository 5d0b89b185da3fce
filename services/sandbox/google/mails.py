"""Whom Google would mail about a change: it is written down instead."""

from flask import request

from services.sandbox.events.guests import organizes
from services.sandbox.events.times import Event
from services.sandbox.google.access import Visit
from services.sandbox.world import World


def sent_mails(world: World, here: Visit, before: Event | None, after: Event) -> None:
    """Note a `mail`: which `sendUpdates` was asked for, and to whom a mail would go."""
    updates = request.args.get("sendUpdates", _formerly())
    told = _told(before, after, here)
    if updates == "externalOnly":
        told = {email for email in told if email not in world.people}
    world.history.note(
        "mail",
        calendar=here.calendar.id,
        event=after["id"],
        sendUpdates=updates,
        about=_about(before, after),
        to=[] if updates == "none" else sorted(told),
        by=here.by,
    )


def _formerly() -> str:
    return "all" if request.args.get("sendNotifications") == "true" else "none"


def _told(before: Event | None, after: Event, here: Visit) -> set[str]:
    if not organizes(after, here.calendar.id):
        return {after["organizer"]["email"]}
    return {
        each["email"].lower()
        for event in (before, after)
        if event
        for each in event.get("attendees", [])
        if not each.get("organizer")
    }


def _about(before: Event | None, after: Event) -> str:
    if after["status"] == "cancelled":
        return "cancellation"
    return "update" if before else "invitation"
