"""VFREEBUSY: busy time that somebody else has already worked out (RFC 5545 3.6.4)."""

from collections.abc import Iterator

from calendar_sync.ics.outline import Component
from calendar_sync.ics.stamps import period
from calendar_sync.ics.zones import Zones
from scheduler.model.busy import BusyInterval, Kind

_KINDS = {
    "FREE": None,
    "BUSY-TENTATIVE": Kind.TENTATIVE,
    "BUSY-UNAVAILABLE": Kind.UNAVAILABLE,
}


def periods(component: Component, span: tuple[int, int], zones: Zones) -> Iterator[BusyInterval]:
    """Yield the periods that take some of the span; an FBTYPE we do not know is BUSY.

    Raises Refused if a period cannot be read.
    """
    for found in component.every("FREEBUSY"):
        kind = _KINDS.get(found.params.get("FBTYPE", "BUSY").upper(), Kind.BUSY)
        for text in found.value.split(","):
            start, length = period(text, found, zones)
            begin, end = start.instant, length.after(start)
            if kind is not None and begin < end and begin < span[1] and span[0] < end:
                yield BusyInterval(begin, end, kind)
