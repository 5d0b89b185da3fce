"""The instances of one master, as its overrides leave them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from calendar_sync.ics.budget import Budget
from calendar_sync.ics.event import Event, Extra
from calendar_sync.ics.rules import repeats
from calendar_sync.ics.stamps import Length, Stamp, midnight
from calendar_sync.ics.zones import DAY, UNIVERSAL, Zone, reading
from scheduler.model.busy import BusyInterval

_ALWAYS = -(10**12)  # before the year 1
_MARGIN = 2 * DAY  # a wall clock is at most 15 hours from UTC, and some zones skipped a day


@dataclass(frozen=True, slots=True)
class _Version:
    """What the instances are from `since` on (UTC seconds), moved `by` so much on `clock`."""

    since: int
    event: Event
    clock: Zone
    by: timedelta

    def moved(self, start: Stamp) -> Stamp:
        new = self.event.start
        if self.since == _ALWAYS or new is None:
            return start
        wall = start.wall if start.zone is self.clock else self.clock.wall(start.instant)
        wall += self.by
        return Stamp(midnight(wall) if new.whole_day else wall, new.zone, new.whole_day)


class _Names:
    """The instances that EXDATE or RECURRENCE-ID name: by instant, or as dates by the day."""

    def __init__(self, begin: Stamp, stamps: Iterable[Stamp]) -> None:
        self._days = set[date]()
        self._instants = set[int]()
        for stamp in stamps:
            if stamp.whole_day or (begin.whole_day and stamp.zone is not UNIVERSAL):
                self._days.add(stamp.wall.date())
            else:
                self._instants.add(stamp.instant)

    def __contains__(self, start: Stamp) -> bool:
        return start.wall.date() in self._days or start.instant in self._instants


def interval(
    event: Event, start: Stamp, length: Length, span: tuple[int, int]
) -> Iterator[BusyInterval]:
    """Yield the time that an instance takes, if it takes any of the span."""
    if event.kind is not None:
        begin, end = start.instant, length.after(start)
        if begin < end and begin < span[1] and span[0] < end:
            yield BusyInterval(begin, end, event.kind)


def instances(
    master: Event, overrides: Sequence[Event], span: tuple[int, int], budget: Budget
) -> Iterator[BusyInterval]:
    """Yield the time of the master's instances that no override names.

    overrides  of the same UID; one that reaches onwards moves and changes the later instances
    """
    if master.start is None:
        return
    versions = _versions(master, master.start, overrides)
    if all(version.event.kind is None for version in versions):
        return
    gone = _Names(master.start, master.excluded)
    named = _Names(master.start, [event.named for event in overrides if event.named])
    turns = [version.since for version in versions]
    for start, length in _all(master, master.start, _reach(versions, span), budget):
        if start not in gone and start not in named:
            version = versions[bisect_right(turns, start.instant) - 1]
            lasting = version.event.length if length is None else length
            yield from interval(version.event, version.moved(start), lasting, span)


def _all(
    master: Event, begin: Stamp, reach: tuple[datetime, datetime], budget: Budget
) -> Iterable[Extra]:
    """Return the recurrence set within reach, each start once; a PERIOD's length counts."""
    found = {begin.instant: Extra(begin, None)}
    for rule in master.rules:
        for wall in repeats(rule, begin, *reach, budget):
            start = begin._replace(wall=midnight(wall) if begin.whole_day else wall)
            found[start.instant] = Extra(start, None)
    for extra in master.extras:
        budget.step()
        found[extra.start.instant] = extra
    return found.values()


def _versions(master: Event, begin: Stamp, overrides: Sequence[Event]) -> list[_Version]:
    versions = [_Version(_ALWAYS, master, begin.zone, timedelta())]
    for event in overrides:
        if event.named and event.onwards:
            first = _own(event.named, begin)
            by = event.start.wall - first.wall if event.start else timedelta()
            versions.append(_Version(first.instant, event, begin.zone, by))
    return sorted(versions, key=lambda version: version.since)


def _own(named: Stamp, begin: Stamp) -> Stamp:
    """Return the start of the named instance as its master would write it."""
    if named.whole_day and not begin.whole_day:
        return begin._replace(wall=datetime.combine(named.wall, begin.wall.time()))
    if begin.whole_day and named.zone is not UNIVERSAL:
        return begin._replace(wall=midnight(named.wall))
    return begin._replace(wall=begin.zone.wall(named.instant))


def _reach(versions: Sequence[_Version], span: tuple[int, int]) -> tuple[datetime, datetime]:
    """Return the readings between which an instance may begin that ends up in the span."""
    moves = [version.by // timedelta(seconds=1) for version in versions]
    ends = [
        move + version.event.length.about for move, version in zip(moves, versions, strict=True)
    ]
    return (
        reading(span[0] - max(*ends, 0) - _MARGIN),
        reading(span[1] - min(*moves, 0) + _MARGIN),
    )
