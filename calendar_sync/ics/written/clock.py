"""The group's wall clock, as events write it."""

from datetime import UTC, datetime

from calendar_sync.ics.written.content import stamp
from scheduler.model.zone import zone


class Clock:
    """Instants (UTC seconds) as the clocks of one zone show them (RFC 5545 3.3.5, form #3)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._rule = zone(name)

    def wall(self, instant: int) -> datetime:
        """What the clock shows, in its zone."""
        return datetime.fromtimestamp(instant, self._rule)

    def local(self, name: str, instant: int) -> str:
        """A property with that reading of the clock."""
        return f"{name};TZID={self.name}:{stamp(self.wall(instant))}"

    def plain(self, start: int, end: int) -> bool:
        """Whether readings of this clock tell start, end and length without a doubt.

        They do not where the clock shows one of the two twice, or is changed in between:
        programs differ in which of the two they take, and in whether the clock or time counts.
        """
        readings = self.wall(start), self.wall(end)
        offsets = {each.replace(fold=fold).utcoffset() for each in readings for fold in (0, 1)}
        return len(offsets) == 1

    def times(self, start: int, end: int) -> list[str]:
        """DTSTART and DTEND: by the clock where that is plain, else in UTC."""
        if self.plain(start, end):
            return [self.local("DTSTART", start), self.local("DTEND", end)]
        begin, until = (stamp(datetime.fromtimestamp(each, UTC)) for each in (start, end))
        return [f"DTSTART:{begin}Z", f"DTEND:{until}Z"]
