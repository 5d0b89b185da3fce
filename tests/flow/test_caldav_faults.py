"""CalDAV accounts whose host fails at a part: the rest of them is read, and kept."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from calendar_sync.caldav.host import CalDavHost
from calendar_sync.caldav.where import Where
from calendar_sync.errors import Unreadable
from calendar_sync.memory import MemoryProvider
from calendar_sync.provider import CalendarId, Cursor, Found, Span
from services.flow.doubts import Told
from services.flow.gates import Gates
from services.flow.host_reading import Due, One, Outcome, Reading
from services.storage.rows.accounts import Host
from services.storage.rows.people import PersonRow
from tests.calendar_sync.builders import a_calendar, an_event, an_hour
from tests.calendar_sync.dav_host import A_CALENDAR, Dav, DavHost, a_dav_host, data, told
from tests.flow.caldav_town import CalDavTown, a_caldav_town
from tests.flow.google_town import HOUR, WEEK
from tests.runtimes import a_runtime, drained

ADA = "ada@example.org"
NOW = datetime(2027, 2, 1, tzinfo=UTC)
SYNCED = "sync-collection /a/"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavHost]:
    with a_dav_host(tmp_path_factory.mktemp("dav")) as host:
        yield host


@pytest.fixture
def dav(running: DavHost) -> DavHost:
    running.says, running.asked = {}, []
    return running


@pytest.fixture
def town(tmp_path: Path) -> Iterator[CalDavTown]:
    with a_caldav_town(tmp_path / "town") as town:
        yield town


def says(dav: DavHost, path: str, *events: bytes, token: str = "1", changed: bool = False) -> None:
    """Let the host have a calendar with these events; `changed` since it was seen."""
    state = f"<d:sync-token>{token}</d:sync-token>"
    some = [(f"{path}1.ics", "<d:getetag>1</d:getetag>")] if changed else []
    dav.says |= {
        f"PROPFIND {path}": told((path, A_CALENDAR + state)),
        f"sync-collection {path}": told(*some, token=token),
        f"calendar-query {path}": data(*events),
    }


def read(dav: DavHost, *paths: str) -> list[Outcome]:
    """Read an account with these calendars for the first time."""
    ones = [One(uuid4(), CalendarId(dav.address(each)), None) for each in paths]
    due = Due(uuid4(), Host.CALDAV, frozenset(), NOW, ones)
    found = Reading(due, dav.provider(), frozenset).outcomes()
    return [found[each.id] for each in ones]


@contextmanager
def an_account(town: CalDavTown, dav: DavHost, *paths: str) -> Iterator[None]:
    """Let Ada's account be at that host, with these calendars."""
    town.hosts[town.at] = CalDavHost(dav.where())
    town.joins(ADA)
    home = "<c:calendar-home-set><d:href>/home/</d:href></c:calendar-home-set>"
    dav.says |= {
        "PROPFIND /.well-known/caldav": told(("/", home)),
        "PROPFIND /home/": told(*((each, A_CALENDAR) for each in paths)),
    }
    town.accounts[ADA] = town.enters(ADA, "open sesame", address=dav.address())
    town.chooses(ADA)
    yield


BROKEN = a_calendar(an_hour("20270301", "RRULE:FREQ=NONSENSE"))


@pytest.mark.parametrize("question", ["PROPFIND /a/", "calendar-query /a/"])
@pytest.mark.parametrize("said", [Dav(500), Dav(200, b"<html>"), data(BROKEN)])
def test_a_calendar_that_is_in_trouble_leaves_the_others_to_be_read(
    dav: DavHost, question: str, said: Dav
) -> None:
    for each in ("/a/", "/b/"):
        says(dav, each, a_calendar(an_hour("20270301")))
    dav.says[question] = said

    bad, good = read(dav, "/a/", "/b/")

    assert isinstance(bad, Unreadable)
    assert (bad.seconds or 0) <= 60  # for so long the whole account is left alone
    assert isinstance(good, Told)
    assert good.intervals


@pytest.mark.parametrize("question", ["PROPFIND /a/", "calendar-query /a/"])
def test_a_calendar_that_never_answers_leaves_the_others_to_be_read_and_followed(
    dav: DavHost, question: str
) -> None:
    for each in ("/a/", "/b/"):
        says(dav, each, a_calendar(an_hour("20270301")))
    breaks_off = {"Content-Length": "9", "Connection": "close"}
    dav.says[question] = Dav(207, b"<", breaks_off)

    bad, good = read(dav, "/a/", "/b/")

    assert isinstance(bad, Unreadable)
    assert isinstance(good, Told)
    assert '"token 1"' in good.remembered


def test_what_was_read_before_the_host_asks_us_to_wait_is_kept(dav: DavHost) -> None:
    paths = [f"/{number}/" for number in range(12)]
    for each in paths:
        says(dav, each, a_calendar(an_hour("20270301")))
    dav.says["PROPFIND /9/"] = Dav(429, headers={"Retry-After": "77"})

    found = read(dav, *paths)

    assert [isinstance(each, Told) for each in found] == [True] * 8 + [False] * 4
    assert {each.seconds for each in found if isinstance(each, Unreadable)} == {77.0}
    assert not any("/10/" in each for each in dav.asked)


def test_an_account_of_many_calendars_is_read_at_once(town: CalDavTown) -> None:
    town.moves_in(ADA, WEEK[0], also=tuple(f"c{number}" for number in range(19)))
    drained(town.runtime)

    assert town.troubles(ADA) == [None] * 20
    assert [town.busy(ADA, place) for place in range(20)] == [[WEEK[0]]] * 20


def test_one_who_asks_much_leaves_others_their_share(tmp_path: Path) -> None:
    runtime = a_runtime(tmp_path)
    gates = Gates(runtime, Host.CALDAV, CalDavHost(Where()).limits)

    for _ in range(400):  # accounts that ask as much as each of them may
        gate = gates.of(uuid4())
        gate.take(200)
        gate.done()

    with runtime.reading() as work:
        assert not gates.is_nearly_spent(work)


def test_a_calendar_that_breaks_later_costs_the_others_nothing(
    town: CalDavTown, dav: DavHost
) -> None:
    for each in ("/a/", "/b/"):
        says(dav, each, a_calendar(an_hour("20270301")))
    with an_account(town, dav, "/a/", "/b/"):
        dav.says |= {"PROPFIND /a/": Dav(500), SYNCED: Dav(500)}
        says(
            dav, "/b/", a_calendar(an_hour("20270301")), a_calendar(an_hour("20270302")),
            token="2", changed=True,
        )  # fmt: skip

        for _ in range(2):
            town.later(hours=6.5)

    troubled = {len(town.busy(ADA, place)): town.troubles(ADA)[place] for place in (0, 1)}
    assert troubled[2] is None
    assert troubled[1] is not None


def test_a_calendar_for_which_there_was_no_time_is_the_first_the_next_time(
    town: CalDavTown, dav: DavHost
) -> None:
    for each in ("/a/", "/b/"):
        says(dav, each, a_calendar(an_hour("20270301")))
    tired = Dav(429, headers={"Retry-After": "77"})
    well, dav.says["calendar-query /b/"] = dav.says["calendar-query /b/"], tired
    with an_account(town, dav, "/a/", "/b/"):
        dav.says["calendar-query /b/"] = well
        dav.asked.clear()

        town.later(hours=1)

    assert dav.asked[0] == "PROPFIND /b/"
    assert town.troubles(ADA) == [None, None]


def test_a_password_that_one_calendar_refuses_once_is_not_lost(
    town: CalDavTown, dav: DavHost
) -> None:
    for each in ("/a/", "/b/"):
        says(dav, each, a_calendar(an_hour("20270301")))
    with an_account(town, dav, "/a/", "/b/"):
        dav.says |= {SYNCED: Dav(401)}

        town.later(hours=6.5)

    assert town.account(ADA).lost_at is None
    assert town.troubles(ADA) == [None, None]


def test_times_without_a_zone_go_with_their_owner(town: CalDavTown, dav: DavHost) -> None:
    ten = "DTSTART:20270301T100000"
    says(dav, "/a/", a_calendar(an_event(ten, "DURATION:PT1H")))
    with an_account(town, dav, "/a/"):
        [(before, _)] = town.busy(ADA)
        with town.runtime.work() as work:
            work.session.get_one(PersonRow, town.people[ADA]).timezone = "America/New_York"

        town.later(hours=7)

    assert town.busy(ADA) == [(before + 5 * HOUR, before + 6 * HOUR)]
    assert town.troubles(ADA) == [None]


class Busy(MemoryProvider):
    """A host that tells each calendar in one answer, and somebody who writes meanwhile."""

    def read_in(self, zone: str) -> None:
        pass

    def busy(self, calendars: Sequence[CalendarId], span: Span) -> Mapping[CalendarId, Found]:
        found = super().busy(calendars, span)
        self.occupy(calendars[0], (span[0], span[0] + HOUR))
        return found


def test_what_changes_as_it_is_read_is_news_the_next_time() -> None:
    host = Busy()
    calendar = host.add(ADA, main=True)
    due = Due(uuid4(), Host.CALDAV, frozenset(), NOW, [One(uuid4(), calendar, None)])

    [outcome] = Reading(due, host, frozenset).outcomes().values()

    assert isinstance(outcome, Told)
    assert outcome.intervals == []
    assert host.changes(calendar, Cursor(json.loads(outcome.remembered)["cursor"])).anything
