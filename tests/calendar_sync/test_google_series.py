"""Our series at Google, judged by the sandbox: one object, right dates, one mail for each guest."""

from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier, Thread
from typing import Any

import httplib2  # type: ignore[import-untyped]
import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp  # type: ignore[import-untyped]
from googleapiclient.discovery import build  # type: ignore[import-untyped]

from calendar_sync.errors import NotThere, Wait
from calendar_sync.google import drafts
from calendar_sync.provider import Answer, CalendarId, SeriesDraft
from scheduler.model.answer import Rule
from scheduler.model.series import Occurrence, Series
from scheduler.model.zone import zone
from scheduler.series import arranged, series_of
from services.sandbox.serving import Running
from tests.calendar_sync.minimal_google import Said, a_minimal_google, refusal
from tests.calendar_sync.stages import SandboxStage, google_at, somebody
from tests.sandbox.running import a_sandbox, signed_in
from tests.sizes import size

ZONE = "America/New_York"
HOUR = 60
RULE = Rule("weekly", 2, 9 * 60, every=2, phase=0)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone(ZONE)).timestamp())


def dates(count: int = 6) -> list[Occurrence]:
    """Every other Wednesday from 24 February 2027; clocks go forward on 14 March."""
    days = [
        datetime(2027, 2, 24, 9, tzinfo=zone(ZONE)) + timedelta(days=14 * n) for n in range(count)
    ]
    return [Occurrence(int(d.timestamp()), int(d.timestamp()), HOUR) for d in days]


def moved(each: Occurrence, hours: int) -> Occurrence:
    return replace(each, start=each.start + 3600 * hours)


def a_series(held: list[Occurrence]) -> Series:
    [found] = series_of(RULE, held, ZONE, HOUR)
    return found


REGULAR = a_series(dates())
CROOKED = a_series(
    [moved(each, 25) if n in (1, 4) else each for n, each in enumerate(dates()) if n != 2]
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_sandbox(tmp_path_factory.mktemp("place") / "sandbox") as found:
        yield found


class Group(SandboxStage):
    """A coordinator, and two guests whose calendars are in the sandbox as well."""

    def __init__(self, running: Running) -> None:
        super().__init__(running, somebody())
        self.guests = (somebody(), somebody())
        for each in self.guests:
            self.world.add_person(each, "Grace", ZONE)
        self.draft = SeriesDraft("s", "Group", REGULAR, "Room 4", "Bring goals", self.guests)
        self.since = self.noted()

    def put(self, draft: SeriesDraft, *, written: bool = False) -> None:
        self.provider.put_series(self.main, draft, written=written)

    def insist(self, draft: SeriesDraft, *, written: bool = False) -> None:
        """Put it until it succeeds, as whoever is told to wait does."""
        for _ in range(8):
            try:
                return self.put(draft, written=written)
            except Wait:
                continue
        raise AssertionError("it never succeeds")

    def cancel(self) -> None:
        self.provider.cancel(self.main, self.draft.key)

    def noted(self) -> int:
        return max((each["n"] for each in self.world.history.entries()), default=0)

    def news(self) -> list[dict[str, Any]]:
        """What happened since this was last asked, in this group's calendars."""
        found = self.world.history.entries(self.since)
        self.since = self.noted()
        ours = {self.main, *self.guests}
        return [each for each in found if each.get("calendar") in ours]

    def mailed(self) -> Tally[str]:
        """How often each address was mailed since this was last asked."""
        mails = [each for each in self.news() if each["kind"] == "mail"]
        return Tally(address for each in mails for address in each["to"])

    def seen(self, email: str) -> list[tuple[int, int, str]]:
        """The dates in somebody's calendar: start, minutes, place."""
        year = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 6, 1, tzinfo=UTC)
        times = [
            (
                *(
                    int(datetime.fromisoformat(each[name]["dateTime"]).timestamp())
                    for name in ("start", "end")
                ),
                each.get("location", ""),
            )
            for each in self.world.instances(email, *year)
        ]
        return [(start, (end - start) // 60, place) for start, end, place in times]

    def masters(self) -> list[dict[str, Any]]:
        events = self.world.events(self.main)
        return [e for e in events if "recurringEventId" not in e and e["status"] != "cancelled"]

    def instance(self, original: int) -> dict[str, Any]:
        """One date as it is at the host."""
        begin = datetime.fromtimestamp(original, UTC) - timedelta(days=7)
        [found] = [
            each
            for each in self.world.instances(self.main, begin, begin + timedelta(days=14))
            if datetime.fromisoformat(each["originalStartTime"]["dateTime"]).timestamp() == original
        ]
        return dict(found)

    def is_as(self, draft: SeriesDraft) -> None:
        """Assert that everybody has the dates of the draft, in one object."""
        wanted = sorted(
            (each.start, each.minutes, each.place or draft.place)
            for each in draft.series.occurrences
        )
        assert len(self.masters()) == 1
        assert self.seen(self.main) == wanted
        for each in draft.guests:
            assert self.seen(each) == wanted


@pytest.fixture
def group(running: Running) -> Group:
    return Group(running)


@pytest.mark.parametrize("series", [REGULAR, CROOKED], ids=["regular", "crooked"])
def test_everybody_has_the_dates_once_and_is_mailed_once(group: Group, series: Series) -> None:
    draft = replace(group.draft, series=series)

    group.put(draft)

    group.is_as(draft)
    assert group.mailed() == dict.fromkeys(group.guests, 1)


@pytest.mark.parametrize("series", [REGULAR, CROOKED], ids=["regular", "crooked"])
def test_putting_the_same_again_writes_nothing(group: Group, series: Series) -> None:
    draft = replace(group.draft, series=series)
    group.put(draft)
    group.news()

    for written in (False, True):
        group.put(draft, written=written)

    assert group.news() == []


def test_googles_own_client_reads_the_dates_in_a_guests_calendar(
    running: Running, group: Group
) -> None:
    draft = replace(group.draft, series=CROOKED)
    group.put(draft)

    found = read_by_googles_client(running, group.guests[0])

    assert [each["start"]["dateTime"] for each in found] == [
        datetime.fromtimestamp(each.start, zone(ZONE)).isoformat() for each in CROOKED.occurrences
    ]
    assert {each["summary"] for each in found} == {"Group"}
    assert {each["organizer"]["email"] for each in found} == {group.email}


def read_by_googles_client(running: Running, email: str) -> list[dict[str, Any]]:
    http = httplib2.Http(ca_certs=str(running.ca_file), timeout=20)
    credentials = Credentials(signed_in(running, email, ["calendar"]))  # type: ignore[no-untyped-call]
    service = build(
        "calendar",
        "v3",
        http=AuthorizedHttp(credentials, http=http),
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": f"{running.base}/google/calendar/v3/"},
    )
    events, found = service.events(), list[dict[str, Any]]()
    asked = events.list(calendarId="primary", singleEvents=True, orderBy="startTime")
    while asked is not None:
        page = asked.execute()
        found += page["items"]
        asked = events.list_next(asked, page)
    http.close()
    return found


def test_a_regular_series_is_one_request_to_write(group: Group) -> None:
    group.put(group.draft)

    assert [each["kind"] for each in group.news() if each.get("calendar") == group.main] == [
        "event",
        "mail",
    ]


def test_only_dates_that_differ_from_the_rule_are_written_by_themselves(group: Group) -> None:
    group.put(replace(group.draft, series=CROOKED))

    events = [each for each in group.news() if each["kind"] == "event"]
    ours = [each["action"] for each in events if each["calendar"] == group.main]
    assert ours == ["created", "created", "created", "changed"]  # it, two dates, and its guests


def test_a_host_that_does_not_show_the_dates_we_put_is_asked_again_before_anybody_hears() -> None:
    draft = SeriesDraft("s", "Group", CROOKED, guests=("grace@example.org",))
    calendar = CalendarId("ada@example.org")
    with a_minimal_google() as host:
        host.add(calendar, "Ada")
        there = {**drafts.begun(drafts.event_id(calendar, "s"), draft), "status": "confirmed"}
        host.script += [Said({"items": []}), Said(there), Said({"items": []})]

        with pytest.raises(Wait):
            google_at(host).put_series(calendar, draft)

    assert [each.method for each in host.asked] == ["GET", "POST", "GET"]
    assert "attendees" not in host.asked[1].json


def test_a_series_that_another_writer_has_just_announced_is_left_as_it_is() -> None:
    draft = SeriesDraft("s", "Group", REGULAR, guests=("grace@example.org",))
    calendar = CalendarId("ada@example.org")
    with a_minimal_google() as host:
        host.add(calendar, "Ada")
        there = {**drafts.body(drafts.event_id(calendar, "s"), draft), "status": "confirmed"}
        host.script += [Said({"items": []}), refusal(409, "duplicate"), Said(there)]

        google_at(host).put_series(calendar, draft)

    assert [each.method for each in host.asked] == ["GET", "POST", "GET"]


def test_a_date_alone_is_an_event_and_not_a_series(group: Group) -> None:
    single = Series(ZONE, "", 90, (Occurrence(at("2027-03-10 09:00"), at("2027-03-11 09:00"), 90),))
    draft = replace(group.draft, series=single)

    group.put(draft)
    group.put(draft)

    [found] = group.masters()
    assert "recurrence" not in found
    group.is_as(draft)
    assert group.mailed() == dict.fromkeys(group.guests, 1)
    assert list(group.provider.series_replies(group.main, "s")) == [None]


# Faults


FAULTS: list[dict[str, Any]] = [
    {"commit_then_drop": True},
    {"drop": True},
    {"cut": 7},
    {"status": 409, "reason": "duplicate"},
    {"status": 412, "reason": "conditionNotMet"},
    {"status": 429, "reason": "rateLimitExceeded"},
    {"status": 500, "reason": "backendError"},
    {"status": 503, "reason": "backendError"},
]


def everywhere(requests: int) -> list[tuple[int, dict[str, Any]]]:
    """Every fault at every request; in a sample, each request and each fault meet a few."""
    whole = [(position, each) for position in range(1, requests + 1) for each in FAULTS]
    return whole[:: size(3, 1)]


@pytest.mark.parametrize(("position", "fault"), everywhere(7), ids=str)
def test_whatever_goes_wrong_at_whichever_request_there_is_one_series(
    group: Group, position: int, fault: dict[str, Any]
) -> None:
    draft = replace(group.draft, series=CROOKED)
    group.faults.take({"match": {"person": group.email}, "nth": position, "do": fault})

    group.insist(draft)

    group.is_as(draft)
    assert group.mailed() == dict.fromkeys(group.guests, 1)
    group.put(draft, written=True)
    assert group.news() == []


@pytest.mark.parametrize(("position", "fault"), everywhere(5), ids=str)
def test_whatever_goes_wrong_at_a_change_it_is_made_once(
    group: Group, position: int, fault: dict[str, Any]
) -> None:
    group.put(group.draft)
    later = replace(group.draft, series=changed(REGULAR, {3: 26}))
    group.news()
    group.faults.take({"match": {"person": group.email}, "nth": position, "do": fault})

    group.insist(later, written=True)

    group.is_as(later)
    assert group.mailed() == dict.fromkeys(group.guests, 1)


@pytest.mark.parametrize(("position", "fault"), everywhere(4), ids=str)
def test_whatever_goes_wrong_at_the_end_everybody_hears_of_it_once(
    group: Group, position: int, fault: dict[str, Any]
) -> None:
    guest = somebody()
    group.world.add_person(guest, "Kay", ZONE)
    group.put(replace(group.draft, series=with_a_guest(REGULAR, guest)))
    group.news()
    group.faults.take({"match": {"person": group.email}, "nth": position, "do": fault})

    try:
        group.cancel()
    except Wait:
        group.cancel()

    assert group.mailed() == dict.fromkeys((*group.guests, guest), 1)
    assert [group.seen(each) for each in (group.main, guest, *group.guests)] == [[]] * 4


def test_two_who_write_at_once_write_one(group: Group) -> None:
    draft = replace(group.draft, series=CROOKED)
    start = Barrier(3)

    def write() -> None:
        start.wait(timeout=60)
        group.insist(draft)

    threads = [Thread(target=write) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    group.is_as(draft)
    assert group.mailed() == dict.fromkeys(group.guests, 1)


# Changes


def changed(series: Series, hours: dict[int, int], gone: tuple[int, ...] = ()) -> Series:
    """The series with some dates moved by hours, and others no longer held, by their number."""
    held = [
        moved(each, hours.get(n, 0)) for n, each in enumerate(series.occurrences) if n not in gone
    ]
    [found] = arranged(series, held)
    return found


def test_a_date_that_is_moved_is_told_once_and_moved_back_as_well(group: Group) -> None:
    group.put(group.draft)
    group.news()
    for series in (changed(REGULAR, {2: 5}), REGULAR):
        later = replace(group.draft, series=series)

        group.put(later, written=True)

        group.is_as(later)
        assert group.mailed() == dict.fromkeys(group.guests, 1)


@pytest.mark.parametrize("series", [REGULAR, CROOKED], ids=["regular", "crooked"])
@pytest.mark.parametrize("gone", [0, 1, 3])
def test_a_date_that_is_called_off_is_told_once(group: Group, series: Series, gone: int) -> None:
    group.put(replace(group.draft, series=series))
    group.news()
    later = replace(group.draft, series=changed(series, {}, (gone,)))

    group.put(later, written=True)

    group.is_as(later)
    assert group.mailed() == dict.fromkeys(group.guests, 1)
    group.put(later, written=True)
    assert group.news() == []


def test_another_title_reaches_dates_that_were_moved_and_is_told_once(group: Group) -> None:
    group.put(replace(group.draft, series=CROOKED))
    group.news()
    later = replace(group.draft, series=CROOKED, title="Circle", place="Room 5")

    group.put(later, written=True)

    group.is_as(later)
    titles = {each["summary"] for each in group.world.events(group.main)}
    assert titles == {"Circle"}
    assert group.mailed() == dict.fromkeys(group.guests, 1)


def test_a_date_that_was_moved_back_still_follows_its_series(group: Group) -> None:
    group.put(replace(group.draft, series=CROOKED))
    group.put(replace(group.draft, series=changed(CROOKED, {1: -25, 3: -25})), written=True)
    later = replace(group.draft, series=changed(CROOKED, {1: -25, 3: -25}), place="Room 5")

    group.put(later, written=True)

    group.is_as(later)


def test_who_comes_later_has_every_date_and_who_leaves_has_none(group: Group) -> None:
    stays, leaves = group.guests
    comes = somebody()
    group.world.add_person(comes, "Kay", ZONE)
    group.put(replace(group.draft, series=CROOKED))
    later = replace(group.draft, series=CROOKED, guests=(stays, comes))

    group.put(later, written=True)

    group.is_as(later)
    assert group.seen(leaves) == []


def with_a_guest(series: Series, guest: str) -> Series:
    first, *rest = series.occurrences
    return replace(series, occurrences=(replace(first, guests=(guest,), place="Lab"), *rest))


@pytest.mark.parametrize("series", [REGULAR, CROOKED], ids=["regular", "crooked"])
def test_who_comes_to_one_date_sees_that_date_alone_and_is_told_once(
    group: Group, series: Series
) -> None:
    guest = somebody()
    group.world.add_person(guest, "Kay", ZONE)
    draft = replace(group.draft, series=with_a_guest(series, guest))

    group.put(draft)

    assert group.mailed() == dict.fromkeys((*group.guests, guest), 1)
    assert group.seen(guest) == [(series.first, HOUR, "Lab")]
    group.is_as(draft)
    group.put(draft, written=True)
    assert group.news() == []


def test_a_guest_who_comes_later_and_goes_sees_it(group: Group) -> None:
    guest = somebody()
    group.world.add_person(guest, "Kay", ZONE)
    group.put(group.draft)
    group.news()

    group.put(replace(group.draft, series=with_a_guest(REGULAR, guest)), written=True)
    assert group.seen(guest) == [(REGULAR.first, HOUR, "Lab")]
    assert group.mailed() == dict.fromkeys((*group.guests, guest), 1)

    group.put(group.draft, written=True)
    assert group.seen(guest) == []
    group.is_as(group.draft)


def test_what_a_person_changed_or_removed_stays(group: Group) -> None:
    group.put(group.draft)
    first, second, *_ = [group.instance(each.original) for each in REGULAR.occurrences]
    mine = {"dateTime": "2027-02-24T15:00:00-05:00", "timeZone": ZONE}
    ends = {"dateTime": "2027-02-24T16:00:00-05:00", "timeZone": ZONE}
    group.world.put(group.main, {**first, "start": mine, "end": ends}, by=group.email)
    group.world.put(group.main, {**second, "status": "cancelled"}, by=group.email)
    later = replace(group.draft, series=changed(REGULAR, {2: 3}), place="Room 5")

    group.put(later, written=True)

    found = [start for start, _, _ in group.seen(group.main)]
    hours = [each.start for each in later.series.occurrences]
    assert found == [at("2027-02-24 15:00"), *hours[2:]]


def test_a_series_that_a_person_moved_keeps_all_its_dates(group: Group) -> None:
    group.put(group.draft)
    [master] = group.masters()
    later = {
        name: {"dateTime": f"2027-02-24T{hour}:00:00-05:00", "timeZone": ZONE}
        for name, hour in (("start", "07"), ("end", "08"))
    }
    group.world.put(group.main, {**master, **later}, by=group.email)
    before = group.seen(group.main)

    group.put(replace(group.draft, series=changed(REGULAR, {2: 3}, (4,))), written=True)

    assert group.seen(group.main) == before
    assert len(before) == 6


def test_a_series_that_a_person_removed_stays_removed(group: Group) -> None:
    group.put(replace(group.draft, series=CROOKED))
    group.world.cancel(group.main, group.masters()[0]["id"], by=group.email)

    with pytest.raises(NotThere):
        group.put(group.draft, written=True)

    assert group.masters() == []


def test_a_cancelled_series_is_gone_for_everybody_and_can_be_put_anew(group: Group) -> None:
    draft = replace(group.draft, series=CROOKED)
    group.put(draft)
    group.news()

    group.cancel()
    assert group.mailed() == dict.fromkeys(group.guests, 1)
    group.cancel()
    assert [group.seen(each) for each in (group.main, *group.guests)] == [[], [], []]
    with pytest.raises(NotThere):
        group.provider.series_replies(group.main, "s")
    group.news()

    group.put(draft)
    group.is_as(draft)
    assert group.mailed() == dict.fromkeys(group.guests, 1)


def test_who_comes_or_goes_does_so_on_dates_that_others_answered_for(group: Group) -> None:
    stays, leaves = group.guests
    comes = somebody()
    group.world.add_person(comes, "Kay", ZONE)
    group.put(group.draft)
    one = REGULAR.occurrences[3].original
    answer(group, stays, "declined", one)
    later = replace(group.draft, guests=(stays, comes), place="Room 5")

    group.put(later, written=True)

    group.is_as(later)
    assert group.seen(leaves) == []
    said = group.provider.series_replies(group.main, "s")[one]
    assert {each.email: each.answer for each in said} == {
        stays: Answer.DECLINED,
        comes: Answer.WAITING,
    }


# By chance


@pytest.mark.parametrize("seed", range(size(6, 400)))
def test_whatever_is_changed_and_goes_wrong_everybody_has_the_last_dates(
    group: Group, seed: int
) -> None:
    chance = Random(seed)
    guest, draft = somebody(), replace(group.draft, series=chance.choice([REGULAR, CROOKED]))
    group.world.add_person(guest, "Kay", ZONE)

    for step in range(5):
        draft = another(draft, guest, chance)
        for _ in range(chance.randrange(4)):
            do = chance.choice(FAULTS)
            nth = chance.randint(1, 9)
            group.faults.take({"match": {"person": group.email}, "nth": nth, "do": do})
        group.insist(draft, written=step > 0)

    group.faults.take({"clear": True})
    group.is_as(draft)
    group.news()
    group.put(draft, written=True)
    assert group.news() == []


def another(draft: SeriesDraft, guest: str, chance: Random) -> SeriesDraft:
    """A draft with something changed in it."""
    number = chance.randrange(len(draft.series.occurrences))
    which = draft.series.occurrences[number]
    one = replace(which, start=which.original + 3600 * chance.randint(-200, 200))
    if chance.random() < 0.3:
        one = replace(which, guests=chance.choice([(guest,), ()]), place=chance.choice(["Lab", ""]))
    held = [one if each is which else each for each in draft.series.occurrences]
    if chance.random() < 0.2 and len(held) > 2:
        held.pop(number)
    series = arranged(draft.series, held)[0]
    title, place = (chance.choice(each) for each in (("Group", "Circle"), ("Room 4", "Room 5")))
    return replace(draft, series=series, title=title, place=place)


# Replies


def answer(group: Group, email: str, said: str, original: int | None = None) -> None:
    """Answer as a guest does, in their own calendar."""
    if original is None:
        [event] = [e for e in group.world.events(email) if "recurringEventId" not in e]
    else:
        begin = datetime.fromtimestamp(original, UTC) - timedelta(days=7)
        [event] = [
            each
            for each in group.world.instances(email, begin, begin + timedelta(days=14))
            if datetime.fromisoformat(each["originalStartTime"]["dateTime"]).timestamp() == original
        ]
    told = [{**e, "responseStatus": said} if e["email"] == email else e for e in event["attendees"]]
    group.world.put(email, {**event, "attendees": told}, by=email)


def test_what_is_answered_to_all_and_to_one_date_is_told_apart(group: Group) -> None:
    draft = replace(group.draft, series=CROOKED)
    ada, bob = group.guests
    group.put(draft)
    before = group.provider.series_replies(group.main, "s")
    one = CROOKED.occurrences[3].original
    there = CROOKED.occurrences[1].original  # moved when it was written, as is the last but one

    answer(group, ada, "accepted")
    answer(group, bob, "declined", one)

    assert list(before) == [None]
    found = group.provider.series_replies(group.main, "s")
    said = {when: {e.email: e.answer for e in replies} for when, replies in found.items()}
    assert said == {
        None: {ada: Answer.ACCEPTED, bob: Answer.WAITING},
        there: {ada: Answer.WAITING, bob: Answer.WAITING},
        one: {ada: Answer.WAITING, bob: Answer.DECLINED},
    }


def test_an_answer_to_one_date_outlives_a_change(group: Group) -> None:
    ada, _ = group.guests
    group.put(group.draft)
    one = REGULAR.occurrences[2].original
    answer(group, ada, "declined", one)

    group.put(replace(group.draft, title="Circle", series=changed(REGULAR, {4: 2})), written=True)

    found = group.provider.series_replies(group.main, "s")
    assert Answer.DECLINED in {each.answer for each in found[one]}
