"""Which resources a calendar-query means, and how much of a series an answer spells out."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element

from services.sandbox.caldav.resources import Resource
from services.sandbox.caldav.xml import BadQuestion, C
from services.sandbox.events.times import Event, moment, timed
from services.sandbox.ics import writing
from services.sandbox.world import Calendar, World

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
_FIELDS = {
    "UID": "iCalUID", "SUMMARY": "summary", "LOCATION": "location",
    "DESCRIPTION": "description", "STATUS": "status",
}  # fmt: skip


class Range(NamedTuple):
    """Times in UTC: [start, end)."""

    start: datetime
    end: datetime


def time_range(found: Element) -> Range:
    """Read `start` and `end`; one that is missing is far away. Raises BadQuestion."""
    try:
        start, end = found.get("start"), found.get("end")
        span = Range(_moment(start) if start else _FIRST, _moment(end) if end else _LAST)
    except ValueError:
        raise BadQuestion from None
    if span.start >= span.end:
        raise BadQuestion
    return span


def chosen(
    world: World, calendar: Calendar, candidates: list[Resource], question: Element
) -> list[Resource]:
    """Return the candidates that the query's filter lets through."""
    outer = question.find(f"{C}filter/{C}comp-filter")
    if outer is None or outer.get("name") != "VCALENDAR":
        raise BadQuestion
    for inner in outer.iter(f"{C}comp-filter"):
        if inner is outer:
            continue
        if inner.get("name") != "VEVENT":
            return []
        for each in inner.findall(f"{C}prop-filter"):
            candidates = [one for one in candidates if _has(one, each)]
        found = inner.find(f"{C}time-range")
        if found is not None:
            span = time_range(found)
            there = {_key(each) for each in world.instances(calendar.id, *span)}
            candidates = [one for one in candidates if one.keys & there]
    return candidates


def data(world: World, calendar: Calendar, resource: Resource, wanted: Element) -> str:
    """Return a resource's text, its instances one by one if `wanted` asks for that."""
    expand = wanted.find(f"{C}expand")
    if expand is None:
        return resource.text(calendar.timezone)
    span = time_range(expand)
    instances = [
        _plainly(each, calendar.timezone)
        for each in world.instances(calendar.id, *span)
        if _key(each) in resource.keys
    ]
    return writing.calendar(instances, calendar.timezone)


def _key(event: Event) -> str:
    return str(event.get("recurringEventId") or event["id"])


def _plainly(event: Event, zone_name: str) -> Event:
    """Return an instance with its times in UTC, as an expansion has them."""
    names = ("start", "end", "originalStartTime")
    return event | {
        name: timed(moment(event[name], zone_name), "UTC")
        for name in names
        if "dateTime" in event.get(name, {})
    }


def _has(resource: Resource, wanted: Element) -> bool:
    field = _FIELDS.get(wanted.get("name", "").upper(), "")
    values = [str(event[field]) for event in _living(resource) if event.get(field)]
    match = wanted.find(f"{C}text-match")
    if wanted.find(f"{C}is-not-defined") is not None:
        return not values
    if match is None:
        return bool(values)
    within = any((match.text or "").lower() in value.lower() for value in values)
    return within != (match.get("negate-condition") == "yes")


def _living(resource: Resource) -> Iterator[Event]:
    return (event for event in resource.events if event["status"] != "cancelled")


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
