"""A person's week as it is drawn: what lies on which day, from when to when, beside what else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from scheduler.model.zone import zone
from services.sandbox.events.times import at_wall, is_all_day, span
from services.sandbox.world import Calendar, Instance, World

DAY = timedelta(days=1)
_MORNING, _EVENING = 7, 19  # hours that are drawn even where nothing happens


@dataclass(frozen=True, slots=True)
class Entry:
    """An instance on one day. `start` and `end` are minutes of that day on the wall clock.

    lane, lanes  which of how many columns it is drawn in, where several happen at once
    """

    event: Instance
    calendar: Calendar
    colour: int
    start: int
    end: int
    whole_day: bool
    lane: int = 0
    lanes: int = 1

    @property
    def free(self) -> bool:
        """Whether it leaves its owner free."""
        return bool(self.event.get("transparency") == "transparent")

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.event.get("summary") or "(no title)")

    @property
    def times(self) -> str:
        """From when to when, in words."""
        if self.whole_day:
            return "all day"
        return f"{_clock(self.start)}–{_clock(self.end)}"  # noqa: RUF001 -- a dash between times

    @property
    def marks(self) -> list[str]:
        """What else there is to say of it."""
        said = [
            ("clinical", self.calendar.clinical),
            ("tentative", self.event["status"] == "tentative"),
            ("free", self.free),
            ("repeats", "recurringEventId" in self.event),
        ]
        return [word for word, holds in said if holds]


@dataclass(frozen=True, slots=True)
class Day:
    """A day with its entries, whole days apart."""

    date: date
    whole: list[Entry]
    timed: list[Entry]

    @property
    def entries(self) -> list[Entry]:
        """All of them, whole days first."""
        return [*self.whole, *self.timed]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday, drawn from the hour `first` to the hour `last`."""

    days: list[Day]
    first: int
    last: int

    @property
    def hours(self) -> range:
        """The hours that have a line."""
        return range(self.first, self.last)

    def share(self, minutes: int) -> float:
        """Return how far down a moment is, in percent of what is drawn."""
        return round(100 * (minutes - 60 * self.first) / (60 * (self.last - self.first)), 3)


def monday(day: date) -> date:
    """Return the Monday of that day's week."""
    return day - timedelta(days=day.weekday())


def week(world: World, email: str, first: date) -> Week:
    """Return the week of a person that begins on that Monday, by the clocks where they live."""
    zone_name, found = world.person(email).timezone, list[tuple[Instance, Calendar, int]]()
    begin, end = (
        at_wall(datetime.combine(day, time()), zone_name) for day in (first, first + 7 * DAY)
    )
    for colour, calendar in enumerate(world.calendars(email)):
        found += [(each, calendar, colour) for each in world.instances(calendar.id, begin, end)]
    days = [_day(first + n * DAY, found, zone_name) for n in range(7)]
    timed = [entry for day in days for entry in day.timed]
    return Week(
        days,
        min([_MORNING, *(entry.start // 60 for entry in timed)]),
        max([_EVENING, *(-(-entry.end // 60) for entry in timed)]),
    )


def _day(day: date, found: Iterable[tuple[Instance, Calendar, int]], zone_name: str) -> Day:
    there = [
        Entry(event, calendar, colour, *minutes, is_all_day(event))
        for event, calendar, colour in found
        if (minutes := _minutes(event, calendar, day, zone_name)) is not None
    ]
    timed = sorted((e for e in there if not e.whole_day), key=lambda e: (e.start, -e.end))
    return Day(day, [each for each in there if each.whole_day], list(_side_by_side(timed)))


def _minutes(
    event: Instance, calendar: Calendar, day: date, zone_name: str
) -> tuple[int, int] | None:
    """Return the part of the day that it takes; None if none."""
    if is_all_day(event):
        within = event["start"]["date"] <= day.isoformat() < event["end"]["date"]
        return (0, 1440) if within else None
    begin, end = (
        at.astimezone(zone(zone_name)).replace(tzinfo=None) for at in span(event, calendar.timezone)
    )
    midnight = datetime.combine(day, time())
    first, last = max(begin, midnight), min(end, midnight + DAY)
    if first > last or (first == last and begin != end) or begin >= midnight + DAY:
        return None
    return (first - midnight) // timedelta(minutes=1), (last - midnight) // timedelta(minutes=1)


def _side_by_side(entries: list[Entry]) -> Iterator[Entry]:
    """Give entries that overlap a lane each."""
    cluster, until = list[Entry](), -1
    for entry in entries:
        if entry.start >= until:
            yield from _lanes(cluster)
            cluster, until = [], -1
        cluster.append(entry)
        until = max(until, entry.end)
    yield from _lanes(cluster)


def _lanes(cluster: list[Entry]) -> Iterator[Entry]:
    ends = list[int]()
    placed = list[tuple[Entry, int]]()
    for entry in cluster:
        lane = next((n for n, end in enumerate(ends) if end <= entry.start), len(ends))
        ends[lane : lane + 1] = [entry.end]
        placed.append((entry, lane))
    for entry, lane in placed:
        yield replace(entry, lane=lane, lanes=len(ends))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
