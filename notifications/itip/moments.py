"""Instants as iCalendar writes them (RFC 5545, 3.3.5)."""

import re
from datetime import UTC, datetime

from scheduler.model.zone import zone

_STAMP = "%Y%m%dT%H%M%S"
_WRITTEN = re.compile(r"[0-9]{8}T[0-9]{6}Z?")


def universal(instant: int) -> str:
    """Write UTC seconds as a time in UTC."""
    return datetime.fromtimestamp(instant, UTC).strftime(f"{_STAMP}Z")


def there(instant: int, zone_name: str) -> datetime:
    """Return what the clocks of the zone show at that instant."""
    return datetime.fromtimestamp(instant, zone(zone_name))


def local(name: str, instant: int, zone_name: str) -> str:
    """Write a property that is a time on the wall clock of the zone.

    When the clocks go back, an hour comes twice, and a wall clock's reading means its first
    coming. The second is written in UTC.
    """
    wall = there(instant, zone_name)
    if wall.fold:
        return f"{name}:{universal(instant)}"
    return f"{name};TZID={zone_name}:{wall.strftime(_STAMP)}"


def instant_of(value: str, zone_name: str | None) -> int:
    """Read a time. Raises ValueError, or UnknownZone.

    zone_name  of its TZID; None: it has none, and must be in UTC
    """
    if not _WRITTEN.fullmatch(value):  # strptime takes shorter ones
        raise ValueError("no time")
    if value.endswith("Z"):
        return int(datetime.strptime(value, f"{_STAMP}Z").replace(tzinfo=UTC).timestamp())
    if zone_name is None:
        raise ValueError("a time without a zone")
    wall = datetime.strptime(value, _STAMP)  # noqa: DTZ007 -- its zone stands beside it
    return int(wall.replace(tzinfo=zone(zone_name)).timestamp())
