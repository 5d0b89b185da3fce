"""freeBusy, against a calculation of its own."""

import itertools
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.sandbox.google_client import ANNA, BEN, Google, lecture, refused

START = datetime(2026, 10, 5, tzinfo=UTC)


def asked(*calendars: str, **more: Any) -> dict[str, Any]:
    span = {"timeMin": "2026-10-05T00:00:00Z", "timeMax": "2026-10-12T00:00:00Z"}
    return {**span, "items": [{"id": each} for each in calendars], **more}


def query(client: Any, body: dict[str, Any]) -> dict[str, Any]:
    return dict(client.freebusy().query(body=body).execute()["calendars"])


def times(busy: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(each["start"], each["end"]) for each in busy]


def test_a_week_of_random_events_is_taken_minute_by_minute(google: Google) -> None:
    chance = Random(20261005)
    taken: set[int] = set()
    for _ in range(150):
        begin = chance.randrange(-600, 7 * 1440 + 300, 5)
        length = chance.choice([0, 5, 30, 60, 95, 1500])
        event = a_span(begin, length)
        counts = True
        match chance.randrange(6):
            case 0:
                event, counts = event | {"transparency": "transparent"}, False
            case 1:
                event, counts = event | {"status": "cancelled"}, False
            case 2:
                event, counts = event | declined(), False
            case 3:
                event, counts = event | {"eventType": "workingLocation"}, False
            case _:
                event = event | {"status": "tentative"}
        google.world.put(ANNA, event, by="test")
        if counts:
            taken |= set(range(max(0, begin), min(7 * 1440, begin + length)))
    busy = query(google.of(ANNA, "calendar.freebusy"), asked("primary"))["primary"]["busy"]
    told: list[int] = []
    for each in busy:
        begins, ends = (datetime.fromisoformat(each[name]) for name in ("start", "end"))
        told += range(minute(begins), minute(ends))
    assert told == sorted(taken)
    # Joined where they meet.
    assert all(one["end"] < other["start"] for one, other in itertools.pairwise(busy))


def a_span(begin: int, length: int) -> dict[str, Any]:
    at = START + timedelta(minutes=begin)
    until = at + timedelta(minutes=length)
    return {"start": {"dateTime": at.isoformat()}, "end": {"dateTime": until.isoformat()}}


def declined() -> dict[str, Any]:
    return {
        "organizer": {"email": "out@side.example"},
        "attendees": [{"email": ANNA, "responseStatus": "declined"}],
    }


def minute(at: datetime) -> int:
    return int((at - START).total_seconds() // 60)


def test_an_all_day_event_takes_the_calendars_own_day(google: Google) -> None:
    day = {"start": {"date": "2026-10-25"}, "end": {"date": "2026-10-26"}}
    google.world.put(ANNA, day, by="test")
    span = {"timeMin": "2026-10-20T00:00:00Z", "timeMax": "2026-10-30T00:00:00Z"}
    busy = query(google.of(ANNA), asked(ANNA, **span))[ANNA]["busy"]
    # The day on which clocks go back has 25 hours.
    assert times(busy) == [("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")]


def test_what_follows_without_a_pause_is_one_span(google: Google) -> None:
    for hour in (9, 10, 12):
        google.world.put(ANNA, lecture(hour=hour), by="test")
    busy = query(google.of(ANNA), asked(ANNA))[ANNA]["busy"]
    assert times(busy) == [
        ("2026-10-05T07:00:00Z", "2026-10-05T09:00:00Z"),
        ("2026-10-05T10:00:00Z", "2026-10-05T11:00:00Z"),
    ]


def test_answers_come_in_the_zone_that_is_asked_for(google: Google) -> None:
    google.world.put(ANNA, lecture(), by="test")
    busy = query(google.of(ANNA), asked(ANNA, timeZone="Europe/Berlin"))[ANNA]["busy"]
    assert times(busy) == [("2026-10-05T09:00:00+02:00", "2026-10-05T10:00:00+02:00")]


def test_each_calendar_fails_alone(google: Google) -> None:
    google.world.put(ANNA, lecture(), by="test")
    found = query(google.of(ANNA), asked(ANNA, BEN, "nobody@else.example"))
    assert len(found[ANNA]["busy"]) == 1
    for each in (BEN, "nobody@else.example"):
        assert [error["reason"] for error in found[each]["errors"]] == ["notFound"]


def test_at_most_fifty_calendars_are_answered(google: Google) -> None:
    own = [google.world.add_calendar(ANNA, str(n)).id for n in range(52)]
    found = query(google.of(ANNA), asked(*own))
    reasons = [error["reason"] for each in found.values() for error in each.get("errors", [])]
    assert reasons == ["tooManyCalendarsRequested"] * 2
    few = query(google.of(ANNA), asked(*own[:3], calendarExpansionMax=2))
    assert [("errors" in few[each]) for each in own[:3]] == [False, False, True]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"timeMax": "2026-10-05T00:00:00Z"}, "timeRangeEmpty"),
        ({"timeMax": "2027-01-06T00:00:00Z"}, "timeRangeTooLong"),
        ({"timeMax": "soon"}, "invalid"),
        ({"timeZone": "Mars/Base"}, "invalid"),
        ({"calendarExpansionMax": 51}, "invalid"),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused(
    google: Google, more: dict[str, Any], reason: str
) -> None:
    request = google.of(ANNA).freebusy().query(body=asked(ANNA, **more))
    assert refused(request) == (400, reason)
    missing = google.of(ANNA).freebusy().query(body={"timeMin": "2026-10-05T00:00:00Z"})
    assert refused(missing) == (400, "required")
