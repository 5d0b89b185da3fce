"""When a CalDAV calendar is busy: whatever its host misunderstands, never free without a proof."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from calendar_sync.caldav.questions import events, free_busy
from calendar_sync.errors import (
    CursorExpired,
    NotAllowed,
    NotThere,
    ReconnectNeeded,
    Silence,
    Wait,
)
from calendar_sync.ics.limits import Limits
from calendar_sync.provider import CalendarId, Capability, Cursor
from scheduler.model.busy import BusyInterval, Kind
from tests.calendar_sync.builders import SPRING, a_calendar, a_component, an_event, an_hour, utc
from tests.calendar_sync.dav_host import A_CALENDAR, CALENDAR, Dav, DavHost, a_dav_host, data, told
from tests.calendar_sync.radicale_host import a_radicale

NINE = BusyInterval(utc("2027-03-01 09:00"), utc("2027-03-01 10:00"), Kind.BUSY)
ASKED, SEARCHED = f"free-busy-query {CALENDAR}", f"calendar-query {CALENDAR}"
LOOKED, SYNCED = f"PROPFIND {CALENDAR}", f"sync-collection {CALENDAR}"
BUSY = a_component("VFREEBUSY", "FREEBUSY:20270301T090000Z/PT1H")
NOTHING = a_calendar(a_component("VFREEBUSY", "DTSTART:20270301T000000Z"))
AN_EVENT = a_calendar(an_hour("20270301", "SUMMARY:SECRET"))
STAMP = "DTSTAMP:20270101T000000Z"
PAGE = b"<!DOCTYPE html><title>Sign in</title>"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavHost]:
    with a_dav_host(tmp_path_factory.mktemp("dav")) as host:
        yield host


@pytest.fixture
def host(running: DavHost) -> DavHost:
    """A host with one calendar, and nothing said yet."""
    running.says = {LOOKED: told((CALENDAR, A_CALENDAR))}
    running.asked, running.logins = [], []
    return running


def busy(host: DavHost) -> Any:
    return host.provider().busy([host.calendar], SPRING)[host.calendar]


def test_the_hosts_word_is_taken_where_its_events_are_not_for_us(host: DavHost) -> None:
    host.says |= {SEARCHED: Dav(403), ASKED: Dav(200, a_calendar(BUSY))}

    assert busy(host) == [NINE]
    assert host.asked == [LOOKED, SEARCHED, ASKED]

    host.says[LOOKED] = Dav(403)
    assert busy(host) == [NINE]


@pytest.mark.parametrize(
    "said",
    [
        *(Dav(status) for status in (400, 403, 404, 405, 415, 500, 501)),
        Dav(200),
        Dav(200, PAGE, {"Content-Type": "text/html"}),
        Dav(200, a_calendar()),
        Dav(200, NOTHING),
        Dav(200, a_calendar(BUSY)[:-20]),
        Dav(207, told().body),
        Dav(302, headers={"Location": "https://elsewhere.example.org/"}),
    ],
    ids=lambda said: f"{said.status} {len(said.body)}",
)
def test_what_a_host_cannot_reckon_is_unknown_and_never_free(host: DavHost, said: Dav) -> None:
    host.says |= {SEARCHED: Dav(403), ASKED: said}

    assert isinstance(busy(host), NotAllowed)


def test_events_that_are_for_us_to_see_are_believed_before_the_host(host: DavHost) -> None:
    host.says |= {SEARCHED: data(AN_EVENT), ASKED: Dav(200, NOTHING)}

    assert busy(host) == [NINE]
    assert host.asked == [LOOKED, SEARCHED]


@pytest.mark.parametrize(
    "said",
    [
        Dav(200, PAGE),
        Dav(207, PAGE),
        Dav(207, data(AN_EVENT).body[:-30]),
        Dav(500),
        Dav(501),
        data(b"BEGIN:VCALENDAR"),
        data(AN_EVENT, b""),
        data(AN_EVENT, a_calendar(an_event("DTSTART:nonsense"))),
        told((f"{CALENDAR}1.ics", "<d:getetag>1</d:getetag>")),
        told((f"{CALENDAR}1.ics", "")),
    ],
    ids=lambda said: f"{said.status} {len(said.body)}",
)
def test_what_cannot_be_read_whole_is_unknown_and_never_free(host: DavHost, said: Dav) -> None:
    host.says[SEARCHED] = said

    found = busy(host)

    assert isinstance(found, Wait)
    assert "SECRET" not in str(found)


def test_a_calendar_that_would_take_all_our_time_ends_with_a_reason(host: DavHost) -> None:
    bomb = an_hour("20200101", "RRULE:FREQ=SECONDLY")
    host.says[SEARCHED] = data(a_calendar(bomb), AN_EVENT)

    found = host.provider(limits=Limits(instances=200)).busy([host.calendar], SPRING)

    assert isinstance(found[host.calendar], Wait)


def test_a_host_that_never_finishes_is_left_in_time(host: DavHost) -> None:
    over = Event()
    host.says[SEARCHED] = replace(data(AN_EVENT), held=over)

    found = host.provider(limits=Limits(address_seconds=2.0)).busy([host.calendar], SPRING)

    over.set()
    assert isinstance(found[host.calendar], Silence)
    assert "takes too long to answer" in str(found[host.calendar])


def test_an_empty_calendar_is_free_only_if_it_is_a_calendar(host: DavHost) -> None:
    host.says[SEARCHED] = told()

    assert busy(host) == []

    host.says[LOOKED] = told((CALENDAR, "<d:resourcetype><d:collection/></d:resourcetype>"))
    assert isinstance(busy(host), NotThere)


def test_a_property_that_is_said_to_be_missing_is_missing(host: DavHost) -> None:
    listed = told((CALENDAR, A_CALENDAR)).body.replace(b"200 OK", b"404 Not Found")
    host.says |= {LOOKED: Dav(207, listed), SEARCHED: told()}

    assert isinstance(busy(host), NotThere)


def test_an_event_that_goes_while_we_read_is_no_trouble(host: DavHost) -> None:
    gone = (
        b"<d:response><d:href>/dav/ada/day/9.ics</d:href>"
        b"<d:status>HTTP/1.1 404 Not Found</d:status></d:response></d:multistatus>"
    )
    host.says[SEARCHED] = Dav(207, data(AN_EVENT).body.replace(b"</d:multistatus>", gone))

    assert busy(host) == [NINE]


def test_series_are_expanded_with_their_exceptions_and_free_events_left_out(host: DavHost) -> None:
    weekly = an_hour("20270301", "RRULE:FREQ=WEEKLY;COUNT=3")
    moved = an_event(
        "RECURRENCE-ID:20270308T090000Z", "DTSTART:20270308T120000Z", "DTEND:20270308T130000Z"
    )
    free = an_hour("20270302", "TRANSP:TRANSPARENT", uid="two@example.org")
    host.says[SEARCHED] = data(a_calendar(weekly, moved), a_calendar(free))

    assert [each.start for each in busy(host)] == [
        utc("2027-03-01 09:00"), utc("2027-03-08 12:00"), utc("2027-03-15 09:00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ("", 5),  # New York's, as the person's
        ("<c:calendar-timezone-id>Asia/Tokyo</c:calendar-timezone-id>", -9),
        ("<c:calendar-timezone-id>Nowhere/Land</c:calendar-timezone-id>", 5),
        ("<c:calendar-timezone>BEGIN:VTIMEZONE\nTZID:Europe/Paris\n</c:calendar-timezone>", -1),
    ],
)
def test_whole_days_are_the_calendars_own(host: DavHost, said: str, hour: int) -> None:
    host.says |= {
        LOOKED: told((CALENDAR, A_CALENDAR + said)),
        SEARCHED: data(a_calendar(an_event("DTSTART;VALUE=DATE:20270303"))),
    }

    assert [each.start for each in busy(host)] == [utc("2027-03-03") + hour * 3600]


def test_the_hosts_no_is_told_by_what_we_do_next(host: DavHost) -> None:
    for status, kind in (
        (501, Wait),
        (403, NotAllowed),
        (404, NotThere),
        (410, NotThere),
        (507, Wait),
    ):
        host.says[SEARCHED] = Dav(status)
        assert isinstance(busy(host), kind)

    host.says[SEARCHED] = Dav(401)
    with pytest.raises(ReconnectNeeded):
        busy(host)


@pytest.mark.parametrize("status", [429, 503])
def test_once_the_host_asks_us_to_wait_nothing_more_is_asked(host: DavHost, status: int) -> None:
    host.says[SEARCHED] = data(AN_EVENT)
    later, last = (CalendarId(f"{host.calendar}{each}/") for each in ("later", "last"))
    tired = Dav(status, headers={"Retry-After": "77"})
    host.says[f"PROPFIND {CALENDAR}later/"] = tired

    found = host.provider().busy([host.calendar, later, last], SPRING)

    assert found[host.calendar] == [NINE]
    for each in (found[later], found[last]):
        assert isinstance(each, Wait)
        assert each.seconds == 77.0
    assert not any("last" in each for each in host.asked)

    host.says[SEARCHED] = tired
    with pytest.raises(Wait):
        host.provider().busy([host.calendar], SPRING)


def test_trouble_with_one_calendar_is_its_own(host: DavHost) -> None:
    broken = CalendarId(f"{host.calendar}broken/")
    host.says |= {f"PROPFIND {CALENDAR}broken/": Dav(500), SEARCHED: data(AN_EVENT)}

    found = host.provider().busy([broken, host.calendar], SPRING)

    assert isinstance(found[broken], Wait)
    assert found[host.calendar] == [NINE]


def test_a_calendar_is_not_followed_by_tokens_where_there_are_only_tags(host: DavHost) -> None:
    def tagged(tag: str) -> Dav:
        inside = f'<x:getctag xmlns:x="http://calendarserver.org/ns/">{tag}</x:getctag>'
        return told((CALENDAR, A_CALENDAR + inside))

    host.says[LOOKED] = tagged("1")
    begun = host.provider().changes(host.calendar, None)
    assert not host.provider().changes(host.calendar, begun.cursor).anything

    host.says[LOOKED] = tagged("2")
    assert host.provider().changes(host.calendar, begun.cursor).anything


def test_a_calendar_without_either_is_read_each_time(host: DavHost) -> None:
    assert host.provider().changes(host.calendar, None).cursor is None


@pytest.mark.parametrize("said", [Dav(400), Dav(403), Dav(409), Dav(412), Dav(501), told()])
def test_a_token_that_is_no_longer_good_has_expired(host: DavHost, said: Dav) -> None:
    host.says[SYNCED] = said

    with pytest.raises(CursorExpired):
        host.provider().changes(host.calendar, Cursor("token urn:1"))


def test_a_token_is_given_back_as_it_came(host: DavHost) -> None:
    token = "urn:a&b &lt;1&gt;".replace("&b", "&amp;b")
    inside = f"<d:sync-token>{token}</d:sync-token>"
    host.says |= {LOOKED: told((CALENDAR, A_CALENDAR + inside)), SYNCED: told(token=token)}

    begun = host.provider().changes(host.calendar, None)

    assert begun.cursor == "token urn:a&b <1>"
    assert not host.provider().changes(host.calendar, begun.cursor).anything


def test_nothing_is_promised_but_lists_and_cursors(host: DavHost) -> None:
    assert host.provider().capabilities == {Capability.CHOOSES, Capability.CURSORS}


def test_questions_name_the_time_in_utc() -> None:
    for question in (free_busy(SPRING), events(SPRING)):
        assert b'start="20270301T000000Z" end="20270401T000000Z"' in question


def test_a_day_off_at_a_real_server_is_the_persons_own_day(tmp_path: Path) -> None:
    """Radicale itself has whole days and floating times in UTC."""
    off = an_event("DTSTART;VALUE=DATE:20270303", STAMP)
    edge = an_event("DTSTART;VALUE=DATE:20270331", STAMP, uid="edge@example.org")
    lunch = an_event("DTSTART:20270305T120000", "DURATION:PT1H", STAMP, uid="lunch@example.org")
    with a_radicale(tmp_path) as radicale:
        radicale.add("ada@example.org", "work")
        for number, each in enumerate((off, edge, lunch)):
            radicale.ask("ada@example.org", "PUT", f"work/{number}.ics", a_calendar(each))
        provider = radicale.provider("ada@example.org")
        [work] = provider.calendars()

        found = provider.busy([work.calendar], (SPRING[0], utc("2027-04-01 05:00")))
        evening = (utc("2027-03-04 00:00"), utc("2027-03-05"))
        later = provider.busy([work.calendar], evening)

    assert found[work.calendar] == [
        BusyInterval(utc("2027-03-03 05:00"), utc("2027-03-04 05:00"), Kind.BUSY),
        BusyInterval(utc("2027-03-05 17:00"), utc("2027-03-05 18:00"), Kind.BUSY),
        BusyInterval(utc("2027-03-31 04:00"), utc("2027-04-01 04:00"), Kind.BUSY),
    ]
    assert later[work.calendar] == [
        BusyInterval(evening[0], utc("2027-03-04 05:00"), Kind.BUSY),
    ]
