"""When: from iCalendar's properties to wall clock and zone, and on to Google's fields."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple, Self

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from scheduler.errors import UnknownZone
from scheduler.model.zone import zone

DAY = timedelta(days=1)


class Clock(NamedTuple):
    """A zone. `name` is None where only the file itself defines it: Google cannot name it."""

    zone: tzinfo
    name: str | None

    @classmethod
    def of(cls, name: str) -> Self:
        """Return the clock of an IANA or Windows name. Raises UnknownZone."""
        try:
            return cls(zone(name), name)
        except UnknownZone:
            meant = WINDOWS_TO_OLSON.get(name)
            if meant is None:
                raise
            return cls(zone(meant), meant)


UNIVERSAL = Clock(UTC, "UTC")


class Moment(NamedTuple):
    """A reading of a clock; of a whole day, its midnight in the calendar's own zone."""

    wall: datetime
    clock: Clock
    whole_day: bool = False

    @property
    def instant(self) -> datetime:
        """The instant, aware, in UTC."""
        return self.wall.replace(tzinfo=self.clock.zone).astimezone(UTC)

    def field(self) -> dict[str, str]:
        """Return it as Google's `start`, `end` or `originalStartTime`."""
        if self.whole_day:
            return {"date": f"{self.wall:%Y-%m-%d}"}
        if self.clock.name in (None, "UTC"):
            return {"dateTime": f"{self.instant:%Y-%m-%dT%H:%M:%SZ}", "timeZone": "UTC"}
        said = self.wall.replace(tzinfo=self.clock.zone).isoformat()
        return {"dateTime": said, "timeZone": str(self.clock.name)}

    def stamp(self) -> str:
        """Return it as iCalendar writes it: a date, or a time in UTC."""
        return f"{self.wall:%Y%m%d}" if self.whole_day else f"{self.instant:%Y%m%dT%H%M%SZ}"

    def onto(self, clock: Clock) -> Self:
        """Return the same instant as read on another clock."""
        if self.whole_day:
            return self
        wall = self.instant.astimezone(clock.zone).replace(tzinfo=None)
        return self._replace(wall=wall, clock=clock)

    def like(self, master: "Moment") -> Self:
        """Return it as an instance of that series begins: a whole day, or on its clock.

        A date within a series of times stands for the instance of that day.
        """
        if master.whole_day:
            return self._replace(wall=midnight(self.wall), clock=master.clock, whole_day=True)
        if self.whole_day:
            wall = datetime.combine(self.wall, master.wall.time())
            return self._replace(wall=wall, clock=master.clock, whole_day=False)
        return self.onto(master.clock)

    def later(self, length: timedelta) -> Self:
        """Return the moment so much later: exactly, or of whole days by the calendar."""
        if self.whole_day:
            return self._replace(wall=self.wall + length)
        over = (self.instant + length).astimezone(self.clock.zone)
        return self._replace(wall=over.replace(tzinfo=None))


def midnight(wall: datetime) -> datetime:
    """Return the beginning of that day."""
    return datetime.combine(wall, time())


def moment(value: Any, params: Any, floating: Clock) -> Moment:
    """Return the moment that icalendar read as `value` from a property with `params`.

    floating  the clock of times that name no zone, and of zones that nobody knows
    """
    if not isinstance(value, datetime):
        assert isinstance(value, date)
        return Moment(datetime.combine(value, time()), floating, whole_day=True)
    wall = value.replace(tzinfo=None)
    if "TZID" in params:
        try:
            return Moment(wall, Clock.of(str(params["TZID"])))
        except UnknownZone:
            pass  # perhaps the file defines it
    if value.tzinfo is None:
        return Moment(wall, floating)
    if value.utcoffset() == timedelta() and value.tzname() in ("UTC", None):
        return Moment(wall, UNIVERSAL)
    return Moment(wall, Clock(value.tzinfo, None))


def listed(found: Any, floating: Clock) -> Iterator[tuple[Moment, timedelta | None]]:
    """Yield the moments of EXDATE or RDATE; those that are periods with their length."""
    for line in found if isinstance(found, list) else [found] if found is not None else []:
        for each in line.dts:
            if not isinstance(each.dt, tuple):
                yield moment(each.dt, line.params, floating), None
                continue
            begin, end = each.dt
            first = moment(begin, line.params, floating)
            until = end if isinstance(end, timedelta) else end - begin
            yield first, until
