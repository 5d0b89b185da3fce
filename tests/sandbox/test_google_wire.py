"""The judge itself: it must see what is wrong."""

from typing import Any

import pytest

from tests.sandbox.discovery import check, document, method_of
from tests.sandbox.google_client import ANNA, a_google, lecture

EVENT = {"$ref": "Event"}
GOOD: dict[str, Any] = {
    "kind": "calendar#event",
    "id": "abc12",
    "status": "confirmed",
    "start": {"dateTime": "2026-10-05T09:00:00+02:00", "timeZone": "Europe/Berlin"},
    "sequence": 0,
}


def test_a_good_event_passes() -> None:
    check(GOOD, EVENT, "response")


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": 1},
        {"sequence": "0"},
        {"sequence": True},
        {"kind": "calendar#events"},
        {"status": "gone"},
        {"title": "unknown"},
        {"start": {"dateTime": "2026-10-05T09:00:00"}},
        {"start": {"date": "today"}},
        {"attendees": {}},
        {"attendees": [{"email": 1}]},
        {"extendedProperties": {"private": {"n": 1}}},
    ],
)
def test_one_wrong_field_does_not_pass(wrong: dict[str, Any]) -> None:
    with pytest.raises((AssertionError, ValueError)):
        check({**GOOD, **wrong}, EVENT, "response")


def test_a_planted_error_is_seen_in_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_google() as google:
        events = google.of(ANNA).events()
        monkeypatch.setattr(
            "services.sandbox.google.events.shown", lambda event, _: {**event, "sequence": "0"}
        )
        with pytest.raises(AssertionError, match="is no integer"):
            events.insert(calendarId="primary", body=lecture()).execute()


def test_every_request_is_looked_up_in_the_document() -> None:
    assert method_of("POST", "calendars/a/events")["id"] == "calendar.events.insert"
    assert method_of("GET", "users/me/calendarList")["id"] == "calendar.calendarList.list"
    assert document()["version"] == "v3"
