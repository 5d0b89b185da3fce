"""Calendars at Graph, and what happens in them."""

from urllib.parse import quote

import pytest

from services.sandbox.ics.writing import calendar as written
from services.sandbox.importing import put_all
from services.sandbox.outlook import ids
from services.sandbox.outlook.zones import known_zone, windows_name
from tests.sandbox.google_client import Google as GoogleThere
from tests.sandbox.google_client import listed
from tests.sandbox.outlook_client import (
    ADA,
    BERLIN,
    BO,
    CLEO,
    PIA,
    Outlook,
    Words,
    lecture,
    window,
)

VIEW = f"/me/calendarView?{window()}"


def test_the_main_calendar_is_marked_and_others_have_their_names(outlook: Outlook) -> None:
    outlook.world.add_calendar(ADA, "Clinic")
    ada = outlook.of(ADA, "Calendars.ReadBasic")

    found, _ = ada.all("/me/calendars?$select=name,isDefaultCalendar&$top=1")

    said = [(each["name"], each["isDefaultCalendar"]) for each in found]
    assert said == [("Calendar", True), ("Clinic", False)]
    assert set(found[0]) == {"id", "name", "isDefaultCalendar"}
    assert ada.get(f"/me/calendars/{quote(found[1]['id'])}")["name"] == "Clinic"
    assert ada.get("/me/calendar")["owner"]["address"] == ADA


def test_a_calendar_holds_its_own_events_alone(outlook: Outlook) -> None:
    clinic = outlook.world.add_calendar(ADA, "Clinic")
    outlook.world.put(clinic.id, lecture(), by="test")
    ada = outlook.of(ADA)
    named = quote(ids.calendar_id(clinic.id), safe="")

    assert len(ada.get(f"/me/calendars/{named}/calendarView?{window()}")["value"]) == 1
    assert ada.get(VIEW)["value"] == []


def test_nobody_reaches_what_is_not_theirs(outlook: Outlook) -> None:
    ada, view = outlook.of(ADA), f"calendarView?{window()}"
    theirs = quote(ids.calendar_id(BO), safe="")

    assert ada.get(f"/users/{ADA}/{view}")["value"] == []
    assert ada.get("/me")["mail"] == ADA
    assert ada.refused("GET", f"/users/{BO}/{view}") == (403, "ErrorAccessDenied")
    assert ada.refused("GET", f"/users/nobody/{view}") == (404, "ErrorInvalidUser")
    assert ada.refused("GET", f"/me/calendars/{theirs}/{view}") == (404, "ErrorItemNotFound")
    malformed = (400, "ErrorInvalidIdMalformed")
    assert ada.refused("GET", f"/me/calendars/holidays/{view}") == malformed
    assert outlook.of(ADA, "User.Read").refused("GET", VIEW) == (403, "ErrorAccessDenied")


def test_a_view_tells_each_occurrence_in_order_page_after_page(outlook: Outlook) -> None:
    outlook.world.put(ADA, lecture(day=6, recurrence=["RRULE:FREQ=DAILY;COUNT=23"]), by="test")
    outlook.world.put(ADA, lecture(day=5), by="test")
    ada = outlook.of(ADA)

    found, _ = ada.all(f"{VIEW}&$select=type,start,seriesMasterId&$orderby=start/dateTime&$top=23")

    assert len(ada.get(VIEW)["value"]) == 10  # unless somebody asks for more
    starts = [each["start"]["dateTime"] for each in found]
    assert len(starts) == 24
    assert starts == sorted(starts)
    assert [each["type"] for each in found] == ["singleInstance", *["occurrence"] * 23]
    masters = {each["seriesMasterId"] for each in found[1:]}
    assert len(masters) == 1
    assert len(ada.get(f"{VIEW}&$top=1000&$count=true")["value"]) == 24


def test_a_view_holds_whatever_overlaps_it(outlook: Outlook) -> None:
    outlook.world.put(ADA, lecture(), by="test")  # 7 to 8 in UTC
    ada = outlook.of(ADA)

    def seen(start: str, end: str) -> int:
        span = window(f"2026-10-05T{start}", f"2026-10-05T{end}")
        return len(ada.get(f"/me/calendarView?{span}")["value"])

    assert seen("07:30:00", "07:45:00") == seen("06:00:00Z", "07:01:00Z") == 1
    assert seen("08:00:00", "09:00:00") == seen("06:00:00", "07:00:00") == 0
    assert seen("08:00:00%2B02:00", "09:00:00%2B02:00") == 0  # with an offset, as that says


def test_a_view_spans_no_more_than_five_years(quiet_outlook: Outlook) -> None:
    ada, start = quiet_outlook.of(ADA), "/me/calendarView?startDateTime=2027-01-01T00:00:00Z"

    assert ada.get(f"{start}&endDateTime=2031-12-31T00:00:00Z")["value"] == []
    refused = ada.refused("GET", f"{start}&endDateTime=2032-01-01T00:00:00Z")
    assert refused == (400, "ErrorInvalidRequest")


@pytest.mark.parametrize("query", ["", "startDateTime=soon&endDateTime=2026-10-02", "$top=5"])
def test_a_view_needs_a_window(quiet_outlook: Outlook, query: str) -> None:
    refused = quiet_outlook.of(ADA).refused("GET", f"/me/calendarView?{query}")
    assert refused == (400, "ErrorInvalidParameter")


def test_times_are_told_in_the_zone_that_is_preferred(outlook: Outlook) -> None:
    outlook.world.put(ADA, lecture(), by="test")
    ada = outlook.of(ADA)
    zones = {"W. Europe Standard Time": "09:00", "Asia/Kolkata": "12:30", "UTC": "07:00"}
    for zone, told in zones.items():
        preferred = f'outlook.timezone="{zone}", odata.maxpagesize=1'
        got = ada.ask("GET", VIEW, Prefer=preferred)

        event = got.get_json()["value"][0]
        assert event["start"] == {"dateTime": f"2026-10-05T{told}:00.0000000", "timeZone": zone}
        assert event["originalStartTimeZone"] == "W. Europe Standard Time"
        assert f'outlook.timezone="{zone}"' in got.headers["Preference-Applied"]


def test_a_zone_that_nobody_knows_is_refused(quiet_outlook: Outlook) -> None:
    for name in ("Mars/Base", "Customized Time Zone"):
        refused = quiet_outlook.of(ADA).refused("GET", VIEW, Prefer=f'outlook.timezone="{name}"')
        assert refused == (400, "TimeZoneNotSupportedException")
    assert known_zone("tzone://Microsoft/Utc") == "UTC"
    assert windows_name("America/Phoenix") == "US Mountain Standard Time"
    assert windows_name("Europe/Vienna") == "Europe/Vienna"  # Windows has no name for it


def test_an_all_day_event_is_days_wherever_one_asks_from(outlook: Outlook) -> None:
    days = {"start": {"date": "2026-10-08"}, "end": {"date": "2026-10-10"}}
    outlook.world.put(ADA, days, by="test")

    event = outlook.of(ADA).get(VIEW, Prefer='outlook.timezone="Asia/Kolkata"')["value"][0]

    assert event["isAllDay"]
    assert event["start"]["dateTime"] == "2026-10-08T00:00:00.0000000"
    assert event["end"]["dateTime"] == "2026-10-10T00:00:00.0000000"
    assert event["originalStartTimeZone"] == "W. Europe Standard Time"


def test_an_event_has_two_ids_and_both_are_understood(outlook: Outlook) -> None:
    outlook.world.put(ADA, lecture(recurrence=["RRULE:FREQ=DAILY;COUNT=2"]), by="test")
    ada, immutable = outlook.of(ADA), 'IdType="ImmutableId"'

    usual = [each["id"] for each in ada.get(VIEW)["value"]]
    lasting = [each["id"] for each in ada.get(VIEW, Prefer=immutable)["value"]]

    assert not set(usual) & set(lasting)
    for one, other in zip(usual, lasting, strict=True):
        assert ada.get(f"/me/events/{quote(one)}", Prefer=immutable)["id"] == other
        assert ada.get(f"/me/events/{quote(other)}")["id"] == one
    assert ids.event_named(usual[0].swapcase()) is None


def test_an_event_shows_its_owner_in_outlooks_words(outlook: Outlook) -> None:
    events: list[tuple[Words, str]] = [
        ({}, "busy"),
        ({"transparency": "transparent"}, "free"),
        ({"status": "tentative"}, "tentative"),
        ({"eventType": "outOfOffice"}, "oof"),
        ({"eventType": "workingLocation"}, "free"),
        ({"outlook": {"showAs": "workingElsewhere"}}, "workingElsewhere"),
        ({"outlook": {"showAs": "oof"}}, "oof"),
    ]
    for day, (event, _) in enumerate(events, start=5):
        outlook.world.put(ADA, lecture(day=day, **event), by="test")

    found = outlook.of(ADA).get(VIEW)["value"]

    assert [each["showAs"] for each in found] == [shown for _, shown in events]


def test_a_guest_is_as_busy_as_they_said(outlook: Outlook) -> None:
    answers = {
        "needsAction": ("notResponded", "tentative"),
        "tentative": ("tentativelyAccepted", "tentative"),
        "accepted": ("accepted", "busy"),
        "declined": ("declined", "free"),
    }
    for day, answer in enumerate(answers, start=5):
        guests = [{"email": BO, "responseStatus": answer}]
        outlook.world.put(ADA, lecture(day=day, attendees=guests), by="test")

    theirs = outlook.of(BO).get(VIEW)["value"]
    ours = outlook.of(ADA).get(VIEW)["value"]

    said = [(each["responseStatus"]["response"], each["showAs"]) for each in theirs]
    assert said == [*answers.values()]
    assert [each["iCalUId"] for each in theirs] == [each["iCalUId"] for each in ours]
    assert {each["isOrganizer"] for each in theirs} == {False}
    for each in ours:
        assert each["isOrganizer"]
        assert (each["responseStatus"]["response"], each["showAs"]) == ("organizer", "busy")
        assert [guest["emailAddress"]["address"] for guest in each["attendees"]] == [BO]


def test_what_is_called_off_stays_with_its_guests_until_they_remove_it(outlook: Outlook) -> None:
    kept = outlook.world.put(ADA, lecture(attendees=[{"email": BO}]), by="test")
    outlook.world.cancel(ADA, kept["id"], by="test")
    bo = outlook.of(BO)

    event = bo.get(VIEW)["value"][0]

    assert event["isCancelled"]
    assert (event["subject"], event["showAs"]) == ("Canceled: Lecture", "free")
    assert outlook.of(ADA).get(VIEW)["value"] == []
    assert bo.ask("DELETE", f"/me/events/{quote(event['id'])}").status_code == 204
    assert bo.get(VIEW)["value"] == []


def test_basic_permission_shows_no_text_of_an_event(outlook: Outlook) -> None:
    outlook.world.put(ADA, lecture(description="Bring <both> slides"), by="test")

    basic = outlook.of(ADA, "Calendars.ReadBasic").get(VIEW)["value"][0]
    whole = outlook.of(BO, "Calendars.Read")  # what one allows is that one's alone

    assert basic["subject"] == "Lecture"
    assert not {"body", "bodyPreview", "hasAttachments"} & set(basic)
    assert whole.get(VIEW)["value"] == []
    ada = outlook.of(ADA, "Calendars.Read.Shared")
    assert "&lt;both&gt;" in ada.get(VIEW)["value"][0]["body"]["content"]
    text = ada.get(VIEW, Prefer='outlook.body-content-type="text"')["value"][0]["body"]
    assert text == {"contentType": "text", "content": "Bring <both> slides"}


def test_a_series_without_a_pattern_is_told_as_single_events(outlook: Outlook) -> None:
    outlook.world.put(ADA, lecture(recurrence=["RRULE:FREQ=MONTHLY;BYDAY=1MO,2MO"]), by="test")

    found = outlook.of(ADA).get(VIEW)["value"]

    assert len(found) == 2
    assert {each["type"] for each in found} == {"singleInstance"}
    assert {each["seriesMasterId"] for each in found} == {None}


def test_a_series_is_told_by_its_pattern(outlook: Outlook) -> None:
    outlook.world.put(ADA, lecture(recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"]), by="test")
    ada = outlook.of(ADA)
    occurrence = ada.get(VIEW)["value"][1]

    series = ada.get(f"/me/events/{quote(occurrence['seriesMasterId'])}")

    assert series["type"] == "seriesMaster"
    assert series["recurrence"]["pattern"]["daysOfWeek"] == ["monday"]
    assert series["recurrence"]["range"]["numberOfOccurrences"] == 3
    assert occurrence["recurrence"] is None
    assert occurrence["iCalUId"] != series["iCalUId"]
    assert occurrence["originalStart"] == "2026-10-12T07:00:00Z"


def test_a_file_says_how_an_event_shows_its_owner(outlook: Outlook) -> None:
    words = ["free", "tentative", "busy", "oof", "workingElsewhere"]
    for day, shown in enumerate(words, start=5):
        free = shown in ("free", "workingElsewhere")
        event = lecture(day=day, transparency="transparent" if free else "opaque")
        outlook.world.put(ADA, event | {"outlook": {"showAs": shown}}, by="test")

    text = written(outlook.world.events(ADA), BERLIN)
    put_all(outlook.world, CLEO, text, by="test")

    found = outlook.of(CLEO).get(VIEW)["value"]
    assert [each["showAs"] for each in found] == words
    assert "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE\r\n" in text


def test_a_file_says_what_another_program_has_made_of_an_event() -> None:
    event = completed(lecture(outlook={"showAs": "oof"}, status="confirmed"))
    assert "BUSYSTATUS:OOF" in written([event], BERLIN)
    assert "BUSYSTATUS:FREE" in written([event | {"transparency": "transparent"}], BERLIN)
    shown = event | {"outlook": {"showAs": "free"}}
    assert "BUSYSTATUS:BUSY" in written([shown], BERLIN)


def completed(event: Words) -> Words:
    stamp = "2026-10-01T08:00:00.000Z"
    return {"iCalUID": "a@b", "created": stamp, "updated": stamp, **event}


def test_google_never_tells_what_only_outlook_knows(google: GoogleThere) -> None:
    google.world.put("anna@college.example", lecture(outlook={"showAs": "oof"}), by="test")
    events, _ = listed(google.of("anna@college.example").events().list, calendarId="primary")
    assert "outlook" not in events[0]


def test_a_personal_account_has_a_calendar_as_well(outlook: Outlook) -> None:
    outlook.world.put(PIA, lecture(), by="test")
    assert len(outlook.of(PIA).get(VIEW)["value"]) == 1
