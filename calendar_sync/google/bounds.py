"""Where one event ends and the next begins, within time that is known to be busy. Pure.

Free/busy answers tell when somebody is busy, and join what touches. The same session often stands
in two calendars, and is found in both only by its own beginning and end: those are listed apart,
without a word. Which time is busy is decided by the free/busy answer alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from scheduler.errors import UnknownZone
from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.zone import zone

Span = tuple[int, int]
_NO_TIME = ("workingLocation", "birthday")


def spans(items: Iterable[Mapping[str, Any]], tz: object) -> list[Span]:
    """Return the times of events that take time, UTC seconds; what cannot be read is left out.

    tz  the IANA zone of whole days; None: those are left out
    """
    found = []
    for each in items:
        takes = each.get("transparency") != "transparent" and each.get("status") != "cancelled"
        if takes and each.get("eventType") not in _NO_TIME:
            span = _moment(each.get("start"), tz), _moment(each.get("end"), tz)
            if span[0] is not None and span[1] is not None and span[0] < span[1]:
                found.append((span[0], span[1]))
    return found


def apart(blocks: Sequence[BusyInterval], events: Iterable[Span]) -> list[BusyInterval]:
    """Return the same busy time, with an interval for each event that lies within it.

    What no event explains stays as it is: not a second is lost, and none is added. Two events
    at one time are two.
    """
    inside: dict[int, list[Span]] = {}
    starts = sorted(blocks)
    for event in sorted(events):
        place = _block(starts, event)
        if place is not None:
            inside.setdefault(place, []).append(event)
    found = list[Span]()
    for place, block in enumerate(starts):
        own = inside.get(place, [])
        found += [*own, *_rest((block.start, block.end), own)]
    return [BusyInterval(start, end, Kind.BUSY) for start, end in sorted(found)]


def _block(blocks: Sequence[BusyInterval], event: Span) -> int | None:
    """The block that holds the whole event; blocks are disjoint, and sorted."""
    low, high = 0, len(blocks)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if blocks[middle].start <= event[0] else (low, middle)
    return low - 1 if low and event[1] <= blocks[low - 1].end else None


def _rest(block: Span, events: Sequence[Span]) -> list[Span]:
    """What of a block none of the events takes."""
    reached, edges = block[0], []
    for start, end in events:
        if start > reached:
            edges.append((reached, start))
        reached = max(reached, end)
    return [*edges, *([(reached, block[1])] if reached < block[1] else [])]


def _moment(said: object, tz: object) -> int | None:
    if not isinstance(said, Mapping):
        return None
    try:
        if "dateTime" in said:
            found = datetime.fromisoformat(str(said["dateTime"]))
            return None if found.tzinfo is None else int(found.timestamp())
        if not isinstance(tz, str):
            return None
        return int(
            datetime.fromisoformat(str(said.get("date"))).replace(tzinfo=zone(tz)).timestamp()
        )
    except (ValueError, OverflowError, UnknownZone):
        return None
