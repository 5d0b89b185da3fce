"""getSchedule: when people of an organization are taken, each with their own failure."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, request

from services.sandbox.entra.tenants import tenant
from services.sandbox.events.times import Event, span, wall_at
from services.sandbox.outlook import asking
from services.sandbox.outlook.access import READ_BASIC, at_each_calendar, visit
from services.sandbox.outlook.errors import Refusal
from services.sandbox.outlook.hiding import is_hidden
from services.sandbox.outlook.showing import show_as
from services.sandbox.outlook.views import context
from services.sandbox.outlook.zones import known_zone, windows_name
from services.sandbox.world import Person, World

Words = dict[str, Any]
Busy = tuple[datetime, datetime, str]
MOST, LONGEST = 20, timedelta(days=62)
ENTRIES = 1000
"""Entries of one person in a window; more are not told."""

# What of two things at the same time is shown, and the digit for it.
_STRENGTH = ("free", "workingElsewhere", "tentative", "unknown", "busy", "oof")
_DIGIT = {
    "free": "0",
    "tentative": "1",
    "busy": "2",
    "oof": "3",
    "workingElsewhere": "4",
    "unknown": "2",  # there is no digit of its own
}


class Wanted(NamedTuple):
    """From when to when, and how long a slot of the view is."""

    begin: datetime
    end: datetime
    slot: timedelta


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add this endpoint."""

    def get_schedule(mailbox: str, calendar_id: str) -> Words:
        asker = world.person(visit(world, mailbox, calendar_id, *READ_BASIC).calendar.owner)
        if asker.host != "work":
            raise Refusal(403, "ErrorAccessDenied")
        asked = {name.lower(): value for name, value in asking.body().items()}
        names, wanted = _names(asked), Wanted(*_window(asked), _interval(asked))
        with world.lock:
            value = [_schedule(world, asker, each, wanted) for each in names]
        what = context("Collection(microsoft.graph.scheduleInformation)")
        return {"@odata.context": what, "value": value}

    at_each_calendar(blueprint, "/getSchedule", get_schedule, ["POST"])


def _names(asked: Words) -> list[str]:
    names = asked.get("schedules")
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise Refusal(400, "ErrorInvalidParameter", "The value of 'schedules' is invalid.")
    if not 1 <= len(names) <= MOST:
        raise Refusal(400, "ErrorInvalidParameter", f"There are 1 to {MOST} schedules.")
    return names


def _interval(asked: Words) -> timedelta:
    slot = asked.get("availabilityviewinterval", 30)
    if type(slot) is not int or not 5 <= slot <= 1440:
        raise Refusal(
            400, "ErrorInvalidMergedFreeBusyInterval", "The interval is 5 to 1440 minutes."
        )
    return timedelta(minutes=slot)


def _window(asked: Words) -> tuple[datetime, datetime]:
    begin, end = (_moment(asked, name) for name in ("starttime", "endtime"))
    if end <= begin:
        raise Refusal(400, "ErrorInvalidTimeInterval", "The window ends before it begins.")
    if end - begin >= LONGEST:
        raise Refusal(400, "ErrorTimeIntervalTooBig", "The window is less than 62 days.")
    return begin, end


def _moment(asked: Words, name: str) -> datetime:
    when = asked.get(name)
    if not isinstance(when, dict):
        raise Refusal(400, "ErrorInvalidParameter", f"The value of '{name}' is invalid.")
    return asking.moment(name, when.get("dateTime"), known_zone(when.get("timeZone", "UTC")))


def _schedule(world: World, asker: Person, name: str, wanted: Wanted) -> Words:
    person = next((each for each in world.people.values() if each.email == name.lower()), None)
    if fault := request.environ.get("sandbox.inside"):
        return _failed(name, fault, "The sandbox was asked for this fault.")
    if person is None or person.host != "work" or tenant(person) != tenant(asker):
        said = f"Unable to resolve e-mail address {name} to an Active Directory object."
        return _failed(name, "ErrorMailRecipientNotFound", said)
    if is_hidden(world, person.email) and person != asker:
        said = "The caller does not have access to free/busy data."
        return _failed(name, "ErrorNoFreeBusyAccess", said)
    calendar = world.calendars(person.email)[0]
    events = world.instances(calendar.id, wanted.begin, wanted.end)
    if len(events) > ENTRIES:
        said = f"The result set contains too many calendar entries. The allowed size = {ENTRIES}."
        return _failed(name, "ErrorResultSetTooBig", said)
    place = asking.preferences().zone
    busy = [(*span(each, calendar.timezone), show_as(each, person.email)) for each in events]
    items = [_item(each, place) for each in busy]
    if person == asker:
        items = [item | _details(event) for item, event in zip(items, events, strict=True)]
    return {
        "scheduleId": name,
        "availabilityView": _view(busy, wanted),
        "scheduleItems": items,
        "workingHours": _working_hours(person),
    }


def _failed(name: str, code: str, message: str) -> Words:
    return {"scheduleId": name, "error": {"message": message, "responseCode": code}}


def _item(busy: Busy, place: str) -> Words:
    begins, ends, status = busy
    return {
        "isPrivate": False,
        "status": status,
        "start": _when(begins, place),
        "end": _when(ends, place),
    }


def _details(event: Event) -> Words:
    private = event.get("visibility") in ("private", "confidential")
    return {
        "isPrivate": private,
        "subject": event.get("summary", ""),
        "location": event.get("location", ""),
    }


def _when(at: datetime, place: str) -> Words:
    wall = wall_at(at, known_zone(place))
    return {"dateTime": f"{wall:%Y-%m-%dT%H:%M:%S.%f}0", "timeZone": place}


def _view(busy: list[Busy], wanted: Wanted) -> str:
    """Return a digit for each slot; whatever touches one takes all of it."""
    begin, end, slot = wanted
    shown = ["free"] * -(-(end - begin) // slot)
    for since, until, status in busy:
        for n in range(max(0, (since - begin) // slot), -(-(min(until, end) - begin) // slot)):
            shown[n] = max(shown[n], status, key=_STRENGTH.index)
    return "".join(_DIGIT[each] for each in shown)


def _working_hours(person: Person) -> Words:
    return {
        "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "startTime": "08:00:00.0000000",
        "endTime": "17:00:00.0000000",
        "timeZone": {"name": windows_name(person.timezone)},
    }
