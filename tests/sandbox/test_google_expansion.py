"""Recurring events, against a second expansion: recurring-ical-events."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]

from scheduler.model.zone import zone
from services.sandbox.events.times import moment, span
from services.sandbox.world import World
from tests.sandbox.google_client import ANNA, BERLIN

ZONES = (BERLIN, "America/New_York", "Europe/London", "Asia/Tokyo", "Australia/Lord_Howe")
FROM, TO = datetime(2026, 8, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Span = tuple[datetime, datetime]


def a_world() -> World:
    world = World.open(None, seed=False)
    world.add_person(ANNA, "Anna", BERLIN)
    return world


class Series:
    """A random series, as a Google event with exceptions, and as an iCalendar."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.zone = chance.choice(ZONES)
        self.all_day = chance.random() < 0.25
        first = datetime(2026, 8, 3) + timedelta(days=chance.randrange(60))  # noqa: DTZ001
        # Neither in a gap nor in the hour that comes twice: there, opinions differ.
        self.first = first.replace(hour=0 if self.all_day else chance.randrange(6, 22))
        self.lasts = timedelta(days=chance.randrange(1, 4))
        if not self.all_day:
            self.lasts = timedelta(minutes=chance.choice([30, 60, 90, 240]))
        self.rule = self._rule()
        self.left_out: list[datetime] = []
        self.added: list[datetime] = []
        self.changed: list[tuple[datetime, timedelta | None]] = []
        self._choose_exceptions()

    def _rule(self) -> str:
        day = DAYS[self.first.weekday()]
        rule = self.chance.choice(
            [
                "FREQ=DAILY",
                f"FREQ=WEEKLY;BYDAY={day}",
                f"FREQ=WEEKLY;BYDAY={day},{self.chance.choice(DAYS)}",
                f"FREQ=MONTHLY;BYMONTHDAY={self.first.day}",
                f"FREQ=MONTHLY;BYDAY={(self.first.day - 1) // 7 + 1}{day}",
                f"FREQ=YEARLY;BYMONTH={self.first.month};BYMONTHDAY={self.first.day}",
            ]
        )
        if self.chance.random() < 0.5:
            rule += f";INTERVAL={self.chance.randrange(1, 4)}"
        end = self.chance.randrange(3)
        if end == 0:
            rule += f";COUNT={self.chance.randrange(1, 25)}"
        if end == 1:
            last = self.first + timedelta(days=self.chance.randrange(200))
            until = f"{last:%Y%m%d}" if self.all_day else f"{self.at(last):%Y%m%dT%H%M%SZ}"
            rule += f";UNTIL={until}"
        return rule

    def _choose_exceptions(self) -> None:
        originals = self.originals()
        few = self.chance.sample(originals, min(len(originals), self.chance.randrange(6)))
        for at in few:
            match self.chance.randrange(3):
                case 0:
                    self.left_out.append(at)
                case 1:
                    self.changed.append((at, None))
                case _:
                    self.changed.append((at, timedelta(hours=self.chance.randrange(-48, 48))))
        if self.chance.random() < 0.3:
            days = timedelta(days=self.chance.randrange(100), hours=0 if self.all_day else 1)
            self.added.append(self.first + days)

    def originals(self) -> list[datetime]:
        """What clocks show at each start that the rule alone gives."""
        calendar = icalendar.Calendar()
        calendar.add_component(self._component(self.first, rule=True))
        found = recurring_ical_events.of(calendar).between(FROM, TO)
        return [self.wall(each["DTSTART"].dt) for each in found]

    def at(self, wall: datetime) -> datetime:
        return wall.replace(tzinfo=zone(self.zone)).astimezone(UTC)

    def wall(self, at: date) -> datetime:
        if isinstance(at, datetime):
            return at.astimezone(zone(self.zone)).replace(tzinfo=None)
        return datetime(at.year, at.month, at.day)  # noqa: DTZ001

    def shifted(self, at: datetime, by: timedelta) -> datetime:
        return at + (timedelta(days=by.days) if self.all_day else by)

    # As Google has it

    def event(self) -> dict[str, Any]:
        kind = "VALUE=DATE" if self.all_day else f"TZID={self.zone}"
        form = "%Y%m%d" if self.all_day else "%Y%m%dT%H%M%S"
        lines = [f"RRULE:{self.rule}"]
        for name, times in (("EXDATE", self.left_out), ("RDATE", self.added)):
            if times:
                lines.append(f"{name};{kind}:" + ",".join(f"{each:{form}}" for each in times))
        return {"id": "series", "recurrence": lines, **self._times(self.first)}

    def exceptions(self) -> list[dict[str, Any]]:
        return [
            {
                "id": f"series_{n}",
                "recurringEventId": "series",
                "originalStartTime": self._when(at),
                "status": "cancelled" if by is None else "confirmed",
                **self._times(self.shifted(at, by or timedelta())),
            }
            for n, (at, by) in enumerate(self.changed)
        ]

    def _times(self, at: datetime) -> dict[str, Any]:
        if self.all_day:
            return {"start": self._when(at), "end": self._when(at + self.lasts)}
        end = (self.at(at) + self.lasts).astimezone(zone(self.zone)).replace(tzinfo=None)
        return {"start": self._when(at), "end": self._when(end)}

    def _when(self, at: datetime) -> dict[str, str]:
        if self.all_day:
            return {"date": at.date().isoformat()}
        return {"dateTime": at.isoformat(), "timeZone": self.zone}

    # As iCalendar has it

    def calendar(self) -> icalendar.Calendar:
        calendar = icalendar.Calendar()
        master = self._component(self.first, rule=True)
        gone = [at for at, by in self.changed if by is None]
        for name, times in (("EXDATE", [*self.left_out, *gone]), ("RDATE", self.added)):
            for each in times:
                master.add(name, self._value(each))
        calendar.add_component(master)
        for at, by in self.changed:
            if by is not None:
                moved = self._component(self.shifted(at, by))
                moved.add("RECURRENCE-ID", self._value(at))
                calendar.add_component(moved)
        return calendar

    def _component(self, at: datetime, *, rule: bool = False) -> icalendar.Event:
        event = icalendar.Event()
        event.add("UID", "series")
        event.add("DTSTART", self._value(at))
        event.add("DURATION", self.lasts)
        if rule:
            event.add("RRULE", icalendar.vRecur.from_ical(self.rule))
        return event

    def _value(self, at: datetime) -> date:
        return at.date() if self.all_day else at.replace(tzinfo=zone(self.zone))


def ours(series: Series) -> list[Span]:
    world = a_world()
    world.put(ANNA, series.event(), by="test")
    for each in series.exceptions():
        world.put(ANNA, each, by="test")
    found = world.instances(ANNA, FROM, TO)
    world.close()
    return sorted(span(each, BERLIN) for each in found)


def theirs(series: Series) -> list[Span]:
    # It has no zone for a whole day: so it is asked for more, and cut by ours.
    wider = FROM - timedelta(days=5), TO + timedelta(days=5)
    found = recurring_ical_events.of(series.calendar()).between(*wider)
    spans = [(instant(each["DTSTART"].dt), instant(each["DTEND"].dt)) for each in found]
    return sorted((start, end) for start, end in spans if start < TO and end > FROM)


def instant(at: date) -> datetime:
    return at.astimezone(UTC) if isinstance(at, datetime) else moment({"date": str(at)}, BERLIN)


@pytest.mark.parametrize("seed", range(10))
def test_random_series_happen_when_a_second_expansion_says(seed: int) -> None:
    for number in range(20):
        series = Series(Random(seed * 1000 + number))
        assert ours(series) == theirs(series), (series.event(), series.exceptions())


def test_a_time_that_clocks_skip_is_as_far_past_the_gap() -> None:
    world = a_world()
    event = {
        "start": {"dateTime": "2027-03-27T02:30:00", "timeZone": BERLIN},
        "end": {"dateTime": "2027-03-27T03:00:00", "timeZone": BERLIN},
        "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"],
    }
    world.put(ANNA, event, by="test")
    found = world.instances(ANNA, datetime(2027, 3, 1, tzinfo=UTC), TO)
    world.close()
    starts = [each["start"]["dateTime"] for each in found]
    assert starts == [
        "2027-03-27T02:30:00+01:00",
        "2027-03-28T03:30:00+02:00",
        "2027-03-29T02:30:00+02:00",
    ]


def test_a_rule_that_never_ends_is_looked_at_so_far() -> None:
    world = a_world()
    event = {
        "start": {"dateTime": "2026-08-01T00:00:00Z", "timeZone": "UTC"},
        "end": {"dateTime": "2026-08-01T00:00:01Z", "timeZone": "UTC"},
        "recurrence": ["RRULE:FREQ=SECONDLY"],
    }
    world.put(ANNA, event, by="test")
    found = world.instances(ANNA, FROM, TO)
    world.close()
    assert 0 < len(found) <= 10_000
