"""What a round of delta holds: all there is in a window, or what has changed of it.

A series comes whole: its master, then each occurrence as a stub. What is gone, or has left the
window, is told by its id alone; of a series that goes on otherwise, nobody is told which of its
occurrences are no more.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from services.sandbox.events.expansion import expand, instance_of, overlaps, starts
from services.sandbox.events.shelf import Kept, belongs
from services.sandbox.events.times import Event, moment
from services.sandbox.google.paging import Key
from services.sandbox.outlook import asking
from services.sandbox.outlook.access import Visit
from services.sandbox.outlook.patterns import recurrence_of
from services.sandbox.outlook.showing import kind_of, lingers
from services.sandbox.outlook.wire import etag, named, shown, stub
from services.sandbox.world import World

Words = dict[str, Any]


class Span(NamedTuple):
    """A window: what overlaps [start, end) is in it."""

    start: datetime
    end: datetime


class Item(NamedTuple):
    """An event, or the id of one that is gone."""

    event: Event
    gone: bool = False


def there(world: World, here: Visit, span: Span) -> list[tuple[Key, Item]]:
    """Return everything in the window, each with a key by which all of it is in order."""
    return _keyed(here, _all(world, here, span, None))


def changed(world: World, here: Visit, span: Span, since: int) -> list[tuple[Key, Item]]:
    """Return what of the window has changed after the change of that number."""
    return _keyed(here, _all(world, here, span, since))


def told(world: World, here: Visit, item: Item) -> Words:
    """Return the item as it stands in the answer."""
    wants = asking.preferences()
    calendar = here.calendar
    if item.gone:
        return {"@removed": {"reason": "deleted"}, "id": named(calendar, item.event["id"], wants)}
    if kind_of(world, calendar, item.event) != "occurrence":
        return {"@odata.type": "#microsoft.graph.event"} | shown(world, here, item.event)
    short = stub(world, calendar, item.event, wants)
    return {"@odata.type": "#microsoft.graph.event", "@odata.etag": etag(item.event)} | short


def _all(world: World, here: Visit, span: Span, since: int | None) -> Iterator[Item]:
    shelf = world.shelf(here.calendar.id)
    for kept in shelf.kept(since or 0):
        if "recurrence" in kept.event:
            yield from _series(world, here, kept, span, since)
        elif since is not None or not belongs(shelf, kept.event):
            # Later on, a change of an exception is its own, and its series need not have changed.
            yield from _single(here, kept.event, span, since)


def _single(here: Visit, event: Event, span: Span, since: int | None) -> Iterator[Item]:
    inside = overlaps(event, here.calendar.timezone, *span)
    there_still = event["status"] != "cancelled" or lingers(event, here.calendar)
    if there_still and inside:
        yield Item(event)
    elif since is not None:
        yield Item(event, gone=True)


def _series(world: World, here: Visit, kept: Kept, span: Span, since: int | None) -> Iterator[Item]:
    own_zone = here.calendar.timezone
    master = kept.event
    exceptions = world.shelf(here.calendar.id).exceptions(master["id"])
    now = []
    if master["status"] != "cancelled":
        found = expand(master, exceptions, own_zone, *span)
        now = [each for each in found if each["status"] != "cancelled"]
    if now and recurrence_of(master, own_zone):
        yield Item(master)
    elif since is not None:
        yield Item(master, gone=True)
        yield from _lost(kept, own_zone, since, span)
    yield from map(Item, now)


def _lost(kept: Kept, own_zone: str, since: int, span: Span) -> Iterator[Item]:
    for timing in kept.past:
        if timing["until"] > since:
            was = {**kept.event, **timing}
            for original in starts(was, own_zone, *span):
                yield Item(instance_of(was, original, own_zone), gone=True)


def _keyed(here: Visit, items: Iterator[Item]) -> list[tuple[Key, Item]]:
    found: dict[str, tuple[Key, Item]] = {}
    for each in items:
        found.setdefault(each.event["id"], (_key(each.event, here.calendar.timezone), each))
    return [*found.values()]


def _key(event: Event, own_zone: str) -> Key:
    # A series comes before its occurrences, and they by when they were meant to be.
    series = event.get("recurringEventId")
    original = event.get("originalStartTime")
    at = moment(original, own_zone).isoformat() if series and original else ""
    return [series or event["id"], at, event["id"]]
