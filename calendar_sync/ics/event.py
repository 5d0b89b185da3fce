"""One VEVENT: when, how long, how often, and how it fills its time."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from calendar_sync.ics import parts
from calendar_sync.ics.outline import Component, Property
from calendar_sync.ics.parts import Parts
from calendar_sync.ics.reasons import Reason, Refused
from calendar_sync.ics.stamps import Length, Stamp, Written, period, placed, stamp, whole
from calendar_sync.ics.zones import DAY, Zones
from scheduler.model.busy import Kind

_OUTLOOK: Mapping[str, Kind | None] = {
    "FREE": None,
    "WORKINGELSEWHERE": None,
    "TENTATIVE": Kind.TENTATIVE,
    "OOF": Kind.UNAVAILABLE,
}
_NO_TIME = Length(0, 0)
_NUMBER = re.compile(r"[0-9]{1,18}")


class Extra(NamedTuple):
    """An RDATE, which as a PERIOD has a length of its own."""

    start: Stamp
    length: Length | None


@dataclass(frozen=True, slots=True)
class Event:
    """A master, or with `named` an override of the instance that once began there.

    kind     how each instance fills its time; None if it leaves it free
    start    None only in an event that is free, such as a bare cancellation
    onwards  whether the override is of all later instances too (RANGE=THISANDFUTURE)
    """

    component: Component
    sequence: int
    kind: Kind | None
    start: Stamp | None
    length: Length
    named: Stamp | None
    onwards: bool
    rules: tuple[Parts, ...]
    extras: tuple[Extra, ...]
    excluded: tuple[Stamp, ...]


def read(component: Component, zones: Zones) -> Event:
    """Read a VEVENT. Raises Refused if any of its times cannot be read."""
    kind, begin = _kind(component), component.only("DTSTART")
    named, sequence = component.only("RECURRENCE-ID"), component.word("SEQUENCE") or ""
    if begin is None and kind is not None:
        raise Refused(Reason.NO_START, component.line)
    start = stamp(begin, zones) if begin else None
    return Event(
        component=component,
        sequence=int(sequence) if _NUMBER.fullmatch(sequence) else 0,
        kind=kind,
        start=start,
        length=_length(component, start, zones) if start else _NO_TIME,
        named=stamp(named, zones) if named else None,
        onwards=named is not None and named.params.get("RANGE", "").upper() == "THISANDFUTURE",
        rules=tuple(map(parts.parse, component.every("RRULE"))),
        extras=tuple(_extras(component, start, zones)),
        excluded=tuple(_excluded(component, zones)),
    )


def _kind(event: Component) -> Kind | None:
    """Say how the event fills its time; Outlook's word, where there is one, decides alone."""
    if event.word("STATUS") == "CANCELLED":
        return None
    outlook = event.word("X-MICROSOFT-CDO-BUSYSTATUS")
    if outlook is not None:
        return _OUTLOOK.get(outlook, Kind.BUSY)
    if event.word("TRANSP") == "TRANSPARENT":
        return None
    return Kind.TENTATIVE if event.word("STATUS") == "TENTATIVE" else Kind.BUSY


def _length(event: Component, start: Stamp, zones: Zones) -> Length:
    """Return what every instance lasts: DTEND's exact time, DURATION, or the usual.

    Whole days last whole days, whatever hour a careless DTEND or DURATION gives.
    """
    end, duration = event.only("DTEND"), event.only("DURATION")
    if end is not None:
        until = stamp(end, zones)
        if start.whole_day:
            wall = until.wall if until.whole_day else zones.local.wall(until.instant)
            return Length(-((start.wall - wall) // timedelta(days=1)), 0)
        return Length(0, until.instant - start.instant)
    if duration is not None:
        length = Length.parse(duration.value, duration.line)
        return Length(length.days - -length.seconds // DAY, 0) if start.whole_day else length
    return Length(1, 0) if start.whole_day else _NO_TIME


def _extras(event: Component, start: Stamp | None, zones: Zones) -> Iterator[Extra]:
    for found in event.every("RDATE"):
        for text in found.value.split(","):
            if found.params.get("VALUE", "").upper() == "PERIOD" or "/" in text:
                yield Extra(*period(text, found, zones))
            else:
                yield Extra(_alike(Written.parse(text, found.line), found, start, zones), None)


def _alike(moment: Written, found: Property, start: Stamp | None, zones: Zones) -> Stamp:
    """Return an added instance of the master's own sort: a whole day, or at its hour."""
    plain = placed(moment, found, zones)
    if start is None or plain.whole_day == start.whole_day:
        return plain
    if start.whole_day:
        return whole(moment, zones)
    return Stamp(datetime.combine(moment.wall, start.wall.time()), start.zone)


def _excluded(event: Component, zones: Zones) -> Iterator[Stamp]:
    for found in event.every("EXDATE"):
        if found.value:  # some programs write an empty one; it excludes nothing
            for text in found.value.split(","):
                yield placed(Written.parse(text, found.line), found, zones)
