"""Wall-clock hours that hold every week: meeting windows, working hours, preferred hours."""

from collections.abc import Iterable
from dataclasses import dataclass

DAY = 24 * 60  # minutes
WEEK = 7 * DAY
FOREVER = 1 << 40  # minutes
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hours:
    """A range of wall-clock time on some weekdays.

    days        0 (Monday) to 6 (Sunday)
    start, end  minutes past midnight, start < end <= 1440
    """

    days: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Week:
    """Ranges of the week in minutes since Monday 00:00: sorted, disjoint, joined where they touch.

    Sunday night and Monday morning touch as well: see `unrolled`.
    """

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, hours: Iterable[Hours]) -> "Week":
        """Join the hours where they touch or overlap, over midnight too."""
        pieces = sorted(
            (day * DAY + each.start, day * DAY + each.end) for each in hours for day in each.days
        )
        joined: list[tuple[int, int]] = []
        for start, end in pieces:
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return cls(tuple(joined))

    @property
    def always(self) -> bool:
        """Whether no minute of the week is left out."""
        return self.ranges == ((0, WEEK),)

    @property
    def unrolled(self) -> tuple[tuple[int, int], ...]:
        """The ranges as a meeting that starts this week sees them.

        One that reaches Sunday midnight goes on where next Monday begins; "always" never ends.
        """
        if self.always:
            return ((0, FOREVER),)
        if not self.ranges or self.ranges[0][0] > 0 or self.ranges[-1][1] < WEEK:
            return self.ranges
        return (*self.ranges[:-1], (self.ranges[-1][0], WEEK + self.ranges[0][1]))

    @property
    def longest(self) -> int:
        """Minutes of the longest range; FOREVER when it never ends."""
        return max((end - start for start, end in self.unrolled), default=0)


ALWAYS = Week(((0, WEEK),))
OFFICE_HOURS = Week.of([Hours((0, 1, 2, 3, 4), 8 * 60, 18 * 60)])
