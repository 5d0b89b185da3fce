"""What a person answers to an invitation, of whichever way it came, as their host does it."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from scheduler.errors import Explained
from scheduler.model.zone import zone
from services.sandbox.events.busy import guest
from services.sandbox.events.expansion import instance_of, starts
from services.sandbox.events.guests import organizes
from services.sandbox.events.times import Event, at_wall, moment

if TYPE_CHECKING:
    from services.sandbox.world import World

ANSWERS = {"accepted": "Yes", "tentative": "Maybe", "declined": "No"}
"""What can be answered, and how buttons say it."""

_AROUND = timedelta(days=2)


class NothingToAnswer(Explained):
    """There is no such invitation."""


def invited(email: str, event: Event) -> bool:
    """Whether somebody else invited this person to the event, and it is still held."""
    held = event["status"] != "cancelled" or bool(event.get("outlook", {}).get("left"))
    return held and not organizes(event, email) and guest(event, email) is not None


def answer_of(event: Event, email: str) -> str:
    """Return what this person answered; "needsAction": nothing."""
    return str((guest(event, email) or {}).get("responseStatus", "needsAction"))


def found(world: "World", email: str, *, uid: str = "", title: str = "") -> list[Event]:
    """Return the invitations of that name or title: series, and events that come once."""
    shelf = world.shelf(email)
    return [
        each
        for each in world.events(email)
        if (each["iCalUID"] == uid if uid else each.get("summary") == title)
        and invited(email, each)
        and not _of(email, shelf.get(each.get("recurringEventId", "")))
    ]


def _of(email: str, series: Event | None) -> bool:
    """Whether a date is one of a series to which this person is invited as well."""
    return series is not None and (invited(email, series) or organizes(series, email))


def on(world: "World", email: str, events: list[Event], when: str) -> Event:
    """Return what of these is held then: a day such as 2027-03-08, or a moment.

    A date that was moved is found by where it was as well. Raises NothingToAnswer.
    """
    for event in events:
        for each in _dates(world, email, event, when):
            own_zone = each["start"].get("timeZone") or world.person(email).timezone
            named = [each[name] for name in ("originalStartTime", "start") if name in each]
            if any(_is(moment(at, own_zone), when, own_zone) for at in named):
                return each
    raise NothingToAnswer(f"Nothing of it is held at {when}", remedy="name a day it is held on")


def give(world: "World", email: str, event: Event, answer: str, by: str) -> None:
    """Answer. At Outlook, what is declined leaves the calendar."""
    said = [
        {**each, "responseStatus": answer} if each["email"].lower() == email.lower() else each
        for each in event["attendees"]
    ]
    after = {**event, "attendees": said}
    if world.person(email).host != "google":
        left = answer == "declined"
        after["status"] = "cancelled" if left else "confirmed"
        after["outlook"] = {**event.get("outlook", {}), "silent": False, "left": left}
    with world.lock:
        world.put(email, after, by=by)
        organizer = event["organizer"]["email"].lower()
        if organizer in world.people:  # mail that leaves is a letter, see `replies`
            told = {"calendar": email, "event": event["id"], "about": answer}
            world.history.note("mail", **told, to=[organizer], by=by)


def _dates(world: "World", email: str, event: Event, when: str) -> Iterator[Event]:
    """Yield what of an event could be meant: itself, or the dates of a series that are near."""
    if "recurrence" not in event:
        yield event
        return
    own_zone = world.calendar(email).timezone
    at = _moment(when, own_zone)
    kept = {each["id"]: each for each in world.shelf(email).exceptions(event["id"])}
    for original in starts(event, own_zone, at - _AROUND, at + _AROUND):
        each = instance_of(event, original, own_zone)
        yield kept.pop(each["id"], each)
    yield from (each for each in kept.values() if invited(email, each))


def _is(at: datetime, when: str, own_zone: str) -> bool:
    if len(when) == 10:
        return at.astimezone(zone(own_zone)).date().isoformat() == when
    return at == _moment(when, own_zone)


def _moment(when: str, own_zone: str) -> datetime:
    try:
        if len(when) == 10:
            return at_wall(datetime.combine(date.fromisoformat(when), time(12)), own_zone)
        said = datetime.fromisoformat(when)
        return said if said.tzinfo else at_wall(said, own_zone)
    except (ValueError, OverflowError):
        raise NothingToAnswer(f"{when!r} is no date", remedy="write it like 2027-03-08") from None
