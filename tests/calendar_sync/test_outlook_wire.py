"""Outlook's JSON, by example: what it says, and what it must never be taken to say."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.errors import CursorExpired, Wait
from calendar_sync.outlook import times, wire
from calendar_sync.outlook.requests import Requests, request
from calendar_sync.provider import CalendarId, Cursor, Found
from scheduler.model.busy import BusyInterval, Kind
from tests.calendar_sync.builders import utc

SPAN = (utc("2027-03-01"), utc("2027-04-01"))
HOUR = 3600


def at(text: str, zone: str | None = "UTC") -> Any:
    return {"dateTime": text, "timeZone": zone}


def an_event(start: str = "2027-03-02T09:00:00.0000000", end: str = "", **more: Any) -> Any:
    hour = {"start": at(start), "end": at(end or "2027-03-02T10:00:00.0000000")}
    return {**hour, "showAs": "busy", "isAllDay": False, "isCancelled": False, **more}


def a_day(zone: str | None, until: str = "2027-03-10", **more: Any) -> Any:
    days = an_event("2027-03-09T00:00:00.0000000", f"{until}T00:00:00.0000000", isAllDay=True)
    return {**days, "originalStartTimeZone": zone, "originalEndTimeZone": zone, **more}


def found(*events: Any) -> Found:
    return wire.taken([{"value": list(events)}], SPAN)


def spans(*events: Any) -> list[tuple[int, int]]:
    said = found(*events)
    assert isinstance(said, list)
    return [(each.start, each.end) for each in said]


# What is taken


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        ("free", None),
        ("workingElsewhere", None),
        ("tentative", Kind.TENTATIVE),
        ("oof", Kind.UNAVAILABLE),
        ("busy", Kind.BUSY),
        ("unknown", Kind.BUSY),
        ("of tomorrow", Kind.BUSY),
        ("Free", Kind.BUSY),
        (None, Kind.BUSY),
        (["free"], Kind.BUSY),
    ],
)
def test_what_somebody_shows_is_a_kind_of_time_and_whatever_is_unknown_is_busy(
    shown: Any, kind: Kind | None
) -> None:
    hour = utc("2027-03-02 09:00"), utc("2027-03-02 10:00")

    assert found(an_event(showAs=shown)) == ([BusyInterval(*hour, kind)] if kind else [])


@pytest.mark.parametrize(
    ("more", "takes"),
    [
        ({"isCancelled": True}, False),
        ({"isCancelled": "yes"}, True),
        ({"responseStatus": {"response": "declined"}}, True),
        ({"responseStatus": {"response": "notResponded"}}, True),
        ({"responseStatus": {"response": "none"}}, True),
        ({"responseStatus": None}, True),
    ],
)
def test_what_was_cancelled_takes_no_time_and_whatever_else_is_shown_does(
    more: Any,
    takes: bool,  # noqa: FBT001
) -> None:
    assert bool(found(an_event(**more))) == takes


def test_an_interval_for_each_event_that_is_clipped() -> None:
    over = an_event("2027-02-28T23:00:00.0000000", "2027-03-01T01:00:00.0000000")
    pages = [{"value": [an_event(), over]}, {"value": [an_event(), an_event(showAs="oof")]}]

    assert wire.taken(pages, SPAN) == [
        BusyInterval(SPAN[0], SPAN[0] + HOUR, Kind.BUSY),
        BusyInterval(utc("2027-03-02 09:00"), utc("2027-03-02 10:00"), Kind.BUSY),
        BusyInterval(utc("2027-03-02 09:00"), utc("2027-03-02 10:00"), Kind.BUSY),
        BusyInterval(utc("2027-03-02 09:00"), utc("2027-03-02 10:00"), Kind.UNAVAILABLE),
    ]


def test_an_event_over_the_border_of_two_questions_is_one() -> None:
    span = SPAN[0], SPAN[0] + 4 * 366 * 24 * HOUR + 400 * 24 * HOUR
    [first, second] = wire.parts(span)
    over = BusyInterval(first[1] - HOUR, second[0] + HOUR, Kind.BUSY)
    event = an_event(*(f"{times.stamp(each)[:-1]}.0000000" for each in over[:2]))

    assert wire.taken([{"value": [event]}, {"value": [event]}], span) == [over]


def test_an_event_without_length_takes_nothing() -> None:
    assert found(an_event(end="2027-03-02T09:00:00.0000000")) == []


@pytest.mark.parametrize(
    "event",
    [
        {},
        an_event(""),
        an_event(end="2027-03-02T08:00:00"),
        an_event("soon"),
        an_event("2027-03-02T09:00:00+99:00"),
        {**an_event(), "start": "2027-03-02T09:00:00"},
        {**an_event(), "end": None},
        {**an_event(), "end": at("9999-12-31T23:59:59-14:00")},
        a_day("UTC", start=None),
    ],
)
def test_an_event_that_cannot_be_read_makes_the_calendar_unknown_and_never_free(event: Any) -> None:
    assert isinstance(found(an_event(), event), Wait)


@pytest.mark.parametrize(
    "page",
    [
        *(None, [], 7, "<html>", {}, {"value": None}, {"value": {}}, {"value": [None]}),
        *({"value": [], "error": said} for said in ({"code": "x"}, {}, None)),
    ],
)
def test_a_page_that_is_none_is_an_error(page: Any) -> None:
    assert isinstance(wire.taken([page], SPAN), Wait)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("2027-03-02T09:00"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "start", "end", "dateTime", "isAllDay", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(_JSON)
def test_whatever_is_said_a_calendar_is_free_only_if_it_says_so(page: Any) -> None:
    said = wire.taken([page], SPAN)

    if said == []:
        assert isinstance(page["value"], list)
    assert isinstance(said, list | Wait)


# Times and zones


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("UTC", 0),
        ("tzone://Microsoft/Utc", 0),
        ("W. Europe Standard Time", -1),
        ("Europe/Berlin", -1),
        ("Tokyo Standard Time", -9),
        ("Eastern Standard Time", +5),
        ("America/New_York", +5),
    ],
)
def test_times_are_read_in_the_zone_that_stands_with_them(zone: str, hours: int) -> None:
    span = times.between(at("2027-03-02T09:00:00", zone), at("2027-03-02T10:00:00", zone))

    begin = utc("2027-03-02 09:00") + hours * HOUR
    assert span == (begin, begin + HOUR)


@pytest.mark.parametrize("zone", ["tzone://Microsoft/Custom", "Customized Time Zone", "", None, 7])
def test_a_time_in_a_zone_that_nobody_knows_may_be_anywhere_on_earth(zone: Any) -> None:
    span = times.between(at("2027-03-02T09:00:00", zone), at("2027-03-02T10:00:00", zone))

    assert span == (utc("2027-03-01 19:00"), utc("2027-03-02 22:00"))


def test_an_offset_that_stands_with_a_time_is_believed() -> None:
    span = times.between(at("2027-03-02T09:00:00Z", None), at("2027-03-02T12:00:00+02:00", "?"))

    assert span == (utc("2027-03-02 09:00"), utc("2027-03-02 10:00"))


def test_of_a_part_of_a_second_the_whole_is_busy() -> None:
    span = times.between(at("2027-03-02T09:00:00.7000000"), at("2027-03-02T10:00:00.2000000"))

    assert span == (utc("2027-03-02 09:00"), utc("2027-03-02 10:00") + 1)


@pytest.mark.parametrize(
    ("zone", "begin", "end"),
    [
        ("Eastern Standard Time", "2027-03-09 05:00", "2027-03-10 05:00"),
        ("America/New_York", "2027-03-09 05:00", "2027-03-10 05:00"),
        ("Tokyo Standard Time", "2027-03-08 15:00", "2027-03-09 15:00"),
        ("India Standard Time", "2027-03-08 18:30", "2027-03-09 18:30"),
        ("tzone://Microsoft/Custom", "2027-03-08 10:00", "2027-03-10 12:00"),
        ("Nowhere Standard Time", "2027-03-08 10:00", "2027-03-10 12:00"),
        ("UTC", "2027-03-08 10:00", "2027-03-10 12:00"),
        ("tzone://Microsoft/Utc", "2027-03-08 10:00", "2027-03-10 12:00"),
        (None, "2027-03-08 10:00", "2027-03-10 12:00"),
    ],
)
def test_a_whole_day_is_a_date_where_it_was_entered_or_wherever_it_may_be(
    zone: str | None, begin: str, end: str
) -> None:
    assert spans(a_day(zone)) == [(utc(begin), utc(end))]


def test_whole_days_over_a_change_of_the_clocks_are_as_long_as_they_are() -> None:
    event = a_day("Eastern Standard Time", until="2027-03-16")  # the 14th has 23 hours

    assert spans(event) == [(utc("2027-03-09 05:00"), utc("2027-03-16 04:00"))]


@pytest.mark.parametrize(("first", "last"), [("Eastern", "Tokyo"), ("Tokyo", "Eastern")])
def test_whole_days_between_two_zones_are_what_both_say_together(first: str, last: str) -> None:
    event = a_day(f"{first} Standard Time", originalEndTimeZone=f"{last} Standard Time")

    assert spans(event) == [(utc("2027-03-08 15:00"), utc("2027-03-10 05:00"))]


def test_whole_days_of_a_host_that_made_instants_of_them_are_these_instants() -> None:
    moments = {"start": at("2027-03-09T05:00:00"), "end": at("2027-03-10T05:00:00")}

    assert spans(a_day("America/New_York", **moments)) == [
        (utc("2027-03-09 05:00"), utc("2027-03-10 05:00"))
    ]


def test_a_time_that_the_clocks_skip_or_show_twice_is_one_instant() -> None:
    def moment(text: str) -> int:
        return times.between(at(text, "America/New_York"), at(text, "America/New_York"))[0]

    assert moment("2027-03-14T02:30:00") == utc("2027-03-14 07:30")
    assert moment("2027-11-07T01:30:00") == utc("2027-11-07 05:30")


@pytest.mark.parametrize("zone", ["GMT", "Etc/GMT", "Zulu", "etc/uct", "Etc/Universal", "GMT0"])
def test_a_whole_day_in_any_name_of_no_place_may_be_anywhere(zone: str) -> None:
    assert spans(a_day(zone)) == [(utc("2027-03-08 10:00"), utc("2027-03-10 12:00"))]


def test_whole_days_may_also_be_where_the_mailbox_mostly_is() -> None:
    tokyo = an_event(showAs="free", originalStartTimeZone="Tokyo Standard Time")
    nowhere = an_event(showAs="free", originalStartTimeZone="UTC")
    pages = [{"value": [a_day("Eastern Standard Time"), tokyo, *[nowhere] * 9, tokyo]}]

    usual = wire.usual_zone(pages)

    assert usual == "Tokyo Standard Time"
    assert wire.taken(pages, SPAN, usual) == [
        BusyInterval(utc("2027-03-08 15:00"), utc("2027-03-10 05:00"), Kind.BUSY)
    ]


@pytest.mark.parametrize("page", [{}, {"value": None}, {"value": 7}, {"value": [7, {}]}])
def test_where_nothing_says_so_a_mailbox_is_nowhere(page: Any) -> None:
    assert wire.usual_zone([page]) is None


def test_a_whole_day_lasts_at_least_a_day() -> None:
    assert spans(a_day("Tokyo Standard Time", until="2027-03-09")) == [
        (utc("2027-03-08 15:00"), utc("2027-03-09 15:00"))
    ]
    noon = at("2027-03-09T12:00:00")
    assert spans(a_day("UTC", start=noon, end=noon)) == [
        (utc("2027-03-09 12:00"), utc("2027-03-10 12:00"))
    ]


def test_whole_days_that_end_before_they_start_are_an_error() -> None:
    assert isinstance(found(a_day("UTC", until="2027-03-08")), Wait)


def test_what_ends_in_an_hour_that_clocks_show_twice_ends_with_the_second() -> None:
    hour = at("2027-11-07T01:30:00", "America/New_York")

    assert times.between(hour, hour) == (utc("2027-11-07 05:30"), utc("2027-11-07 06:30"))


# Calendars, cursors, addresses


def test_calendars_are_listed_the_main_one_first() -> None:
    clinic, ada = {"id": "A=", "name": "Clinic"}, {"id": "B/", "name": None}

    listed = wire.listed([{"value": [clinic]}, {"value": [{**ada, "isDefaultCalendar": True}]}])

    assert [(each.calendar, each.name, each.main) for each in listed] == [
        ("B/", "", True),
        ("A=", "Clinic", False),
    ]


@pytest.mark.parametrize("item", [{}, {"id": ""}, {"id": 7}])
def test_a_calendar_without_a_name_of_its_own_is_an_error(item: Any) -> None:
    with pytest.raises(Wait):
        wire.listed([{"value": [item]}])


@pytest.mark.parametrize("days", [1, 832, 1825, 1826, 4000])
def test_a_span_is_asked_for_in_parts_without_a_gap(days: int) -> None:
    parts = wire.parts((SPAN[0], SPAN[0] + days * 86_400))

    assert [parts[0][0], *(end for _, end in parts)] == [
        *(start for start, _ in parts),
        SPAN[0] + days * 86_400,
    ]
    assert all(end - start <= 1825 * 86_400 for start, end in parts)


def test_a_cursor_keeps_the_hosts_address_and_when_it_was_begun() -> None:
    cursor = wire.cursor_at("https://graph.test/v1.0/x?$deltatoken=a", SPAN[0])

    assert wire.followed(cursor, SPAN[0] + 7 * 86_400) == (
        "https://graph.test/v1.0/x?$deltatoken=a",
        SPAN[0],
    )


@pytest.mark.parametrize("days", [-2, 8, 900])
def test_a_cursor_whose_time_is_nearly_over_has_expired(days: int) -> None:
    with pytest.raises(CursorExpired):
        wire.followed(wire.cursor_at("https://graph.test/v1.0/x", SPAN[0]), SPAN[0] + days * 86_400)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"link": 1, "began": 2}', '{"link": "x", "began": "y"}']
)
def test_a_cursor_of_another_version_has_expired(text: str) -> None:
    with pytest.raises(CursorExpired):
        wire.followed(Cursor(text), SPAN[0])


@pytest.mark.parametrize(
    "address",
    [
        "http://graph.test/v1.0/me",
        "https://graph.test.evil.example/v1.0/me",
        "https://graph.test@evil.example/v1.0/me",
        "https://evil.example/v1.0/me",
        "https://graph.test:444/v1.0/me",
        "https://graph.test/v1.0",
        "https://graph.test/v1.0evil/me",
        "https://graph.test/v1.0/../beta/me",
        "https://graph.test/beta/me",
        "//graph.test/v1.0/me",
        "/v1.0/me",
        "https://graph.test/v1.0/me\r\nHost: evil.example",
        "https://graph.test\\@evil.example/v1.0/me",
        "https://gräph.test/v1.0/me",
        "",
    ],
)
def test_an_address_elsewhere_is_not_the_hosts_own(address: str) -> None:
    with pytest.raises(Wait, match="not its own"):
        Requests("https://graph.test/v1.0").own(address)


def test_the_hosts_own_address_is_asked_as_it_is() -> None:
    address = "https://graph.test/v1.0/me/calendars('A=')/calendarView/delta?$skiptoken=a%2Bb"

    requests = Requests("https://graph.test/v1.0/")

    assert requests.changed(requests.own(address)).uri == address


@pytest.mark.parametrize("link", ["", None, False, 7, []])
def test_an_address_that_is_none_is_an_error(link: Any) -> None:
    with pytest.raises(Wait):
        wire.link({"@odata.nextLink": link}, "next")


# Requests


@pytest.mark.parametrize(("basic", "size"), [(True, 500), (False, 100)])
def test_of_changes_that_come_with_all_of_an_event_a_page_holds_fewer(
    basic: bool,  # noqa: FBT001
    size: int,
) -> None:
    requests = Requests("https://graph.test/v1.0", basic=basic)

    assert f"odata.maxpagesize={size}" in requests.began(CalendarId("A"), SPAN).headers["Prefer"]


def test_every_request_asks_for_names_that_stay_and_has_one_of_its_own() -> None:
    requests = Requests("https://graph.test/v1.0")
    view = requests.view(CalendarId("A/b+c="), SPAN)
    several = [
        view,
        requests.calendars(None),
        requests.began(CalendarId("A"), SPAN),
        requests.schedules({}),
        requests.batch([view, view]),
        request("PATCH", "https://graph.test/v1.0/me/events/A", {}, If_Match='W/"1"'),
    ]

    assert all('IdType="ImmutableId"' in each.headers["Prefer"] for each in several)
    assert len({each.headers["client-request-id"] for each in several}) == len(several)
    assert several[-1].headers["If-Match"] == 'W/"1"'


def test_a_view_names_its_calendar_and_asks_for_no_word_of_what_is_in_it() -> None:
    asked = urlsplit(Requests("https://graph.test/v1.0").view(CalendarId("A/b+c="), SPAN).uri)

    assert asked.path == "/v1.0/me/calendars/A%2Fb%2Bc%3D/calendarView"
    query = {name: value for name, [value] in parse_qs(asked.query).items()}
    assert query["startDateTime"] == "2027-03-01T00:00:00Z"
    assert query["endDateTime"] == "2027-04-01T00:00:00Z"
    assert not {"subject", "body", "location", "attendees"} & set(query["$select"].split(","))


def test_several_requests_in_one_are_done_one_after_the_other() -> None:
    requests = Requests("https://graph.test/v1.0")
    views = [requests.view(CalendarId(each), SPAN) for each in "ABC"]

    inner = json.loads(requests.batch(views).body or b"")["requests"]

    assert [each.get("dependsOn") for each in inner] == [None, ["0"], ["1"]]
    assert all(each["url"].startswith("/me/calendars/") for each in inner)
