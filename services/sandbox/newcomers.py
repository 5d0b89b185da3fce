"""People that somebody lets in from outside, with their calendars and what is in them."""

from secrets import token_hex
from typing import Any

from scheduler.errors import Explained
from scheduler.model.zone import zone
from services.sandbox.importing import put_all, read
from services.sandbox.outlook.hiding import hide, is_hidden
from services.sandbox.world import HOSTS, Calendar, World

JSON = dict[str, Any]


class BadRequest(Explained):
    """A request to the sandbox itself that cannot be read."""


def let_in(world: World, body: JSON, base: str) -> JSON:
    """Let in everybody in "people"; say the ids of what there is now.

    Somebody who is there already is given what is new. Raises Explained, before anything is done.
    """
    only(body, "people")
    people = _list(body, "people")
    for each in people:
        _check(world, each)
    with world.lock:
        return {"people": [told(world, _enter(world, each), base) for each in people]}


def told(world: World, email: str, base: str) -> JSON:
    """Somebody, with the addresses of what is theirs."""
    person = world.person(email)
    return {
        "id": person.id,
        "email": email,
        "name": person.name,
        "timezone": person.timezone,
        "host": person.host,
        "hidden": is_hidden(world, email),
        "page": f"{base}people/{person.id}",
        "calendars": [
            {
                "id": each.id,
                "name": each.name,
                "main": each.main,
                "clinical": each.clinical,
                "feed": f"{base}ics/{each.feed}.ics",
            }
            for each in world.calendars(email)
        ],
    }


def only(body: JSON, *names: str) -> None:
    """Raise BadRequest where there is anything but these, or nothing at all."""
    others = sorted(set(body) - set(names))
    if others or not body:
        what = f"{', '.join(others)} means nothing here" if others else "Nothing is asked for"
        raise BadRequest(what, remedy=f"write some of {', '.join(names)}")


def _check(world: World, person: JSON) -> None:
    only(person, "email", "name", "timezone", "host", "password", "hidden", "calendars")
    email = person.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise BadRequest(f"{email!r} is no e-mail address", remedy='write one as "email"')
    known = world.people.get(email.lower())
    timezone = person.get("timezone", known.timezone if known else None)
    if not isinstance(timezone, str):
        raise BadRequest(f"{email} has no time zone", remedy='write one as "timezone"')
    zone(timezone)
    if person.get("host", "google") not in list(HOSTS):
        raise BadRequest(
            f"{email} cannot be at {person['host']!r}", remedy=f"write one of {', '.join(HOSTS)}"
        )
    for calendar in _list(person, "calendars"):
        only(calendar, "name", "clinical", "main", "events", "ics")
        if not calendar.get("main") and not isinstance(calendar.get("name"), str):
            raise BadRequest(f"A calendar of {email} has no name", remedy='write it as "name"')
        for event in _list(calendar, "events"):
            _check_event(event)
        if "ics" in calendar:
            read(calendar["ics"], timezone)


def _check_event(event: JSON) -> None:
    for end in ("start", "end"):
        when = event.get(end)
        if not isinstance(when, dict) or not {"date", "dateTime"} & set(when):
            raise BadRequest(
                f"An event has no {end}", remedy='write {"dateTime": …} or {"date": …}, as Google'
            )


def _enter(world: World, person: JSON) -> str:
    email: str = person["email"].lower()
    if email not in world.people:
        name = person.get("name") or email.partition("@")[0]
        host, password = person.get("host", "google"), person.get("password")
        world.add_person(email, name, person["timezone"], password=password, host=host)
    if "hidden" in person:
        hide(world, email, hidden=person["hidden"] is True)
    for each in _list(person, "calendars"):
        calendar = _calendar(world, email, each)
        for event in _list(each, "events"):
            world.put(calendar.id, {"id": token_hex(13), **event}, by=email)
        if "ics" in each:
            put_all(world, calendar.id, each["ics"], by=email)
    return email


def _calendar(world: World, email: str, asked: JSON) -> Calendar:
    """The main calendar, the one of that name, or a new one."""
    for each in world.calendars(email):
        if each.main if asked.get("main") else each.name == asked["name"]:
            return each
    return world.add_calendar(email, asked["name"], clinical=bool(asked.get("clinical")))


def _list(body: JSON, name: str) -> list[JSON]:
    found = body.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BadRequest(f'"{name}" cannot be read', remedy="write a list of objects")
    return found
