"""Zones that a calendar writes down itself (RFC 5545 3.6.5).

icalendar keeps such zones in a table for the whole process, where one calendar's "Customized
Time Zone" becomes everybody's; these live and die with their calendar.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from calendar_sync.ics import parts, rules
from calendar_sync.ics.budget import Budget
from calendar_sync.ics.outline import Component
from calendar_sync.ics.reasons import Reason, Refused
from calendar_sync.ics.stamps import Stamp, Written
from calendar_sync.ics.zones import UNIVERSAL, Zone, reading, seconds

_OFFSET = re.compile(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?")
_BEGINNING = datetime(1, 1, 1)  # noqa: DTZ001 -- before any reading of any clock


class Onset(NamedTuple):
    """A change of the clocks: when, and the offsets (seconds) before and after it."""

    instant: int
    before: int
    after: int


class Fixed:
    """A clock that is always the same number of seconds ahead of UTC."""

    def __init__(self, offset: int) -> None:
        self._offset = offset

    def utc(self, wall: datetime) -> int:
        return seconds(wall) - self._offset

    def wall(self, instant: int) -> datetime:
        return reading(instant + self._offset)


class Observed:
    """A clock that is changed at the onsets; before the first it shows what it then leaves."""

    def __init__(self, onsets: list[Onset]) -> None:
        self._onsets = sorted(set(onsets))
        self._instants = [onset.instant for onset in self._onsets]
        # A reading in the gap, and the first of two equal ones, belong to the time before.
        self._walls = [on.instant + max(on.before, on.after) for on in self._onsets]

    def utc(self, wall: datetime) -> int:
        return seconds(wall) - self._offset(bisect_right(self._walls, seconds(wall)))

    def wall(self, instant: int) -> datetime:
        return reading(instant + self._offset(bisect_right(self._instants, instant)))

    def _offset(self, passed: int) -> int:
        return self._onsets[passed - 1].after if passed else self._onsets[0].before


def observed(component: Component, until: datetime, budget: Budget) -> Zone:
    """Return the zone of a VTIMEZONE, with its changes up to that reading of the clock.

    Raises Refused, blaming a line, when part of it is missing or cannot be read.
    """
    onsets = [onset for part in component.parts for onset in _onsets(part, until, budget)]
    if not onsets:
        raise Refused(Reason.BAD_ZONE, component.line)
    return Observed(onsets)


def _onsets(part: Component, until: datetime, budget: Budget) -> Iterator[Onset]:
    before, after = _offset(part, "TZOFFSETFROM"), _offset(part, "TZOFFSETTO")
    begin = part.only("DTSTART")
    if begin is None:
        raise Refused(Reason.BAD_ZONE, part.line)
    clock = Fixed(before)  # onsets are told by the clock that is about to be changed
    start = Stamp(Written.parse(begin.value, begin.line).wall, clock)
    yield Onset(start.instant, before, after)
    for rule in part.every("RRULE"):
        for wall in rules.repeats(parts.parse(rule), start, _BEGINNING, until, budget):
            yield Onset(clock.utc(wall), before, after)
    for extra in part.every("RDATE"):
        for text in extra.value.split(","):
            moment = Written.parse(text.partition("/")[0], extra.line)
            zone = UNIVERSAL if moment.universal else clock
            yield Onset(zone.utc(moment.wall), before, after)


def _offset(part: Component, name: str) -> int:
    found = part.only(name)
    text = _OFFSET.fullmatch(found.value) if found else None
    if text is None:
        raise Refused(Reason.BAD_ZONE, found.line if found else part.line)
    ahead = int(text[2]) * 3600 + int(text[3]) * 60 + int(text[4] or 0)
    return -ahead if text[1] == "-" else ahead
