"""Calendars at random, made in the world and over Graph: no taken time is ever free.

What is taken is worked out here from what each event says, apart from how Outlook is read.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from calendar_sync.outlook.calendar import OutlookCalendar
from calendar_sync.outlook.where import Where
from calendar_sync.provider import CalendarId
from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.zone import zone
from services.sandbox.outlook import ids
from services.sandbox.serving import Running
from tests.calendar_sync.stages import Counter, Tokens
from tests.sandbox.running import a_client, a_sandbox, signed_in_at_outlook
from tests.sizes import size

READ = frozenset({"Calendars.Read"})
ZONES = [
    *("America/New_York", "Europe/Berlin", "Asia/Tokyo", "Pacific/Apia", "Asia/Kathmandu"),
    *("America/St_Johns", "Australia/Lord_Howe", "Pacific/Pago_Pago", "Europe/London"),
]
NOWHERE = ["UTC", "Etc/GMT", "GMT", "Zulu"]  # what apps name that know no zone
SHOWN = ["busy", "busy", "tentative", "oof", "free", "workingElsewhere", "unknown"]
KINDS = {"tentative": Kind.TENTATIVE, "oof": Kind.UNAVAILABLE}
RANK = [Kind.TENTATIVE, Kind.BUSY, Kind.UNAVAILABLE]
BASE = date(2027, 3, 1)  # clocks change within the weeks after
WEEKS = 9
DAYS = 7 * WEEKS
_DAY = 86_400
RULES = [
    *("FREQ=DAILY;COUNT=40", "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=30", "FREQ=MONTHLY;BYMONTHDAY=31"),
    *("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,TU", "FREQ=DAILY;INTERVAL=3", "FREQ=YEARLY"),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_sandbox(tmp_path_factory.mktemp("random") / "sandbox") as found:
        yield found


class Somebody:
    """With a calendar of events at random, and what these take."""

    def __init__(self, running: Running, chance: Random, name: str) -> None:
        self.running, self.chance = running, chance
        self.email, self.home = f"{name}@example.org", chance.choice(ZONES)
        running.world.add_person(self.email, name, self.home, host="work")
        for number in range(chance.randint(3, 12)):
            self._has(f"{name}{number}", chance.choice([None, None, *RULES]))
        self._has(f"{name}daily", "FREQ=DAILY", BASE - timedelta(days=9))

    def _has(self, name: str, rule: str | None, first: date | None = None) -> None:
        """Enter an event; most of what a calendar shows, all that repeats, is from home."""
        chance = self.chance
        there = zone(self.home if rule else chance.choice(ZONES))
        start = datetime.combine(
            first or self._day(), time(chance.randrange(24), chance.randrange(60))
        )
        begin = start.replace(tzinfo=there).astimezone(UTC)
        end = begin + timedelta(minutes=chance.choice([1, 15, 47, 60, 600, 1500]))
        event: dict[str, Any] = {
            each: {"dateTime": at.astimezone(there).isoformat(), "timeZone": str(there)}
            for each, at in (("start", begin), ("end", end))
        }
        if rule:
            event["recurrence"] = [f"RRULE:{rule}"]
        event |= {"id": name, "summary": "S", "outlook": {"showAs": chance.choice(SHOWN)}}
        self.running.world.put(self.email, event, by=self.email)

    def enters_whole_days(self) -> None:
        """Make whole days over Graph: by an app that knows their zone, or another, or none."""
        token = signed_in_at_outlook(self.running, self.email, ["Calendars.ReadWrite"])
        with a_client(self.running, token) as client:
            for _ in range(4):
                first = self._day()
                last = first + timedelta(days=self.chance.choice([1, 1, 3]))
                named = self.chance.choice([self.home, *NOWHERE, self.chance.choice(ZONES)])
                days = {
                    name: {"dateTime": f"{day}T00:00:00", "timeZone": named}
                    for name, day in (("start", first), ("end", last))
                }
                shown = {"subject": "S", "isAllDay": True, "showAs": self.chance.choice(SHOWN)}
                made = client.post("/graph/v1.0/me/events", json={**shown, **days})
                assert made.status_code == 201, made.text

    def _day(self) -> date:
        return BASE + timedelta(days=self.chance.randint(-5, DAYS))

    def takes(self, span: tuple[int, int], *, whole_days: bool) -> list[BusyInterval]:
        """What events take of a span; whole days are where their owner is."""
        around = (datetime.fromtimestamp(at, UTC) for at in (span[0] - _DAY, span[1] + _DAY))
        found = set[BusyInterval]()
        for each in self.running.world.instances(self.email, *around):
            shown = each["outlook"]["showAs"]
            if shown in ("free", "workingElsewhere") or ("date" in each["start"]) != whole_days:
                continue
            start, end = (self._moment(each[name]) for name in ("start", "end"))
            start, end = max(start, span[0]), min(end, span[1])
            if start < end:
                found.add(BusyInterval(start, end, KINDS.get(shown, Kind.BUSY)))
        return sorted(found)

    def _moment(self, at: dict[str, str]) -> int:
        if "date" in at:
            day = datetime.combine(date.fromisoformat(at["date"]), time())
            return int(day.replace(tzinfo=zone(self.home)).timestamp())
        return int(datetime.fromisoformat(at["dateTime"]).timestamp())

    def account(self) -> OutlookCalendar:
        tokens = Tokens([signed_in_at_outlook(self.running, self.email, list(READ))])
        where = Where(graph_url=f"{self.running.base}/graph/v1.0", ca_file=self.running.ca_file)
        return OutlookCalendar(where, tokens, Counter(), READ)


@pytest.mark.parametrize("seed", range(size(6, 60)))
def test_no_taken_time_is_ever_free(running: Running, seed: int) -> None:
    chance = Random(seed)
    one = Somebody(running, chance, f"one{seed}")
    start = int(datetime.combine(BASE, time(), UTC).timestamp()) + chance.randint(-5000, 5000)
    span = start, start + chance.choice([5, 41, 42, DAYS]) * _DAY + chance.randint(0, 3000)
    other = Somebody(running, chance, f"other{seed}").account()
    calendar = CalendarId(ids.calendar_id(one.email))

    own, seen = one.account().busy([calendar], span)[calendar], other.colleagues([one.email], span)
    assert own == one.takes(span, whole_days=False)
    taken = seen[one.email]
    assert is_within(own, taken, span)
    assert is_within(taken, [in_fives(each) for each in own], span)

    one.enters_whole_days()
    told = one.account().busy([calendar], span)[calendar]
    days = one.takes(span, whole_days=True)
    for found in (told, other.colleagues([one.email], span)[one.email]):
        assert is_within([*own, *days], found, span)
        assert is_within(found, [*map(in_fives, own), *map(anywhere, days)], span)


def in_fives(one: BusyInterval) -> BusyInterval:
    """The same, as digits tell it that stand for five minutes each."""
    return BusyInterval(one.start // 300 * 300, -(-one.end // 300) * 300, one.kind)


def anywhere(one: BusyInterval) -> BusyInterval:
    """The same, wherever on earth its days are."""
    return BusyInterval(one.start - 26 * 3600, one.end + 26 * 3600, one.kind)


def is_within(some: Any, others: Any, span: tuple[int, int]) -> bool:
    """Whether others take all that some take, by the minute, and as much of it."""
    assert isinstance(some, list), some
    assert isinstance(others, list), others
    both = zip(minutes(some, span), minutes(others, span), strict=True)
    return all(one <= other for one, other in both)


def minutes(found: list[BusyInterval], span: tuple[int, int]) -> list[int]:
    """The greatest rank of each minute of a span."""
    ranks = [0] * ((span[1] - span[0]) // 60 + 1)
    for start, end, kind in found:
        first, last = (max(0, (at - span[0]) // 60) for at in (start, end - 1))
        for number in range(first, min(last + 1, len(ranks))):
            ranks[number] = max(ranks[number], RANK.index(kind) + 1)
    return ranks
