"""All VEVENTs of one UID: which of them count, and which instance is whose.

An override stands for the instance it names and is an instance in its own right, so it keeps
its time even where the rest of the series is not in the file, or no longer reaches it.
"""

from collections.abc import Iterable, Iterator, Sequence

from calendar_sync.ics.budget import Budget
from calendar_sync.ics.event import Event
from calendar_sync.ics.instances import instances, interval
from calendar_sync.ics.stamps import Written
from calendar_sync.ics.zones import seconds
from scheduler.model.busy import BusyInterval

_NEVER = -(10**12)  # before the year 1


def intervals(
    events: Sequence[Event], span: tuple[int, int], budget: Budget
) -> Iterator[BusyInterval]:
    """Yield what the series takes of the span, instance by instance, each whole.

    events  those of one UID, in the order of the file
    """
    overrides = _latest(event for event in events if event.named)
    masters = [event for event in events if not event.named]
    newest = max((master.sequence for master in masters), default=0)
    for override in overrides:
        if override.start is not None:
            yield from interval(override, override.start, override.length, span)
    for master in masters:
        if master.sequence == newest:
            yield from instances(master, overrides, span, budget)


def _latest(overrides: Iterable[Event]) -> list[Event]:
    """Of those that name the same instance, keep the one made last."""
    versions = dict[tuple[int, bool], list[Event]]()
    for override in overrides:
        assert override.named is not None
        versions.setdefault((override.named.instant, override.named.whole_day), []).append(override)
    return [
        max(enumerate(rivals), key=_age)[1] if len(rivals) > 1 else rivals[0]
        for rivals in versions.values()
    ]


def _age(place: tuple[int, Event]) -> tuple[int, int, int]:
    """Order by SEQUENCE, then by DTSTAMP, then by place in the file."""
    order, event = place
    stamped = event.component.only("DTSTAMP")
    if stamped is None:
        return event.sequence, _NEVER, order
    return event.sequence, seconds(Written.parse(stamped.value, stamped.line).wall), order
