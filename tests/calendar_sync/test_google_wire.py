"""Google's JSON, by example: what it says, and what it must never be taken to say."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.errors import CursorExpired, NotAllowed, NotThere, Wait
from calendar_sync.google import drafts, wire
from calendar_sync.provider import Answer, CalendarId, Channel, Cursor, Draft, Found, Reply
from scheduler.model.busy import BusyInterval, Kind
from tests.calendar_sync.builders import utc

ADA = CalendarId("ada@example.org")
SPAN = (utc("2027-03-01"), utc("2027-04-01"))
DRAFT = Draft(
    "series/1/ada", "Peer group", (utc("2027-03-10 14:00"), utc("2027-03-10 15:00")), "Asia/Tokyo"
)


def answer(entry: Any) -> Any:
    start, end = map(wire.stamp, SPAN)
    return {"timeMin": start, "timeMax": end, "calendars": {ADA: entry}}


def found(entry: Any) -> Found:
    return wire.busy_answer(answer(entry), [ADA], SPAN)[ADA]


def busy(*times: tuple[Any, Any]) -> Any:
    return {"busy": [{"start": start, "end": end} for start, end in times]}


def test_a_question_names_the_span_and_the_calendars() -> None:
    assert wire.busy_question([ADA], SPAN) == {
        "timeMin": "2027-03-01T00:00:00Z",
        "timeMax": "2027-04-01T00:00:00Z",
        "items": [{"id": ADA}],
    }


def test_times_are_read_in_any_offset_merged_and_sorted() -> None:
    entry = busy(
        ("2027-03-02T10:00:00+01:00", "2027-03-02T11:00:00+01:00"),
        ("2027-03-01T09:00:00Z", "2027-03-01T10:00:00Z"),
        ("2027-03-01T05:00:00-05:00", "2027-03-01T06:00:00-05:00"),
    )

    assert found(entry) == [
        BusyInterval(utc("2027-03-01 09:00"), utc("2027-03-01 11:00"), Kind.BUSY),
        BusyInterval(utc("2027-03-02 09:00"), utc("2027-03-02 10:00"), Kind.BUSY),
    ]


def test_of_a_part_of_a_second_the_whole_is_busy() -> None:
    entry = busy(("2027-03-01T09:00:00.700Z", "2027-03-01T10:00:00.200Z"))

    start = utc("2027-03-01 09:00")
    assert found(entry) == [BusyInterval(start, start + 3601, Kind.BUSY)]


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (None, Wait),
        ({}, Wait),
        ({"busy": None}, Wait),
        ({"busy": [None]}, Wait),
        ([], Wait),
        (busy(("2027-03-01T10:00:00Z", "2027-03-01T09:00:00Z")), Wait),
        (busy(("2027-03-01T10:00:00", "2027-03-01T11:00:00")), Wait),
        (busy(("2027-03-01", "2027-03-02")), Wait),
        (busy(("soon", "later")), Wait),
        (busy((None, None)), Wait),
        ({"busy": [], "errors": [{"domain": "global", "reason": "notFound"}]}, NotThere),
        ({"busy": [], "errors": [{"domain": "global", "reason": "internalError"}]}, Wait),
        ({"busy": [], "errors": [{"domain": "global", "reason": "forbidden"}]}, NotAllowed),
        ({"busy": [], "errors": [{"reason": "of tomorrow"}]}, Wait),
        ({"busy": [], "errors": "yes"}, Wait),
        ({"busy": [], "errors": [None]}, Wait),
    ],
)
def test_a_calendar_that_could_not_be_read_is_an_error_and_never_free(
    entry: Any, error: type[Exception]
) -> None:
    assert isinstance(found(entry), error)


def test_what_is_said_of_one_calendar_says_nothing_of_another() -> None:
    other = CalendarId("other@example.org")

    both = wire.busy_answer(answer(busy()), [ADA, other], SPAN)

    assert both[ADA] == []
    assert isinstance(both[other], Wait)


@pytest.mark.parametrize(
    "said", [None, [], "<html>", 7, {}, {"calendars": []}, {"calendars": None}]
)
def test_an_answer_that_is_none_is_an_error(said: Any) -> None:
    with pytest.raises(Wait):
        wire.busy_answer(said, [ADA], SPAN)


def test_an_answer_about_another_time_is_none() -> None:
    said = {**answer(busy()), "timeMax": "2027-03-02T00:00:00Z"}

    with pytest.raises(Wait):
        wire.busy_answer(said, [ADA], SPAN)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["busy", "errors", "start", "end", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(_JSON)
def test_whatever_is_said_a_calendar_is_free_only_if_it_says_so(entry: Any) -> None:
    said = found(entry)

    if said == []:
        assert isinstance(entry, dict)
        assert not entry.get("errors")
        assert isinstance(entry["busy"], list)
    assert isinstance(said, list | NotAllowed | NotThere | Wait)


def test_the_name_of_an_event_is_one_that_google_takes() -> None:
    name = drafts.event_id(ADA, DRAFT.key)

    assert re.fullmatch(r"[a-v0-9]{5,1024}", name)
    assert name == drafts.event_id(ADA, DRAFT.key)
    others = {drafts.event_id(ADA, "series/2"), drafts.event_id(CalendarId("x"), DRAFT.key)}
    assert name not in others


def test_an_event_is_shown_in_its_own_zone() -> None:
    body = drafts.body("name", DRAFT)

    assert body["start"] == {"dateTime": "2027-03-10T23:00:00+09:00", "timeZone": "Asia/Tokyo"}
    assert body["end"] == {"dateTime": "2027-03-11T00:00:00+09:00", "timeZone": "Asia/Tokyo"}
    assert "attendees" not in body
    assert drafts.mails(body) == {}


def test_what_we_wrote_is_not_written_again_whatever_a_person_made_of_it() -> None:
    there = {**drafts.body("name", DRAFT), "summary": "Mine", "start": {"date": "2027-03-11"}}

    assert drafts.patch("name", DRAFT, there) == {}


def test_only_what_we_change_is_written_over_what_a_person_changed() -> None:
    there = {**drafts.body("name", DRAFT), "summary": "Mine", "colorId": "7"}

    change = drafts.patch("name", replace(DRAFT, place="Room 5"), there)

    assert change.keys() == {"location", "extendedProperties"}
    assert drafts.patch("name", replace(DRAFT, place="Room 5"), {**there, **change}) == {}


def test_guests_that_others_invited_stay_and_so_does_what_guests_answered() -> None:
    before = replace(DRAFT, guests=("grace@example.org", "joan@example.org"))
    there = drafts.body("name", before)
    accepted = {"email": "Grace@example.org", "responseStatus": "accepted"}
    there["attendees"] = [accepted, {"email": "joan@example.org"}, {"email": "boss@example.org"}]

    after = replace(DRAFT, guests=("grace@example.org", "mary@example.org"))
    change = drafts.patch("name", after, there)

    assert change["attendees"] == [
        accepted,
        {"email": "mary@example.org"},
        {"email": "boss@example.org"},
    ]
    assert drafts.mails({**there, **change}) == {"sendUpdates": "all"}


def test_properties_of_others_stay() -> None:
    there = drafts.body("name", DRAFT)
    there["extendedProperties"]["private"]["theirs"] = "kept"

    change = drafts.patch("name", replace(DRAFT, title="New"), there)

    assert change["extendedProperties"]["private"]["theirs"] == "kept"


def test_an_event_is_ours_by_its_name_or_its_mark_unless_it_was_removed() -> None:
    body = drafts.body("name", DRAFT)

    assert drafts.is_ours({"id": "name"}, "name")
    assert drafts.is_ours({**body, "id": "theirs"}, "name")
    assert not drafts.is_ours({**body, "status": "cancelled"}, "name")
    assert not drafts.is_ours({"id": "another", "extendedProperties": {"private": None}}, "name")


def test_guests_and_what_they_answered() -> None:
    said = ["needsAction", "accepted", "tentative", "declined", "of tomorrow"]
    guests = [{"email": f"{each}@example.org", "responseStatus": each} for each in said]
    others = [{"email": "us@example.org", "organizer": True}, {"email": "room@x", "resource": True}]

    replies = wire.replies({"attendees": [*guests, *others, {"displayName": "nobody"}]})

    answers = [
        Answer.WAITING,
        Answer.ACCEPTED,
        Answer.TENTATIVE,
        Answer.DECLINED,
        Answer.WAITING,
    ]
    assert replies == [
        Reply(f"{each}@example.org", answer) for each, answer in zip(said, answers, strict=True)
    ]


def test_a_cursor_asks_again_exactly_what_was_asked_but_for_the_time() -> None:
    first = wire.began(SPAN[0])

    again = wire.followed(wire.cursor_at("token", first))

    assert again == {**{k: v for k, v in first.items() if k != "timeMin"}, "syncToken": "token"}


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"token": 1, "asked": {}}', '{"token": "x", "asked": 1}']
)
def test_a_cursor_of_another_version_has_expired(text: str) -> None:
    with pytest.raises(CursorExpired):
        wire.followed(Cursor(text))


def test_a_channel_is_asked_for_in_milliseconds_and_ends_when_the_host_says() -> None:
    channel = Channel("name", "secret", "https://us.example.org/hook", until=2_000_000_000)
    asked = wire.channel_question(channel)
    assert asked["expiration"] == "2000000000000"
    assert "syncToken" not in json.dumps(asked)

    opened = wire.channel_answer(channel, {"resourceId": "r", "expiration": "1900000000999"})

    assert opened == replace(channel, resource="r", until=1_900_000_000)


@pytest.mark.parametrize("said", [None, {}, {"resourceId": "r", "expiration": "soon"}])
def test_a_channel_that_was_not_opened_is_an_error(said: Any) -> None:
    with pytest.raises(Wait):
        wire.channel_answer(Channel("name", "secret", "https://x", 1), said)
