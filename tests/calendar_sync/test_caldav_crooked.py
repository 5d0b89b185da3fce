"""CalDAV hosts that answer crookedly: what they cost, and what is read all the same."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from time import process_time
from typing import Any

import pytest

from calendar_sync.caldav.calendar import CalDavCalendar
from calendar_sync.caldav.login import Login
from calendar_sync.errors import (
    NotAllowed,
    ReconnectNeeded,
    Refused,
    Trouble,
    Unreadable,
)
from calendar_sync.ics.limits import Limits
from calendar_sync.ics.link import Link
from calendar_sync.provider import CalendarId, Cursor
from tests.calendar_sync.builders import SPRING, a_calendar, an_event, an_hour, utc
from tests.calendar_sync.dav_host import A_CALENDAR, CALENDAR, Dav, DavHost, a_dav_host, data, told
from tests.calendar_sync.radicale_host import Free, Given

LOOKED, SYNCED = f"PROPFIND {CALENDAR}", f"sync-collection {CALENDAR}"
SEARCHED, LATER = f"calendar-query {CALENDAR}", "/dav/ada/later/"
WELL_KNOWN, HOME = "PROPFIND /.well-known/caldav", "PROPFIND /dav/ada/"
MINE = "<c:calendar-home-set><d:href>/dav/ada/</d:href></c:calendar-home-set>"
AN_EVENT = a_calendar(an_hour("20270301"))
CROOKED = ["//[", "https://[::1", "https://\u2100.example/"]
LONG = "x" * 2_001


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavHost]:
    with a_dav_host(tmp_path_factory.mktemp("dav")) as host:
        yield host


@pytest.fixture
def host(running: DavHost) -> DavHost:
    """A host with one calendar of one event."""
    running.asked, running.logins = [], []
    running.says = {
        WELL_KNOWN: told(("/", MINE)),
        HOME: told((CALENDAR, A_CALENDAR)),
        LOOKED: told((CALENDAR, A_CALENDAR)),
        SEARCHED: data(AN_EVENT),
    }
    return running


def busy(host: DavHost) -> Any:
    return host.provider().busy([host.calendar], SPRING)[host.calendar]


def in_state(token: str = "", tag: str = "") -> Dav:
    """What a host tells of the calendar that is in this state."""
    tagged = f'<x:getctag xmlns:x="http://calendarserver.org/ns/">{tag}</x:getctag>'
    return told((CALENDAR, f"{A_CALENDAR}<d:sync-token>{token}</d:sync-token>{tagged}"))


def zoned(written: str) -> Dav:
    return told((CALENDAR, f"{A_CALENDAR}<c:calendar-timezone>{written}</c:calendar-timezone>"))


@pytest.mark.parametrize(
    "written", ["TZID:" + " " * 90_000 + "x", "\n".join(["TZID:Nowhere/Landing"] * 4_000)]
)
def test_a_zone_that_is_hard_to_find_costs_next_to_nothing(host: DavHost, written: str) -> None:
    host.says[LOOKED] = zoned(written)
    start = process_time()

    assert len(busy(host)) == 1

    assert process_time() - start < 2.0


def test_a_zone_without_an_end_is_none(host: DavHost) -> None:
    host.says[LOOKED] = zoned("TZID:Asia/Tokyo\n" + "x" * 100_000)

    assert isinstance(busy(host), Trouble)


@pytest.mark.parametrize("no", [*(Dav(each) for each in (400, 403, 405, 409, 501)), told()])
def test_a_host_that_does_not_answer_to_its_token_is_followed_by_what_it_gives(
    host: DavHost, no: Dav
) -> None:
    host.says |= {LOOKED: in_state("urn:1"), SYNCED: no}
    provider = host.provider()
    cursor = provider.changes(host.calendar, None).cursor

    for token, anything in (("urn:1", False), ("urn:1", False), ("urn:2", True), ("urn:2", False)):
        host.says[LOOKED] = in_state(token)
        found = provider.changes(host.calendar, cursor)
        assert found.anything == anything
        cursor = found.cursor

    assert host.asked.count(SYNCED) == 1  # it is asked so no more


def test_a_token_that_ended_has_the_calendar_read_and_followed_by_its_tag(host: DavHost) -> None:
    host.says |= {LOOKED: in_state("urn:2", "b"), SYNCED: Dav(403)}

    found = host.provider().changes(host.calendar, Cursor("token urn:1"))

    assert found.anything
    assert found.cursor == "tag b"


def test_a_host_has_no_more_kept_for_it_than_a_word(host: DavHost) -> None:
    def cursor(before: str | None = None) -> str | None:
        asked = None if before is None else Cursor(before)
        return host.provider().changes(host.calendar, asked).cursor

    host.says |= {LOOKED: in_state(LONG, "a"), SYNCED: told(token=LONG)}
    assert cursor() == "tag a"
    assert cursor("token urn:1") == "tag a"

    host.says[LOOKED] = in_state(LONG, LONG)
    assert cursor() is None


@pytest.mark.parametrize("href", CROOKED)
def test_a_crooked_address_is_said_to_be_one(host: DavHost, href: str) -> None:
    with pytest.raises(Unreadable, match="is not a complete address"):
        Link.parse(host.address()).follow(href)  # as a feed's redirect is followed

    host.says[LOOKED] = told((href, A_CALENDAR))
    assert isinstance(busy(host), Trouble)

    host.says[HOME] = told((href, A_CALENDAR))
    with pytest.raises(Refused, match="is not a complete address"):
        host.provider().calendars()

    if href.isascii():
        host.says[LOOKED] = Dav(301, headers={"Location": href})
        assert isinstance(busy(host), Trouble)


@pytest.mark.parametrize(
    "href",
    [*CROOKED, "https://shared.example.net/x/", "/my cal/", "http://example.org/", "/a\\b/", LONG],
)
def test_an_odd_address_in_a_list_costs_none_of_the_others(host: DavHost, href: str) -> None:
    host.says[HOME] = told((href, A_CALENDAR), (CALENDAR, A_CALENDAR))

    assert [each.calendar for each in host.provider().calendars()] == [host.calendar]

    host.says[HOME] = told((href, A_CALENDAR))
    with pytest.raises(Refused):
        host.provider().calendars()


@pytest.mark.parametrize("part", ["<d:error/>", "<d:Response/>"])
def test_an_answer_that_may_leave_events_out_is_none(host: DavHost, part: str) -> None:
    said = told().body.replace(b"</d:multistatus>", f"{part}</d:multistatus>".encode())
    host.says[SEARCHED] = Dav(207, said)

    assert isinstance(busy(host), Trouble)


def test_two_events_by_one_name_both_take_their_time(host: DavHost) -> None:
    later = an_event("DTSTART:20270301T140000Z", "DURATION:PT1H", "SEQUENCE:1")
    host.says[SEARCHED] = data(AN_EVENT, a_calendar(later))

    assert [each.start for each in busy(host)] == [utc("2027-03-01 09:00"), utc("2027-03-01 14:00")]


def test_events_that_are_read_one_by_one_are_not_too_many_together(host: DavHost) -> None:
    daily = a_calendar(an_hour("20270301", "RRULE:FREQ=DAILY"))
    host.says[SEARCHED] = data(daily, daily)

    for most, kind in ((100, list), (40, Trouble)):
        provider = host.provider(limits=Limits(instances=most))
        assert isinstance(provider.busy([host.calendar], SPRING)[host.calendar], kind)


@pytest.mark.parametrize("question", [LOOKED, SEARCHED])
def test_a_password_that_one_calendar_refuses_is_not_lost(host: DavHost, question: str) -> None:
    host.says |= {
        question: Dav(401),
        f"PROPFIND {LATER}": told((LATER, A_CALENDAR)),
        f"calendar-query {LATER}": data(AN_EVENT),
    }
    later = CalendarId(host.address(LATER))

    found = host.provider().busy([host.calendar, later], SPRING)

    assert isinstance(found[host.calendar], NotAllowed)
    assert isinstance(found[later], list)
    for status, kind in ((401, ReconnectNeeded), (404, ReconnectNeeded), (500, Trouble)):
        host.says[WELL_KNOWN] = Dav(status)
        try:
            said: object = busy(host)
        except ReconnectNeeded as error:
            said = error
        assert isinstance(said, kind)


def test_a_host_that_is_slow_at_every_calendar_is_left_in_time(host: DavHost) -> None:
    over = Event()
    paths = [f"/dav/ada/{number}/" for number in range(20)]
    slow = replace(told(), held=over)
    host.says |= {f"PROPFIND {each}": slow for each in paths}
    where = replace(host.where(Limits(address_seconds=0.4)), seconds=0.6)
    login = Login.typed(host.address(), "ada", "open sesame", "UTC")
    calendars = [CalendarId(host.address(each)) for each in paths]

    found = CalDavCalendar(where, Given(login), Free()).busy(calendars, SPRING)

    over.set()
    assert all(isinstance(found[each], Trouble) for each in calendars)
    assert len(host.asked) <= 3  # nobody has time for the others
