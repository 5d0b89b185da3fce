"""Dates and what is new of them, as a letter says it to somebody who only reads."""

from dataclasses import dataclass

from notifications.itip.moments import there
from notifications.itip.news import New
from notifications.lines import one_line
from scheduler.model.series import Occurrence

_PLACE = 80  # characters
_FEW = 3  # dates that a subject names


@dataclass(frozen=True, slots=True)
class Clock:
    """The clocks that a letter goes by.

    zone   IANA: of the series
    own    IANA: of the reader; "": none is known
    """

    zone: str
    own: str = ""

    def when(self, date: Occurrence) -> str:
        """Say when a date is held, and where, if it has a place of its own."""
        ends = there(date.end, self.zone)
        here = elsewhere(date.start, self.zone, self.own)
        said = f"{self.since(date)} to {ends:%H:%M} ({self.zone}{here and f'; {here}'})"
        return f"{said}, {one_line(date.place, _PLACE)}" if date.place else said

    def since(self, date: Occurrence) -> str:
        """Say when a date begins."""
        begins = there(date.start, self.zone)
        return f"{begins:%A} {begins.day} {begins:%B %Y}, {begins:%H:%M}"

    def day(self, date: Occurrence) -> str:
        """Name a date by its day."""
        begins = there(date.start, self.zone)
        return f"{begins:%a} {begins.day} {begins:%b}"


def elsewhere(at: int, zone: str, own: str) -> str:
    """Say what another clock shows at that instant; "": there is none, or it shows the same."""
    if not own:
        return ""
    begins, shown = there(at, zone), there(at, own)
    if shown.replace(tzinfo=None) == begins.replace(tzinfo=None):
        return ""
    day = "" if shown.date() == begins.date() else f"{shown:%A} "
    return f"{day}{shown:%H:%M} in {own}"


def line(clock: Clock, new: New, without: tuple[int, ...]) -> str:
    """Say what is new of one date."""
    was, now = new
    if now is None:
        gone = "No longer yours" if new.known.original in without else "Cancelled"
        return f"{gone}: {clock.when(new.known)}"
    if was is None:
        return f"New: {clock.when(now)}"
    if was.start != now.start:
        return f"Moved from {clock.since(was)}, to {clock.when(now)}"
    return f"Another {'length' if was.minutes != now.minutes else 'place'}: {clock.when(now)}"


def subject(clock: Clock, found: list[New]) -> str:
    """Name the dates of which a letter tells, if they are few; else nothing."""
    if len(found) == 1 and found[0].was and found[0].now and found[0].moved:
        was, now = found[0].was, found[0].now
        same = clock.day(was) == clock.day(now)
        return f", {clock.day(was)} to {there(now.start, clock.zone):%H:%M}" if same else (
            f", {clock.day(was)} to {clock.day(now)}"
        )  # fmt: skip
    named = [clock.day(each.known) for each in found]
    return "".join(f", {each}" for each in named) if len(named) <= _FEW else ""
