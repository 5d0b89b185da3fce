"""Outlook as a whole, as the sandbox plays it: what people have is what we read."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from calendar_sync.errors import CursorExpired, NotAllowed, NotThere, Unsupported, Wait
from calendar_sync.outlook.calendar import OutlookCalendar
from calendar_sync.outlook.requests import Request, Requests
from calendar_sync.outlook.scopes import PERSONAL
from calendar_sync.outlook.where import Where
from calendar_sync.provider import CalendarId, Found
from scheduler.model.busy import BusyInterval, Kind
from services.sandbox.outlook.hiding import hide
from services.sandbox.serving import Running
from tests.calendar_sync.builders import utc
from tests.calendar_sync.stages import Counter, Tokens
from tests.sandbox.running import a_sandbox, signed_in_at_outlook

READ = frozenset({"Calendars.Read"})
MARCH = (utc("2027-03-01"), utc("2027-04-01"))
HOURLY = "RRULE:FREQ=HOURLY;COUNT=220"
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("outlook")
    with a_sandbox(folder / "sandbox") as found:
        yield found


@dataclass
class Ada:
    """Somebody with an account of their own for each test, in New York."""

    running: Running
    email: str
    outlook: OutlookCalendar

    @property
    def main(self) -> CalendarId:
        return self.outlook.calendars()[0].calendar

    def has(self, start: str, end: str, shown: str = "busy", **more: Any) -> None:
        times = {
            name: {"date": at} if len(at) == 10 else {"dateTime": at, "timeZone": "UTC"}
            for name, at in (("start", start), ("end", end))
        }
        self.put(**times, outlook={"showAs": shown}, **more)

    def put(self, **event: Any) -> None:
        named = {"id": f"event{next(_NUMBERS)}", "summary": "SECRET"}
        self.running.world.put(self.email, {**named, **event}, by=self.email)

    def takes(self) -> Found:
        return self.outlook.busy([self.main], MARCH)[self.main]


@pytest.fixture
def ada(running: Running) -> Ada:
    return somebody(running)


def somebody(running: Running, at: str = "example.org", host: str = "work") -> Ada:
    email = f"ada{next(_NUMBERS)}@{at}"
    running.world.add_person(email, "Ada", "America/New_York", host=host)
    token = signed_in_at_outlook(running, email, READ)
    where = Where(graph_url=f"{running.base}/graph/v1.0", ca_file=running.ca_file)
    scopes = READ | {PERSONAL} if host == "personal" else READ
    return Ada(running, email, OutlookCalendar(where, Tokens([token]), Counter(), scopes))


def busy(start: str, end: str, kind: Kind = Kind.BUSY) -> BusyInterval:
    return BusyInterval(utc(start), utc(end), kind)


def taken(ada: Ada) -> list[BusyInterval]:
    found = ada.takes()
    assert isinstance(found, list)
    return found


KINDS = {
    "busy": Kind.BUSY,
    "tentative": Kind.TENTATIVE,
    "oof": Kind.UNAVAILABLE,
    "free": None,
    "workingElsewhere": None,
}


def test_what_people_show_is_read_as_it_is_meant_by_themselves_and_by_colleagues(
    running: Running, ada: Ada
) -> None:
    for day, shown in enumerate(KINDS, 10):
        ada.has(f"2027-03-{day}T09:05:00Z", f"2027-03-{day}T09:50:00Z", shown)

    wanted = [
        busy(f"2027-03-{day} 09:05", f"2027-03-{day} 09:50", kind)
        for day, kind in enumerate(KINDS.values(), 10)
        if kind
    ]
    assert ada.takes() == wanted
    assert somebody(running).outlook.colleagues([ada.email], MARCH) == {ada.email: wanted}


def test_a_series_over_a_change_of_the_clocks_and_whole_days_are_where_they_are(ada: Ada) -> None:
    nine, ten = (
        {"dateTime": f"2027-03-08T{hour}:00:00", "timeZone": "America/New_York"}
        for hour in ("09", "10")
    )
    ada.put(start=nine, end=ten, recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"])
    ada.has("2027-03-13", "2027-03-16", "oof")

    assert ada.takes() == [
        busy("2027-03-08 14:00", "2027-03-08 15:00"),
        busy("2027-03-13 05:00", "2027-03-16 04:00", Kind.UNAVAILABLE),
        busy("2027-03-15 13:00", "2027-03-15 14:00"),
        busy("2027-03-22 13:00", "2027-03-22 14:00"),
    ]


def test_what_takes_several_pages_is_read_to_the_last(ada: Ada) -> None:
    for minute in ("00", "15", "30"):
        start, end = (f"2027-03-01T00:{minute}:{second}Z" for second in ("00", "59"))
        ada.has(start, end, recurrence=[HOURLY])

    assert len(taken(ada)) == 3 * 220


def test_many_calendars_at_once_are_never_too_many_for_a_mailbox(
    running: Running, ada: Ada
) -> None:
    for number in range(25):
        running.world.add_calendar(ada.email, f"Clinic {number}")
    calendars = [each.calendar for each in ada.outlook.calendars()]

    assert ada.outlook.busy(calendars, MARCH) == {each: [] for each in calendars}

    told = running.quotas.graph.told()
    assert told["at_once"][ada.email] <= 3
    assert ada.email not in told["refused"]


@pytest.mark.parametrize("pages", [0, 1, 2])
def test_a_place_that_is_lost_at_any_page_never_shows_a_free_week(
    ada: Ada, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = ada.main
    begun = ada.outlook.changes(main, None)
    ada.has("2027-03-01T00:00:00Z", "2027-03-01T00:30:00Z", recurrence=[HOURLY])
    following, asked = Requests.changed, count()

    def changed(self: Requests, address: str) -> Request:
        if next(asked) == pages:
            ada.running.world.expire_cursors(ada.email)
        short = {"Prefer": "odata.maxpagesize=100"}
        return replace(following(self, address), headers=short)

    monkeypatch.setattr(Requests, "changed", changed)
    with pytest.raises(CursorExpired):
        ada.outlook.changes(main, begun.cursor)

    assert ada.outlook.changes(main, None).anything
    assert len(taken(ada)) == 220


def test_only_who_may_be_seen_is_seen_and_nobody_is_free_by_mistake(
    running: Running, ada: Ada
) -> None:
    shy, away = somebody(running), somebody(running, at="example.edu")
    hide(running.world, shy.email, hidden=True)
    crowded = somebody(running)
    crowded.has(
        "2027-03-01T00:00:00Z",
        "2027-03-01T00:10:00Z",
        recurrence=["RRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=1100"],
    )

    asked = [ada.email.upper(), shy.email, away.email, crowded.email, "nobody@example.org"]
    found = ada.outlook.colleagues(asked, MARCH)

    assert found[ada.email.upper()] == []
    assert all(isinstance(found[each], NotThere) for each in asked[1:])
    assert "more in their calendar" in str(found[crowded.email])


def test_an_account_of_ones_own_reads_its_calendars_and_nobody_elses(running: Running) -> None:
    pia = somebody(running, at="home.example", host="personal")
    pia.has("2027-03-10T09:00:00Z", "2027-03-10T10:00:00Z")

    assert pia.takes() == [busy("2027-03-10 09:00", "2027-03-10 10:00")]
    with pytest.raises(Unsupported):
        pia.outlook.colleagues([pia.email], MARCH)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 429, "headers": {"Retry-After": "9"}}, Wait),
        ({"status": 503}, Wait),
        ({"cut": 40}, Wait),
        ({"drop": True}, Wait),
        ({"status": 403, "reason": "ErrorAccessDenied"}, NotAllowed),
    ],
)
def test_a_fault_of_the_host_is_never_free_time(
    running: Running, ada: Ada, fault: dict[str, Any], error: type[Exception]
) -> None:
    ada.has("2027-03-10T09:00:00Z", "2027-03-10T10:00:00Z")
    main = ada.main
    running.faults.take({"match": {"path": "calendarView", "person": ada.email}, "do": fault})
    try:
        found: object = ada.outlook.busy([main], MARCH)[main]
    except Wait as wait:
        found = wait
    finally:
        running.faults.take({"clear": True})

    assert isinstance(found, error)
    assert ada.takes() == [busy("2027-03-10 09:00", "2027-03-10 10:00")]
