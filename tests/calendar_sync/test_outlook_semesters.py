"""Semesters at random at Outlook, changed at random, through faults: seen as they are planned."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random

import pytest

from calendar_sync.provider import SeriesDraft
from scheduler.model.answer import Rule
from scheduler.model.series import Occurrence
from scheduler.model.zone import zone
from scheduler.series import arranged, series_of
from services.sandbox.serving import Running
from tests.calendar_sync.stages import HOOK, OutlookStage, somebody
from tests.calendar_sync.test_outlook_series import WRONGS, again
from tests.sandbox.running import a_sandbox
from tests.sizes import size

ZONES = [
    *("America/New_York", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"),
    *("Pacific/Auckland", "Asia/Kathmandu", "UTC"),
]
RULES = [Rule("weekly", 0, 0, every=every) for every in (1, 2, 3)] + [
    Rule("monthly", 0, 0, ordinals=each) for each in [(1,), (4,), (-1,), (2, 4)]
]
ALWAYS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC))
Seen = list[tuple[int, int]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_sandbox(tmp_path_factory.mktemp("outlook") / "sandbox") as found:
        yield found


@dataclass
class Semester:
    """A coordinator's calendar, and what should stand in it, by our keys."""

    running: Running
    chance: Random
    drafts: dict[str, SeriesDraft] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world = self.running.world
        self.stage = OutlookStage(self.running, somebody(), HOOK)
        self.people = [somebody() for _ in range(4)]
        for each in self.people:
            self.world.add_person(each, "Grace", "America/New_York", host="work")
        tz = self.chance.choice(ZONES)
        for number, series in enumerate(series_of(*self._rule(tz), tz, 60)):
            self.drafts[f"{number}"] = SeriesDraft(f"{number}", "Group", series)
        self._invite()

    def change(self) -> None:
        """Move, skip and give up dates; let people join and leave, all or one of them."""
        for key, draft in [*self.drafts.items()]:
            del self.drafts[key]
            dates = [self._fated(each) for each in draft.series.occurrences]
            for each in arranged(draft.series, [each for each in dates if each is not None]):
                own = key if each.rule == draft.series.rule else f"{key} {each.first}"
                self.drafts[own] = replace(draft, key=own, series=each)
            if key not in self.drafts:
                again(partial(self.stage.provider.cancel, self.stage.main, key))
        self._invite()

    def put(self) -> None:
        """Write all of it, while something goes wrong."""
        for draft in self.drafts.values():
            for _ in range(self.chance.randint(0, 2)):
                wrong, nth = self.chance.choice(WRONGS), self.chance.randint(1, 15)
                fault = {"match": {"path": "/graph/"}, "do": wrong, "nth": nth}
                self.world.faults.take(fault)
            again(partial(self.stage.provider.put_series, self.stage.main, draft))
            self.world.faults.take({"clear": True})

    def planned(self, email: str = "") -> Seen:
        return sorted(
            (each.start, each.end)
            for draft in self.drafts.values()
            for each in draft.series.occurrences
            if not email or email in (*draft.guests, *each.guests)
        )

    def seen(self, email: str = "") -> Seen:
        found = self.world.instances(email or self.stage.email, *ALWAYS)
        return sorted((_moment(each["start"]), _moment(each["end"])) for each in found)

    def invitations(self) -> Counter[tuple[str, str]]:
        return Counter(
            (email, each["event"])
            for each in self.world.history.entries()
            if each["kind"] == "mail" and each["about"] == "invitation"
            for email in each["to"]
            if each["calendar"] == self.stage.email
        )

    def objects(self) -> int:
        events = self.world.events(self.stage.email)
        return sum(
            each["status"] == "confirmed" and "recurringEventId" not in each for each in events
        )

    def _rule(self, tz: str) -> tuple[Rule, list[Occurrence]]:
        begin = date(2027, 1, 1) + timedelta(days=self.chance.randint(0, 600))
        hour = self.chance.randint(6, 20)
        rule = replace(self.chance.choice(RULES), weekday=begin.weekday(), time=hour * 60)
        days = [begin + timedelta(weeks=week) for week in range(40)]
        if rule.ordinals:
            days = [each for each in days if _ordinals(each) & {*rule.ordinals}]
        own = [
            int(datetime(each.year, each.month, each.day, hour, tzinfo=zone(tz)).timestamp())
            for each in days[:: rule.every or 1][: self.chance.randint(1, 9)]
        ]
        dates = [self._fated(Occurrence(each, each, 60)) for each in own]
        return rule, [each for each in dates if each is not None]

    def _fated(self, each: Occurrence) -> Occurrence | None:
        """What becomes of a date."""
        fate = self.chance.choice(["", "", "moved", "moved back", "longer", "skipped"])
        hours = self.chance.choice([1, 2, 24, -24, -3, 72, -72, 170])
        match fate:
            case "skipped":
                return None
            case "moved":
                return replace(each, start=each.original + hours * 3600)
            case "moved back":
                return replace(each, start=each.original)
            case "longer":
                return replace(each, minutes=90)
        return each

    def _invite(self) -> None:
        guests = tuple(self.chance.sample(self.people, self.chance.randint(0, 3)))
        for key, draft in self.drafts.items():
            dates = [replace(each, guests=self._some()) for each in draft.series.occurrences]
            series = replace(draft.series, occurrences=tuple(dates))
            self.drafts[key] = replace(draft, series=series, guests=guests)

    def _some(self) -> tuple[str, ...]:
        return tuple(self.chance.sample(self.people, self.chance.choice([0, 0, 1, 2])))


def _ordinals(day: date) -> set[int]:
    last = (day + timedelta(days=7)).month != day.month
    return {(day.day - 1) // 7 + 1} | ({-1} if last else set())


def _moment(when: dict[str, str]) -> int:
    said = datetime.fromisoformat(when["dateTime"])
    return int(said.replace(tzinfo=zone(when["timeZone"])).timestamp())


@pytest.mark.parametrize("seed", range(size(5, 400)))
def test_a_semester_at_random_is_seen_as_it_is_planned(running: Running, seed: int) -> None:
    semester = Semester(running, Random(seed))
    semester.put()
    assert all(times == 1 for times in semester.invitations().values())
    for _ in range(3):
        assert semester.objects() == len(semester.drafts)
        for each in ("", *semester.people):
            assert semester.seen(each) == semester.planned(each), each

        before = semester.world.number
        for draft in semester.drafts.values():
            semester.stage.provider.put_series(semester.stage.main, draft, written=True)
        assert semester.world.number == before

        semester.change()
        semester.put()
