"""The wall clock: five zones, and what comes back on it.

The zones follow the one rule of the United States, written out below, so that no machine's own
zone files have a say.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ORDINALS = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "last": -1}
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of the United States; `standard` in hours from UTC."""

    iana: str
    windows: str
    standard: int
    letter: str
    summer: bool = True

    def utc(self, wall: datetime) -> datetime:
        """Return the instant, as a naive UTC time."""
        return wall - HOUR * (self.standard + (self.summer and _is_summer(wall)))


ZONES = {
    "new-york": Zone("America/New_York", "Eastern Standard Time", -5, "E"),
    "chicago": Zone("America/Chicago", "Central Standard Time", -6, "C"),
    "denver": Zone("America/Denver", "Mountain Standard Time", -7, "M"),
    "phoenix": Zone("America/Phoenix", "US Mountain Standard Time", -7, "M", summer=False),
    "los-angeles": Zone("America/Los_Angeles", "Pacific Standard Time", -8, "P"),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """When something comes back, on the wall clock."""

    days: tuple[int, ...]
    start: time
    length: timedelta
    every: int = 1
    ordinals: tuple[int, ...] = ()

    @classmethod
    def parse(cls, words: str) -> "Slot":
        """Read "fortnightly thu 17:00-18:00" or "1st 3rd tue 07:00-08:00"."""
        *when, hours = words.split()
        start, end = (time.fromisoformat(each) for each in hours.split("-"))
        midnight = date.min
        length = datetime.combine(midnight, end) - datetime.combine(midnight, start)
        return cls(
            days=tuple(DAYS.index(word) for word in when if word in DAYS),
            start=start,
            length=length if length > timedelta() else length + DAY,
            every=2 if "fortnightly" in when else 1,
            ordinals=tuple(ORDINALS[word] for word in when if word in ORDINALS),
        )

    def dates(self, first: date, last: date) -> list[date]:
        """The days it falls on, from `first` to `last`, both included."""
        monday = first - DAY * first.weekday()
        span = (first + DAY * n for n in range((last - first).days + 1))
        return [
            day
            for day in span
            if day.weekday() in self.days
            and (day - monday).days // 7 % self.every == 0
            and (not self.ordinals or _nth(day) & set(self.ordinals))
        ]

    def rule(self) -> str:
        """Write the same as an RRULE."""
        names = [DAYS[day][:2].upper() for day in self.days]
        if self.ordinals:
            return "FREQ=MONTHLY;BYDAY=" + ",".join(f"{n}{d}" for n in self.ordinals for d in names)
        interval = f";INTERVAL={self.every}" if self.every > 1 else ""
        return f"FREQ=WEEKLY{interval};BYDAY=" + ",".join(names)


def _nth(day: date) -> set[int]:
    """Which of its kind in the month: 1 to 5, and -1 for the last."""
    last = {-1} if (day + 7 * DAY).month != day.month else set()
    return {(day.day - 1) // 7 + 1} | last


def _is_summer(wall: datetime) -> bool:
    """Say whether clocks are forward: second Sunday of March to first of November, 02:00."""
    march, november = date(wall.year, 3, 8), date(wall.year, 11, 1)
    two = time(2)
    start, end = (
        datetime.combine(day + DAY * (6 - day.weekday()), two) for day in (march, november)
    )
    return start <= wall < end
