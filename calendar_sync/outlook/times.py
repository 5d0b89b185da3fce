"""Outlook's times, as UTC seconds. Pure.

Times are asked for in UTC, and come as a wall clock's reading with the name of its zone. Whole
days come as midnights whatever was asked for: they are dates, read where they were entered. Where
that is, Windows names tell, or IANA's; where nobody can tell, a day is taken from where it begins
first on earth to where it ends last, so that nobody is free by mistake.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from calendar_sync.errors import broken
from calendar_sync.ics.zones import UNIVERSAL, Zone, named, seconds
from calendar_sync.provider import Span

_FIRST, _LAST = 14 * 3600, 12 * 3600  # seconds ahead of UTC, and behind it: nobody is further
_UTC = "tzone://Microsoft/Utc"
_DAY = 86_400
# Apps that know no zone enter whole days so: it is not said where those days are.
_ANYWHERE = frozenset(
    f"{area}{name}".lower()
    for area in ("", "Etc/")
    for name in ("UTC", "UCT", "Universal", "Zulu", "GMT", "GMT0", "GMT+0", "GMT-0", "Greenwich")
) | {_UTC.lower()}


def stamp(moment: int) -> str:
    """Return an instant as Graph reads it in an address."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def between(start: object, end: object) -> Span:
    """Return the time from one moment to another; of a part of a second, all. Raises Wait."""
    return _begin(*_read(start)), _end(*_read(end))


def whole_days(
    start: object, end: object, zones: Sequence[object], usual: str | None = None
) -> Span:
    """Return the time of whole days; where several zones are named, what they take together.

    zones  the names of those in which the days were entered, as the host tells them
    usual  one in which they may be all the same: apps name a zone of their own, and Outlook
           shows the days where its mailbox is
    Raises Wait.
    """
    (first, _), (last, _) = _read(start), _read(end)
    if not (_is_midnight(first) and _is_midnight(last)):
        begin, until = between(start, end)  # a host that made instants of them
        return begin, until if until != begin else begin + _DAY
    if last < first:
        raise broken("an event that ends before it starts")
    last = max(last, first + timedelta(days=1))
    places = [_place(each) for each in zones if each] or [None]
    places += [_place(usual)] if usual else []
    return min(_begin(first, each) for each in places), max(_end(last, each) for each in places)


def is_place(name: object) -> bool:
    """Whether the name of a zone says where somebody is."""
    return _place(name) is not None


def _begin(wall: datetime, there: Zone | None) -> int:
    return seconds(wall) - _FIRST if there is None else there.utc(wall)


def _end(wall: datetime, there: Zone | None) -> int:
    """Return the later instant, where clocks show that time twice."""
    if there is None:
        found = seconds(wall) + _LAST
    else:
        found = max(there.utc(wall.replace(fold=fold)) for fold in (0, 1))
    return found + (1 if wall.microsecond else 0)


def _read(said: object) -> tuple[datetime, Zone | None]:
    """Return the reading of a wall clock, and its zone if it is known."""
    text = said.get("dateTime") if isinstance(said, dict) else None
    try:
        found = datetime.fromisoformat(text if isinstance(text, str) else "")
        if found.tzinfo is not None:
            return found.astimezone(UTC).replace(tzinfo=None), UNIVERSAL
    except (ValueError, OverflowError):
        raise broken("a time that cannot be read") from None
    assert isinstance(said, dict)  # a text stood in it
    return found, _known(said.get("timeZone"))


def _place(name: object) -> Zone | None:
    if isinstance(name, str) and name.lower() in _ANYWHERE:
        return None
    return _known(name)


def _known(name: object) -> Zone | None:
    if not isinstance(name, str):
        return None
    return UNIVERSAL if name == _UTC else named(name)


def _is_midnight(wall: datetime) -> bool:
    return (wall.hour, wall.minute, wall.second, wall.microsecond) == (0, 0, 0, 0)
