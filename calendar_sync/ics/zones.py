"""From a wall clock to an instant.

RFC 5545 3.3.5: a local time that the clocks skip is read with the offset before the gap, one
that they show twice is the first of the two. This is what `fold=0` means in Python.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calendar_sync.ics.reasons import Reason, Refused
from scheduler.errors import UnknownZone
from scheduler.model.zone import zone

DAY = 86_400
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- a wall clock's reading has no zone
_LEAST, _MOST = -62_135_596_800 + 3 * DAY, 253_402_300_799 - 3 * DAY  # years 1 to 9999, nearly


class Zone(Protocol):
    """A rule that ties wall clocks to instants (UTC seconds)."""

    def utc(self, wall: datetime) -> int:
        """Return the instant of that reading of the wall clock (naive)."""

    def wall(self, instant: int) -> datetime:
        """Return what the wall clock shows at that instant (naive)."""


class Known:
    """A zone of the IANA database, or UTC."""

    def __init__(self, rule: tzinfo) -> None:
        self._rule = rule

    def utc(self, wall: datetime) -> int:
        return seconds(wall) - _whole(self._rule.utcoffset(wall.replace(tzinfo=self._rule)))

    def wall(self, instant: int) -> datetime:
        there = reading(instant).replace(tzinfo=UTC).astimezone(self._rule)
        return there.replace(tzinfo=None, fold=0)


UNIVERSAL: Zone = Known(UTC)


class Zones:
    """The zones that one calendar may name.

    local    where floating times and whole days are read
    written  finds a zone by the VTIMEZONE of the calendar, or None; asked last, because the
             IANA database knows more of the past and the future than a calendar writes down
    """

    def __init__(self, local: Zone, written: Callable[[str], Zone | None]) -> None:
        self.local = local
        self._written = written
        self._met = dict[str, Zone]()

    def named(self, name: str, line: int) -> Zone:
        """Return the zone of that TZID: by IANA name, Windows name, or VTIMEZONE.

        Raises Refused, blaming the line, if none of them knows it.
        """
        if name not in self._met:
            found = named(name) or self._written(name)
            if found is None:
                raise Refused(Reason.UNKNOWN_ZONE, line)
            self._met[name] = found
        return self._met[name]


def named(name: str) -> Zone | None:
    """Return the zone of that IANA or Windows name, or None."""
    for candidate in (name, WINDOWS_TO_OLSON.get(name)):
        if candidate is not None:
            try:
                return Known(zone(candidate))
            except UnknownZone:
                pass
    return None


def seconds(wall: datetime) -> int:
    """Return the seconds from 1970 to that reading, as if the clock showed UTC."""
    since = wall - _EPOCH
    return since.days * DAY + since.seconds


def reading(instant: int) -> datetime:
    """Return what a clock on UTC shows; the first and last days of time stand for all beyond."""
    return _EPOCH + timedelta(seconds=min(max(instant, _LEAST), _MOST))


def _whole(offset: timedelta | None) -> int:
    assert offset is not None  # only floating times have none, and a zone is never floating
    return offset.days * DAY + offset.seconds
