"""Which events a list holds: its filters, and what has changed since a sync token."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.sandbox.events.expansion import expand, instance_of, overlaps, starts
from services.sandbox.events.shelf import Kept, belongs
from services.sandbox.events.times import Event
from services.sandbox.google.asking import FIRST, LAST
from services.sandbox.world import Calendar, World

HORIZON = timedelta(days=730)
"""How far a series without an end is expanded, if nobody says until when."""

SEARCHED = ("summary", "description", "location")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is asked for. `since` is the number of a change; None asks for everything."""

    start: datetime | None
    end: datetime | None
    expanded: bool
    deleted: bool
    since: int | None = None
    updated_min: datetime | None = None
    text: str | None = None
    uid: str | None = None
    kinds: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


def found(world: World, calendar: Calendar, wanted: Wanted) -> Iterator[Event]:
    """Yield the events of a calendar that are wanted, in no order."""
    shelf = world.shelf(calendar.id)
    for kept in shelf.kept(wanted.since or 0):
        event = kept.event
        if not _fits(event, wanted):
            continue
        if not wanted.expanded:
            if _stays(world, calendar, event, wanted):
                yield event
        elif "recurrence" in event:
            yield from _instances(world, calendar, kept, wanted)
        elif _shown_alone(world, calendar, event, wanted):
            yield event


def happenings(world: World, calendar: Calendar, series: Event, wanted: Wanted) -> Iterator[Event]:
    """Yield the instances of one series that are wanted; of anything else, itself."""
    if "recurrence" in series:
        yield from _instances(world, calendar, Kept(series, 0), wanted)
    elif _stays(world, calendar, series, wanted):
        yield series


def _fits(event: Event, wanted: Wanted) -> bool:
    extended = event.get("extendedProperties", {})
    return (
        (not wanted.kinds or event["eventType"] in wanted.kinds)
        and (wanted.uid is None or event["iCalUID"] == wanted.uid)
        and (wanted.text is None or _says(event, wanted.text))
        and all(_has(extended.get("private", {}), each) for each in wanted.private)
        and all(_has(extended.get("shared", {}), each) for each in wanted.shared)
        and (
            wanted.updated_min is None
            or datetime.fromisoformat(event["updated"]) >= wanted.updated_min
        )
    )


def _has(properties: dict[str, str], pair: str) -> bool:
    name, _, value = pair.partition("=")
    return properties.get(name) == value


def _says(event: Event, text: str) -> bool:
    people = [*event.get("attendees", []), event["organizer"]]
    said = [event.get(name, "") for name in SEARCHED]
    said += [each.get(name, "") for each in people for name in ("displayName", "email")]
    everything = "\n".join(said).lower()
    return all(each in everything for each in text.lower().split())


def _stays(world: World, calendar: Calendar, event: Event, wanted: Wanted) -> bool:
    if event["status"] == "cancelled" and not _told_deleted(world, calendar, event, wanted):
        return False
    if wanted.since is not None or "start" not in event:
        return True  # who follows changes hears of what has left the span, too
    start, end = wanted.start or FIRST, wanted.end or LAST
    if "recurrence" in event:
        return next(expand(event, [], calendar.timezone, start, end), None) is not None
    return overlaps(event, calendar.timezone, start, end)


def _told_deleted(world: World, calendar: Calendar, event: Event, wanted: Wanted) -> bool:
    if wanted.deleted or wanted.since is not None or wanted.updated_min:
        return True
    # Whoever expands a series by themselves must hear which instances are gone.
    series = world.shelf(calendar.id).get(event.get("recurringEventId", ""))
    return not wanted.expanded and series is not None and series["status"] != "cancelled"


def _shown_alone(world: World, calendar: Calendar, event: Event, wanted: Wanted) -> bool:
    if wanted.since is None and belongs(world.shelf(calendar.id), event):
        return False  # it is among its series' instances
    return _stays(world, calendar, event, wanted)


def _instances(world: World, calendar: Calendar, kept: Kept, wanted: Wanted) -> Iterator[Event]:
    event, own_zone = kept.event, calendar.timezone
    start = wanted.start or FIRST
    end = wanted.end or world.clock.now() + HORIZON
    exceptions = world.shelf(calendar.id).exceptions(event["id"])
    there: set[str] = set()
    if event["status"] != "cancelled" or (wanted.deleted and wanted.since is None):
        for each in expand(event, exceptions, own_zone, start, end):
            there.add(each["id"])
            if each["status"] != "cancelled" or _told_deleted(world, calendar, each, wanted):
                yield each
    if wanted.since is not None:
        there |= {each["id"] for each in exceptions}
        for each in _gone(kept, own_zone, wanted.since, (start, end)):
            if each["id"] not in there:
                there.add(each["id"])
                yield each


def _gone(
    kept: Kept, own_zone: str, since: int, span: tuple[datetime, datetime]
) -> Iterator[Event]:
    """Yield, as cancelled, what the series had after that change and lost since."""
    for timing in kept.past:
        if timing["until"] > since:
            was = {**kept.event, **timing, "status": "cancelled"}
            for original in starts(was, own_zone, *span):
                each = instance_of(was, original, own_zone)
                yield {name: value for name, value in each.items() if name != "until"}
