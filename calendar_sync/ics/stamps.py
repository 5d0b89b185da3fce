"""Dates, times, durations and periods as calendars write them (RFC 5545 3.3.4 to 3.3.9)."""

import re
from datetime import datetime, time, timedelta
from typing import NamedTuple, Self

from calendar_sync.ics.outline import Property
from calendar_sync.ics.reasons import Reason, Refused
from calendar_sync.ics.zones import DAY, UNIVERSAL, Zone, Zones

_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z)?)?")
_DURATION = re.compile(
    r"([+-])?P(?=[0-9T])(?:([0-9]+)W)?(?:([0-9]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?"
)
_TOO_LONG = 4_000_000 * DAY  # longer than all the years a date can name


class Written(NamedTuple):
    """A date or date-time as it is written: the reading of a clock, not yet an instant."""

    wall: datetime  # naive; midnight for a date
    whole_day: bool
    universal: bool

    @classmethod
    def parse(cls, text: str, line: int) -> Self:
        """Read DATE or DATE-TIME. Second 60 is read as 59 (3.3.12: no leap seconds here)."""
        found = _DATE.fullmatch(text.strip().upper())
        if found is None:
            raise Refused(Reason.BAD_DATE, line)
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        try:
            wall = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
        except ValueError:
            raise Refused(Reason.BAD_DATE, line) from None
        if second > 60:
            raise Refused(Reason.BAD_DATE, line)
        return cls(wall, found[4] is None, found[7] is not None)


class Stamp(NamedTuple):
    """A reading of a clock in its zone; of a whole day, the midnight it begins at."""

    wall: datetime
    zone: Zone
    whole_day: bool = False

    @property
    def instant(self) -> int:
        """The instant, in UTC seconds."""
        return self.zone.utc(self.wall)


class Length(NamedTuple):
    """A duration: days are nominal, as long as the clocks make them; seconds are exact."""

    days: int
    seconds: int

    @classmethod
    def parse(cls, text: str, line: int) -> Self:
        """Read DURATION (3.3.6); a day and 24 hours stay different things."""
        found = _DURATION.fullmatch(text.strip().upper())
        if found is None or max(map(len, filter(None, found.groups()))) > 12:
            raise Refused(Reason.BAD_DATE, line)
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        sign = -1 if found[1] == "-" else 1
        length = cls(sign * (7 * weeks + days), sign * (3600 * hours + 60 * minutes + seconds))
        if abs(length.about) > _TOO_LONG:
            raise Refused(Reason.BAD_DATE, line)
        return length

    @property
    def about(self) -> int:
        """The seconds it lasts where no clock is changed."""
        return self.days * DAY + self.seconds

    def after(self, start: Stamp) -> int:
        """Return the instant at which it is over (3.8.5.3: first the days, then the rest)."""
        return start.zone.utc(start.wall + timedelta(days=self.days)) + self.seconds


def midnight(wall: datetime) -> datetime:
    """Return the beginning of that day."""
    return datetime.combine(wall, time())


def whole(moment: Written, zones: Zones) -> Stamp:
    """Return the whole local day that a moment names, whatever the hour it gives."""
    wall = zones.local.wall(UNIVERSAL.utc(moment.wall)) if moment.universal else moment.wall
    return Stamp(midnight(wall), zones.local, whole_day=True)


def stamp(found: Property, zones: Zones) -> Stamp:
    """Return the moment that a property of one value gives."""
    return placed(Written.parse(found.value, found.line), found, zones)


def placed(moment: Written, found: Property, zones: Zones) -> Stamp:
    """Tie a moment to its zone: UTC, the property's TZID, or where the calendar is read.

    A property that says VALUE=DATE and gives a time, or the reverse, is not guessed at.
    """
    said = found.params.get("VALUE", "").upper()
    if said == ("DATE-TIME" if moment.whole_day else "DATE"):
        raise Refused(Reason.BAD_DATE, found.line)
    if moment.universal:
        return Stamp(moment.wall, UNIVERSAL)
    if moment.whole_day or not found.params.get("TZID"):
        return Stamp(moment.wall, zones.local, moment.whole_day)
    return Stamp(moment.wall, zones.named(found.params["TZID"], found.line))


def period(text: str, found: Property, zones: Zones) -> tuple[Stamp, Length]:
    """Return the start and the length of a PERIOD (3.3.9), whose end may be a duration."""
    begin, _, end = text.partition("/")
    start = placed(_time(begin, found.line), found, zones)
    if end.strip()[:1].upper() in ("P", "+", "-"):
        return start, Length.parse(end, found.line)
    until = placed(_time(end, found.line), found, zones)
    return start, Length(0, until.instant - start.instant)


def _time(text: str, line: int) -> Written:
    moment = Written.parse(text, line)
    if moment.whole_day:
        raise Refused(Reason.BAD_DATE, line)
    return moment
