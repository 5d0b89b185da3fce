"""The entries of somebody's calendar, as Google's event resources."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from services.sandbox.events.expansion import suffix
from services.sandbox.events.times import Event, at_wall, timed, whole_day
from services.sandbox.ics.resources import identity
from services.sandbox.people.roster import Session

DAY = timedelta(days=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Term:
    """The weeks that are written: `first` is a Monday."""

    first: date
    weeks: int

    def day(self, week: int, weekday: int = 0) -> date:
        """Return that day of that week, both counted from 0."""
        return self.first + timedelta(weeks=week, days=weekday)

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(weeks=self.weeks) - DAY


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes one person's entries: always the same ones of the same words."""

    owner: str
    zone: str
    term: Term

    def weekly(self, session: Session, weeks_off: Collection[int] = ()) -> Event:
        """Write what comes back on some weekdays, except in the weeks off."""
        days, start, end, title = session
        places = sorted(_WEEKDAYS.index(day) for day in days.split(","))
        first = self.term.day(0, places[0])
        over = self._at(self.term.last, "23:59")
        gone = [self._at(self.term.day(week, each), start) for week in weeks_off for each in places]
        lines = [f"RRULE:FREQ=WEEKLY;BYDAY={days};UNTIL={over:%Y%m%dT%H%M%SZ}"]
        if gone:
            lines.append("EXDATE:" + ",".join(f"{each:%Y%m%dT%H%M%SZ}" for each in gone))
        return {**self.once(title, first, start, end, key=days), "recurrence": lines}

    def once(
        self, title: str, day: date, start: str, end: str, *, key: str = "", **more: Any
    ) -> Event:
        """Write what happens on one day, from and until by the wall clock."""
        return {
            "id": identity(self.owner, title, day.isoformat(), start, key),
            "summary": title,
            "start": timed(self._at(day, start), self.zone),
            "end": timed(self._at(day, end), self.zone),
            **more,
        }

    def days(self, title: str, first: date, count: int, *, free: bool = False) -> Event:
        """Write whole days. They take time unless they are free."""
        event: Event = {
            "id": identity(self.owner, title, first.isoformat()),
            "summary": title,
            "start": whole_day(first),
            "end": whole_day(first + count * DAY),
        }
        return {**event, "transparency": "transparent"} if free else event

    def moved(self, series: Event, day: date, start: str, to: tuple[date, str, str]) -> Event:
        """Write that the instance of that day is held at another time."""
        usual = timed(self._at(day, start), self.zone)
        return {
            "id": f"{series['id']}_{suffix(usual, self.zone)}",
            "recurringEventId": series["id"],
            "originalStartTime": usual,
            "iCalUID": f"{series['id']}@google.com",
            "summary": series["summary"],
            "start": timed(self._at(to[0], to[1]), self.zone),
            "end": timed(self._at(to[0], to[2]), self.zone),
        }

    def _at(self, day: date, clock: str) -> datetime:
        return at_wall(datetime.combine(day, time.fromisoformat(clock)), self.zone)
