"""What lies in a calendar collection: one resource for each UID, a series with its exceptions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from services.sandbox.events.expansion import instance_of, occurrences
from services.sandbox.events.times import Event, moment
from services.sandbox.ics import writing
from services.sandbox.importing import read
from services.sandbox.world import Calendar, World

_NAMES = "caldav-name"
_SAID = (
    "summary", "description", "location", "status", "start", "end", "recurrence", "transparency",
    "visibility", "sequence", "recurringEventId", "originalStartTime",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resource:
    """Events that share a UID, under the name that whoever put them there chose.

    number  that of the latest change of any of them
    """

    name: str
    uid: str
    events: tuple[Event, ...]
    number: int

    @property
    def live(self) -> bool:
        """Whether anything of it takes place; if not, the resource is gone."""
        return any(each["status"] != "cancelled" for each in self.events)

    @property
    def etag(self) -> str:
        """Another one after every change."""
        return f'"{self.number}"'

    @property
    def keys(self) -> set[str]:
        """The ids of its series and single events."""
        return {_key(each) for each in self.events}

    def text(self, zone_name: str) -> str:
        """Return its iCalendar text."""
        return writing.calendar(self.events, zone_name)


class Unsayable(Exception):
    """A calendar object that the sandbox cannot keep as one resource."""


def resources(world: World, calendar: Calendar) -> list[Resource]:
    """Return everything that lies in a calendar or once did, in the order it came."""
    groups = dict[str, list[tuple[Event, int]]]()
    with world.lock:
        for kept in world.shelf(calendar.id).kept():
            groups.setdefault(_key(kept.event), []).append((kept.event, kept.number))
        return [_resource(world, calendar, key, group) for key, group in groups.items()]


def resource(world: World, calendar: Calendar, name: str) -> Resource | None:
    """Return the resource of that name, if it is there."""
    alike = (each for each in resources(world, calendar) if each.name == name)
    return next((each for each in alike if each.live), None)


def put(world: World, calendar: Calendar, name: str, text: bytes, *, by: str) -> bool:
    """Keep the text under that name; say whether there was nothing before.

    Raises NotACalendar, and Unsayable for what is not one UID, not to be said as one series, or
    at odds with the names that are taken.
    """
    with world.lock:
        before = {each.uid: each for each in resources(world, calendar)}
        known = {uid: next(iter(each.keys)) for uid, each in before.items()}
        events = read(text, calendar.timezone, known)
        uids = {each["iCalUID"] for each in events}
        if len(uids) != 1 or len({_key(each) for each in events}) != 1:
            raise Unsayable
        (uid,) = uids
        if any(each.live and (each.uid == uid) != (each.name == name) for each in before.values()):
            raise Unsayable
        world.store.put(_NAMES, f"{calendar.id}/{uid}", {"name": name})
        old = before[uid] if uid in before and before[uid].live else None
        for event in events:
            world.put(calendar.id, _with_the_rest(event, old), by=by)
        if old is not None:
            _restore(world, calendar, events, old.events, by)
        return old is None


def delete(world: World, calendar: Calendar, found: Resource, *, by: str) -> None:
    """Take it out of the calendar."""
    with world.lock:
        for event in found.events:
            if event["status"] != "cancelled":
                world.cancel(calendar.id, event["id"], by=by)


def _with_the_rest(event: Event, old: Resource | None) -> Event:
    """Return the event with what was there before and no calendar text says: guests, properties."""
    before = next((each for each in old.events if each["id"] == event["id"]), {}) if old else {}
    return {name: value for name, value in before.items() if name not in _SAID} | event


def _key(event: Event) -> str:
    return str(event.get("recurringEventId") or event["id"])


def _resource(
    world: World, calendar: Calendar, key: str, group: list[tuple[Event, int]]
) -> Resource:
    uid = group[0][0]["iCalUID"]
    named = world.store.get(_NAMES, f"{calendar.id}/{uid}")
    name = named["name"] if named else f"{key}.ics"
    events, numbers = zip(*group, strict=True)
    return Resource(name, uid, events, max(numbers))


def _restore(
    world: World, calendar: Calendar, events: list[Event], before: Iterable[Event], by: str
) -> None:
    """Let instances be as usual again whose exceptions the new text has no longer."""
    master, kept = events[0], {each["id"] for each in events}
    usual = _usual(master, calendar.timezone, before)
    for old in before:
        if old["id"] not in kept and "originalStartTime" in old:
            original = old["originalStartTime"]
            if moment(original, calendar.timezone) in usual:
                again = instance_of(master, original, calendar.timezone)
                world.put(calendar.id, {**again, "id": old["id"]}, by=by)


def _usual(master: Event, zone_name: str, before: Iterable[Event]) -> set[datetime]:
    """Return the instants at which a series has instances, as far as old exceptions reach."""
    named = [
        moment(each["originalStartTime"], zone_name)
        for each in before
        if "recurringEventId" in each
    ]
    if not named or "recurrence" not in master:
        return set()
    starts = (at for at, _ in occurrences(master, zone_name))
    return set(takewhile(lambda at: at <= max(named), starts))
