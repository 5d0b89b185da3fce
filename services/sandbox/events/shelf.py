"""The events of one calendar, each with the number of its last change."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.sandbox.events.expansion import expand, overlaps
from services.sandbox.events.times import Event, span
from services.sandbox.store import Store

Timing = dict[str, Any]
"""`start`, `end` and `recurrence` of a series as it was; `until`, the change that ended it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An event, the number of its last change, and when it happened before it was moved."""

    event: Event
    number: int
    past: list[Timing] = field(default_factory=list)


class Shelf:
    """What one calendar holds. Whoever writes holds the world's lock."""

    def __init__(self, store: Store, calendar_id: str) -> None:
        self._store = store
        self._calendar_id = calendar_id
        self._kept: dict[str, Kept] = {}
        self._exceptions: dict[str, set[str]] = {}

    def take_in(self, document: dict[str, Any]) -> None:
        """Hold what the store remembered."""
        self._hold(Kept(document["event"], document["number"], document.get("past", [])))

    def get(self, event_id: str) -> Event | None:
        """Return the event, cancelled or not."""
        kept = self._kept.get(event_id)
        return kept.event if kept else None

    def kept(self, since: int = 0) -> list[Kept]:
        """Return what was changed after that number, in the order of its creation."""
        return [kept for kept in list(self._kept.values()) if kept.number > since]

    def exceptions(self, master_id: str) -> list[Event]:
        """Return the changed and cancelled instances of a series."""
        return [self._kept[each].event for each in self._exceptions.get(master_id, ())]

    def write(self, event: Event, number: int) -> None:
        """Keep the event as that change left it."""
        before = self._kept.get(event["id"])
        past = [*before.past, *_ended(before.event, event, number)] if before else []
        kept = Kept(event, number, past)
        self._hold(kept)
        self._store.put(
            "event",
            f"{self._calendar_id}/{event['id']}",
            {"calendar": self._calendar_id, "event": event, "number": number, "past": past},
        )

    def _hold(self, kept: Kept) -> None:
        self._kept[kept.event["id"]] = kept
        if master := kept.event.get("recurringEventId"):
            self._exceptions.setdefault(master, set()).add(kept.event["id"])


def happening(shelf: Shelf, zone_name: str, start: datetime, end: datetime) -> list[Event]:
    """Return what happens in [start, end), by start; nothing that is cancelled."""
    found: list[Event] = []
    for event in (kept.event for kept in shelf.kept()):
        if event["status"] == "cancelled":
            continue
        if "recurrence" in event:
            found += expand(event, shelf.exceptions(event["id"]), zone_name, start, end)
        elif not belongs(shelf, event) and overlaps(event, zone_name, start, end):
            found.append(event)
    there = [each for each in found if each["status"] != "cancelled"]
    return sorted(there, key=lambda each: span(each, zone_name))


def belongs(shelf: Shelf, event: Event) -> bool:
    """Whether its series shows it. An exception whose series is not here stands alone.

    So does one to which somebody comes who left its series.
    """
    series = shelf.get(event.get("recurringEventId", ""))
    return series is not None and "recurrence" in series and series["status"] != "cancelled"


def _ended(before: Event, after: Event, number: int) -> Iterator[Timing]:
    if "recurrence" not in before or before["status"] == "cancelled":
        return
    timing = {name: before[name] for name in ("start", "end", "recurrence")}
    if after["status"] == "cancelled" or timing != {name: after.get(name) for name in timing}:
        yield {**timing, "until": number}
