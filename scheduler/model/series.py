"""A semester as it stands in calendars: a rule, where its dates are held, and what it leaves out.

A series is what a person accepts once. It is named at every host by where its rule puts a date,
so a date keeps its name however often it is moved.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a series that is held.

    original  UTC seconds: when the rule puts it; names it for as long as the series lives
    start     UTC seconds: when it is held; another than `original` where it was moved
    minutes   how long
    place     "" where it is the series' own
    guests    mail addresses of those who come to this date alone, besides the series' own
    """

    original: int
    start: int
    minutes: int
    place: str = ""
    guests: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """UTC seconds: when it is over."""
        return self.start + self.minutes * 60


@dataclass(frozen=True, slots=True)
class Series:
    """Dates that are one object of a calendar: by a rule, or a single one (RFC 5545, 3.6.1).

    zone         IANA: the wall clock that the rule keeps
    rule         an RRULE's value (RFC 5545, 3.8.5.3: FREQ=..;UNTIL=..Z), without EXDATE; "" for a
                 single date
    minutes      how long a date is by the rule
    occurrences  those that are held, by `original`; never empty
    skipped      originals of what the rule puts besides and is not held (EXDATE), ascending

    Every date of the rule is in one of the two, and nothing else is. A single date's original is
    but its name: it is written where it is held.
    """

    zone: str
    rule: str
    minutes: int
    occurrences: tuple[Occurrence, ...]
    skipped: tuple[int, ...] = ()

    @property
    def first(self) -> int:
        """DTSTART, UTC seconds. It stays when the first date is moved, or left out later on."""
        if not self.rule:
            return self.occurrences[0].start
        return min((self.occurrences[0].original, *self.skipped[:1]))

    def usual(self, original: int) -> Occurrence:
        """Return the date as the rule puts it there."""
        return Occurrence(original, original if self.rule else self.first, self.minutes)

    @property
    def exceptions(self) -> tuple[Occurrence, ...]:
        """The dates that are otherwise than the rule puts them (RFC 5545, 3.8.4.4)."""
        return tuple(each for each in self.occurrences if each != self.usual(each.original))
