"""Series at Outlook, as the sandbox plays it: each one object, and each guest told once."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from threading import Barrier, Thread
from typing import Any

import pytest

from calendar_sync.errors import ChangedMeanwhile, NotThere, Refused, Wait
from calendar_sync.outlook.recurrence import fields
from calendar_sync.provider import Answer, Reply, SeriesDraft
from scheduler.model.series import Occurrence, Series
from scheduler.model.zone import zone
from services.sandbox.serving import Running
from tests.calendar_sync.stages import HOOK, OutlookStage, somebody
from tests.sandbox.running import a_sandbox
from tests.sizes import size

BERLIN = "Europe/Berlin"
TUESDAYS = ["03-09", "03-16", "03-23", "03-30", "04-06", "04-13"]  # clocks change on the 28th
WRONGS: list[dict[str, Any]] = [
    {"commit_then_drop": True},
    {"drop": True},
    {"cut": 7},
    *({"status": each} for each in (409, 412, 429, 500, 503)),
]
NUMBERS = count(1)


def at(day: str, clock: str = "17:00", name: str = BERLIN) -> int:
    return int(datetime.fromisoformat(f"2027-{day} {clock}").replace(tzinfo=zone(name)).timestamp())


def on(day: str, to: str = "", **more: Any) -> Occurrence:
    return Occurrence(at(day), at(*(to or day).split()), **{"minutes": 60, **more})


def tuesdays(*changed: Occurrence, without: tuple[str, ...] = ()) -> Series:
    """Six Tuesdays at five, some of them changed or left out."""
    dates = {at(each): on(each) for each in TUESDAYS if each not in without}
    dates |= {each.original: each for each in changed}
    rule = "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270413T150000Z"
    return Series(BERLIN, rule, 60, tuple(dates.values()), tuple(map(at, without)))


REGULAR = SeriesDraft("series/1", "Group", tuesdays(), "Room 4", "Bring goals")
MOVED = on("03-30", "03-31 18:00", minutes=90)
BUSY = replace(REGULAR, series=tuesdays(MOVED, without=("03-16",)))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_sandbox(tmp_path_factory.mktemp("outlook") / "sandbox") as found:
        yield found


@dataclass
class Place(OutlookStage):
    """A coordinator's calendar, and those of others."""

    def __init__(self, running: Running) -> None:
        super().__init__(running, somebody(), HOOK)
        self.history = running.world.history
        self.since = 0

    def guest(self, name: str = "Grace") -> str:
        email = somebody()
        self.world.add_person(email, name, "America/New_York", host="work")
        return email

    def put(self, draft: SeriesDraft, *, written: bool = False) -> None:
        self.provider.put_series(self.main, draft, written=written)

    def seen(self, email: str = "") -> list[tuple[str, str]]:
        """When, by Berlin's clocks, and where something is in somebody's calendar."""
        return [(_shown(each["start"]), each.get("location", "")) for each in self.dates(email)]

    def dates(self, email: str = "") -> list[dict[str, Any]]:
        """The dates in somebody's calendar, each by itself."""
        span = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
        return self.world.instances(email or self.email, *span)

    def move(self, event: dict[str, Any], hours: int) -> None:
        """Move a date by a person's hand."""
        ends = {}
        for name in ("start", "end"):
            later = datetime.fromisoformat(event[name]["dateTime"]) + timedelta(hours=hours)
            ends[name] = {**event[name], "dateTime": later.isoformat()}
        self.world.put(self.email, {**event, **ends}, by=self.email)

    def answer(self, email: str, said: str, day: str = "") -> None:
        """Let a guest answer to all dates, or to one."""
        held = self.dates(email) if day else self.world.events(email)
        [event] = [
            each
            for each in held
            if each.get("originalStartTime", {}).get("dateTime", "")[5:10] == day
        ]
        guests = [
            {**each, "responseStatus": said} if each["email"] == email else each
            for each in event["attendees"]
        ]
        self.world.put(email, {**event, "attendees": guests}, by=email)

    def objects(self, title: str = "Group") -> int:
        """How many were ever made of that title, but for the dates of a series."""
        return sum(
            each.get("summary") == title and "recurringEventId" not in each
            for each in self.world.events(self.email)
        )

    def news(self) -> list[dict[str, Any]]:
        """What happened in this calendar since this was last asked."""
        found = self.history.entries(self.since)
        self.since = max((each["n"] for each in found), default=self.since)
        return [each for each in found if self.email in (each.get("calendar"), each.get("person"))]

    def mails(self) -> "Counter[tuple[str, str, str]]":
        """To whom, what and about which date was mailed since; "": about all of a series."""
        return Counter(
            (email, each["about"], each["event"].partition("_")[2][:8])
            for each in self.news()
            if each["kind"] == "mail"
            for email in each["to"]
        )

    def writes(self) -> list[str]:
        """Which requests were made since that are no questions."""
        asked = [each["method"] for each in self.news() if each["kind"] == "request"]
        return [each for each in asked if each != "GET"]


def _shown(when: dict[str, str]) -> str:
    moment = datetime.fromisoformat(when["dateTime"]).replace(tzinfo=zone(when["timeZone"]))
    return f"{moment.astimezone(zone(BERLIN)):%m-%d %H:%M}"


@pytest.fixture
def place(running: Running) -> Place:
    found = Place(running)
    found.news()
    return found


def plan(draft: SeriesDraft, email: str = "") -> list[tuple[str, str]]:
    """What a member, or a guest of some dates, should see."""
    return [
        (f"{datetime.fromtimestamp(each.start, zone(BERLIN)):%m-%d %H:%M}", each.place or "Room 4")
        for each in draft.series.occurrences
        if not email or email in (*draft.guests, *each.guests)
    ]


# The words for a rule


@pytest.mark.parametrize(
    ("rule", "kind", "more"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "weekly", {"firstDayOfWeek": "monday"}),
        ("FREQ=WEEKLY", "weekly", {"firstDayOfWeek": "monday"}),
        (
            "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU",
            "weekly",
            {"interval": 2, "firstDayOfWeek": "sunday"},
        ),
        ("FREQ=MONTHLY;BYDAY=2TU", "relativeMonthly", {"index": "second"}),
        ("FREQ=MONTHLY;BYDAY=-1TU", "relativeMonthly", {"index": "last"}),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=TU;BYSETPOS=4",
            "relativeMonthly",
            {"interval": 3, "index": "fourth"},
        ),
    ],
)
def test_a_rule_is_said_in_outlooks_words(rule: str, kind: str, more: dict[str, Any]) -> None:
    said = fields(replace(REGULAR, series=replace(tuesdays(), rule=rule)))["recurrence"]

    usual = {"type": kind, "interval": 1, "daysOfWeek": ["tuesday"]}
    assert said["pattern"] == usual | more
    assert said["range"] == {"type": "endDate", "startDate": "2027-03-09", "endDate": "2027-04-13"}


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=5TU",
        "FREQ=MONTHLY;BYDAY=1TU,3TU",
        "FREQ=MONTHLY;BYDAY=TU",
        "FREQ=MONTHLY;BYMONTHDAY=9",
        "FREQ=WEEKLY;BYDAY=2TU",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYMONTH=3",
    ],
)
def test_a_rule_that_outlook_has_no_words_for_is_refused(rule: str) -> None:
    with pytest.raises(Refused, match="no words"):
        fields(replace(REGULAR, series=replace(tuesdays(), rule=rule)))


# One object, and everybody once


def test_a_regular_semester_is_one_object_and_one_invitation(place: Place) -> None:
    grace = place.guest()
    draft = replace(REGULAR, guests=(grace, "mary@example.org"))

    place.put(draft)

    assert place.writes() == ["POST", "PATCH", "PATCH"]
    assert place.objects() == 1
    assert place.seen() == place.seen(grace) == plan(draft)


def test_all_dates_are_in_their_places_before_anybody_hears(place: Place) -> None:
    grace = place.guest()
    draft = replace(BUSY, guests=(grace,))

    place.put(draft)

    assert place.seen() == place.seen(grace) == plan(draft)
    assert place.mails() == {(grace, "invitation", ""): 1, (grace, "invitation", "20270330"): 1}


def test_what_is_there_already_is_not_written_again(place: Place) -> None:
    alan = place.guest("Alan")
    moved = replace(MOVED, guests=(alan,))
    draft = replace(BUSY, series=tuesdays(moved, without=("03-16",)), guests=(place.guest(),))
    place.put(draft)
    place.news()

    place.put(draft, written=True)
    place.put(draft)

    assert place.writes() == []


def test_a_guest_of_one_date_sees_that_date_alone(place: Place) -> None:
    grace, alan = place.guest(), place.guest("Alan")
    once = on("04-06", place="Lab", guests=(alan, grace))
    draft = replace(REGULAR, series=tuesdays(once), guests=(grace,))

    place.put(draft)

    assert place.seen(alan) == plan(draft, alan) == [("04-06 17:00", "Lab")]
    assert place.seen(grace) == place.seen() == plan(draft)
    assert place.mails()[alan, "invitation", "20270406"] == 1


def test_a_single_date_is_an_event(place: Place) -> None:
    grace, alan = place.guest(), place.guest("Alan")
    only = replace(on("03-09", "03-11", guests=(alan,)), place="Lab")
    draft = replace(REGULAR, series=Series(BERLIN, "", 60, (only,)), guests=(grace,))

    place.put(draft)

    assert place.seen(alan) == place.seen(grace) == place.seen() == [("03-11 17:00", "Lab")]
    assert place.provider.series_replies(place.main, draft.key) == {
        None: [Reply(grace, Answer.WAITING), Reply(alan, Answer.WAITING)]
    }
    place.provider.cancel(place.main, draft.key)
    assert place.seen(alan) == place.seen() == []


@pytest.mark.parametrize("number", range(size(2, 8)))
def test_wherever_something_goes_wrong_there_is_one_series_and_one_message_each(
    place: Place, number: int
) -> None:
    grace, alan = place.guest(), place.guest("Alan")
    for position in range(1, 19):
        key = f"series/{next(NUMBERS)}"
        once = on("04-06", guests=(alan,))
        series = tuesdays(MOVED, once, without=("03-16",))
        draft = replace(BUSY, key=key, title=key, series=series, guests=(grace,))
        wrong = WRONGS[(number + position) % len(WRONGS)]
        place.world.faults.take({"match": {"path": "/graph/"}, "do": wrong, "nth": position})
        place.news()

        again(partial(place.put, draft))
        place.world.faults.take({"clear": True})

        about = f"{wrong} at {position}"
        assert place.objects(key) == 1, about
        assert place.mails() == {
            (grace, "invitation", ""): 1,
            (grace, "invitation", "20270330"): 1,
            (alan, "invitation", "20270406"): 1,
        }, about
        assert place.seen() == place.seen(grace) == plan(draft), about
        assert place.seen(alan) == plan(draft, alan), about
        place.put(draft, written=True)
        assert place.writes() == [], about
        place.provider.cancel(place.main, key)
        assert place.seen() == place.seen(grace) == place.seen(alan) == [], about


def again(do: Callable[[], None]) -> None:
    """Do it as a job does: again, after it failed. What fails thrice, fails."""
    for _ in range(2):
        with suppress(Wait, ChangedMeanwhile):
            return do()
    return do()


@pytest.mark.parametrize("number", range(size(1, 8)))
def test_wherever_a_change_goes_wrong_it_comes_about_and_is_told_once(
    place: Place, number: int
) -> None:
    grace, alan, mary, dora = (place.guest(each) for each in ("Grace", "Alan", "Mary", "Dora"))
    for position in range(1, 25):
        key = f"series/{next(NUMBERS)}"
        once = on("04-06", guests=(alan,))
        draft = replace(BUSY, key=key, title=key, guests=(grace, mary))
        draft = replace(draft, series=tuesdays(MOVED, once, without=("03-16",)))
        place.put(draft)
        moved, other = on("03-23", "03-24"), on("04-06", guests=(dora,))
        changed = tuesdays(MOVED, moved, other, without=("03-16", "04-13"))
        draft = replace(draft, series=changed, guests=(grace, dora))
        wrong = WRONGS[(number + position) % len(WRONGS)]
        place.world.faults.take({"match": {"path": "/graph/"}, "do": wrong, "nth": position})
        place.news()

        again(partial(place.put, draft, written=True))
        place.world.faults.take({"clear": True})

        about = f"{wrong} at {position}"
        assert place.objects(key) == 1, about
        assert set(place.mails().values()) == {1}, about
        assert place.seen() == place.seen(grace) == place.seen(dora) == plan(draft), about
        assert place.seen(mary) == place.seen(alan) == [], about
        place.put(draft, written=True)
        assert place.writes() == [], about
        place.provider.cancel(place.main, key)


@pytest.mark.parametrize("position", range(1, 8))
def test_wherever_calling_off_goes_wrong_nothing_is_left_and_all_are_told_once(
    place: Place, position: int
) -> None:
    grace, alan = place.guest(), place.guest("Alan")
    for wrong in size(WRONGS[position % 4 :: 4], WRONGS):
        draft = replace(REGULAR, series=tuesdays(on("04-06", guests=(alan,))), guests=(grace,))
        again(partial(place.put, draft))
        place.world.faults.take({"match": {"path": "/graph/"}, "do": wrong, "nth": position})
        place.news()

        again(lambda: place.provider.cancel(place.main, REGULAR.key))
        place.world.faults.take({"clear": True})

        assert place.seen() == place.seen(grace) == place.seen(alan) == []
        assert place.mails() == {
            (alan, "cancellation", "20270406"): 1,
            (grace, "cancellation", ""): 1,
        }, f"{wrong} at {position}"


def test_several_who_write_at_once_write_one_and_tell_each_once(place: Place) -> None:
    grace, start = place.guest(), Barrier(3)  # as many as Outlook lets speak at once
    draft = replace(BUSY, guests=(grace,))

    def write() -> None:
        start.wait(timeout=60)
        again(lambda: place.put(draft))

    threads = [Thread(target=write) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert place.objects() == 1
    assert place.seen() == place.seen(grace) == plan(draft)
    assert place.mails() == {(grace, "invitation", ""): 1, (grace, "invitation", "20270330"): 1}


# Changes


def test_a_date_that_is_moved_is_told_to_those_who_come_to_it_and_to_nobody_else(
    place: Place,
) -> None:
    grace, alan = place.guest(), place.guest("Alan")
    once = on("04-06", guests=(alan,))
    draft = replace(REGULAR, series=tuesdays(once), guests=(grace,))
    place.put(draft)
    place.news()

    draft = replace(draft, series=tuesdays(once, on("03-23", "03-24 16:00")))
    place.put(draft, written=True)

    assert place.mails() == {(grace, "update", "20270323"): 1}
    assert place.seen() == place.seen(grace) == plan(draft)


def test_a_date_that_is_left_out_is_called_off_alone(place: Place) -> None:
    grace = place.guest()
    draft = replace(REGULAR, guests=(grace,))
    place.put(draft)
    place.news()

    draft = replace(draft, series=tuesdays(without=("04-06",)))
    place.put(draft, written=True)

    assert place.mails() == {(grace, "cancellation", "20270406"): 1}
    assert place.seen() == place.seen(grace) == plan(draft)


def test_a_member_who_joins_sees_all_of_it_and_nobody_else_is_told(place: Place) -> None:
    grace, alan = place.guest(), place.guest("Alan")
    place.put(replace(BUSY, guests=(grace,)))
    place.news()

    draft = replace(BUSY, guests=(grace, alan))
    place.put(draft, written=True)

    assert place.mails() == {(alan, "invitation", ""): 1, (alan, "invitation", "20270330"): 1}
    assert place.seen(alan) == plan(draft)


def test_a_member_who_leaves_sees_none_of_it(place: Place) -> None:
    grace, alan = place.guest(), place.guest("Alan")
    place.put(replace(BUSY, guests=(grace, alan)))
    place.news()

    place.put(replace(BUSY, guests=(grace,)), written=True)

    assert place.mails() == {(alan, "cancellation", ""): 1, (alan, "cancellation", "20270330"): 1}
    assert place.seen(alan) == []


def test_another_place_for_all_dates_is_theirs_too_which_were_moved(place: Place) -> None:
    grace = place.guest()
    place.put(replace(BUSY, guests=(grace,)))

    place.put(replace(BUSY, guests=(grace,), place="Room 5"), written=True)

    assert {where for _, where in place.seen()} == {"Room 5"}
    assert place.seen(grace) == place.seen()


def test_dates_make_way_for_each_other(place: Place) -> None:
    first = tuesdays(on("03-16", "03-17"), on("03-23", "03-25"), on("03-30", "04-02"))
    then = tuesdays(on("03-16", "03-24"), on("03-23", "03-28"), on("03-30", "04-01"))
    place.put(replace(REGULAR, series=first))

    place.put(replace(REGULAR, series=then), written=True)
    assert place.seen() == plan(replace(REGULAR, series=then))

    place.put(replace(REGULAR, series=first), written=True)
    assert place.seen() == plan(replace(REGULAR, series=first))


@pytest.mark.parametrize("to", ["04-06 19:00", "04-08"])
def test_a_date_does_not_come_to_the_day_of_the_next_nor_past_it(place: Place, to: str) -> None:
    with pytest.raises(Refused, match="day of the one beside it"):
        place.put(replace(REGULAR, series=tuesdays(on("03-30", to))))


# What persons do


def test_a_date_that_a_person_moved_or_removed_stays_so(place: Place) -> None:
    draft = replace(BUSY, guests=(place.guest(),))
    place.put(draft)
    own = {each["originalStartTime"]["dateTime"][5:10]: each for each in place.dates()}
    place.world.put(place.email, {**own["03-23"], "status": "cancelled"}, by=place.email)
    place.move(own["03-30"], hours=1)
    before = place.seen()

    place.put(replace(draft, title="Other", place="Room 5"), written=True)

    assert [when for when, _ in place.seen()] == [when for when, _ in before]
    assert ("03-31 19:00", "Room 5") in place.seen()

    place.put(replace(draft, series=tuesdays(on("03-30", "03-29"), without=("03-16",))))
    assert "03-29 17:00" in [when for when, _ in place.seen()]


def test_a_series_that_a_person_removed_stays_removed(place: Place) -> None:
    place.put(BUSY)
    place.remove_all(place.main)

    with pytest.raises(NotThere, match="removed by somebody"):
        place.put(replace(BUSY, place="Room 5"), written=True)

    assert place.seen() == []


@pytest.mark.parametrize("position", range(3, 12))
def test_what_only_seems_gone_is_looked_at_again(place: Place, position: int) -> None:
    gone = {"status": 404, "reason": "ErrorItemNotFound"}
    place.world.faults.take({"match": {"path": "/graph/"}, "do": gone, "nth": position})

    draft = replace(BUSY, guests=(place.guest(),))
    place.put(draft)
    place.world.faults.take({"clear": True})

    assert place.seen() == plan(draft)
    assert place.objects() == 1


def test_guests_whom_others_invited_stay_and_so_does_what_was_answered(place: Place) -> None:
    grace, mary = place.guest(), "mary@example.org"
    place.put(replace(BUSY, guests=(grace,)))
    [series] = [each for each in place.world.events(place.email) if "recurrence" in each]
    answered = [{**each, "responseStatus": "accepted"} for each in series["attendees"]]
    place.world.put(
        place.email, {**series, "attendees": [*answered, {"email": mary}]}, by=place.email
    )

    place.put(replace(BUSY, guests=(grace, "alan@example.org")), written=True)

    told = place.provider.series_replies(place.main, BUSY.key)
    assert told[None] == [
        Reply(grace, Answer.ACCEPTED),
        Reply("alan@example.org", Answer.WAITING),
        Reply(mary, Answer.WAITING),
    ]


def test_an_answer_to_one_date_is_told_beside_those_to_all(place: Place) -> None:
    grace, alan = place.guest(), place.guest("Alan")
    draft = replace(BUSY, guests=(grace, alan))
    place.put(draft)
    place.answer(grace, "accepted")
    place.answer(alan, "declined", "04-06")

    told = dict(place.provider.series_replies(place.main, draft.key))

    assert told[None] == [Reply(grace, Answer.ACCEPTED), Reply(alan, Answer.WAITING)]
    assert told[at("04-06")] == [Reply(grace, Answer.ACCEPTED), Reply(alan, Answer.DECLINED)]
    assert told[at("03-30")] == [Reply(grace, Answer.WAITING), Reply(alan, Answer.WAITING)]
    assert set(told) == {None, at("03-30"), at("04-06")}
