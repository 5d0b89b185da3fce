"""Calendars: three ways in, and never a word of theirs out."""

from typing import Any

import pytest

from calendar_sync.errors import Unreadable
from calendar_sync.ics.seen import Seen
from calendar_sync.ics.source import Reading, Source
from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.events import Events
from services.flow import calendars, readings
from services.flow.calendars import Taken
from tests.api.group import ICS, RANGES, AGroup
from tests.api.house import House

SECRET = "https://calendar.example.org/private/secret-token/basic.ics"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let addresses be read without a network, then and again; remember which."""
    asked: list[str] = []

    def read(address: str, _zone: str, now: Any, _network: Any) -> Taken:
        asked.append(address)
        if "gone" in address:
            raise Unreadable("The calendar is not there (404)", remedy="check the address")
        return Taken(Events.of([]), now - calendars.PAST, now + calendars.AHEAD)

    def read_again(place: Source, _seen: object, **_more: object) -> Reading:
        asked.append(place.place)
        _, last = place.span
        return Reading([BusyInterval(last - 1, last, Kind.BUSY)], Seen("0" * 64, None, None))

    monkeypatch.setattr(calendars, "read_address", read)
    monkeypatch.setattr(readings, "read_again", read_again)
    return asked


def test_a_file_is_read_and_only_its_times_are_kept(house: House, group: AGroup) -> None:
    path = group.of("members", "max", "calendars")

    made = group.cora.made(path, {"kind": "work", "ics": ICS})

    assert (made["kind"], made["source"], made["trouble"]) == ("work", "upload", None)
    assert made["known_until"] is not None
    assert "nobody may know" not in str(house.everything())


def test_an_address_is_never_shown(house: House, group: AGroup, reads: list[str]) -> None:
    made = group.mia.made("/me/calendars", {"kind": "work", "address": SECRET})

    assert reads == [SECRET]
    assert made["source"] == "address"
    shown = group.mia.get("/me/calendars").text + group.mia.get("/me/stored").text
    assert "secret-token" not in shown + str(house.everything())


def test_what_cannot_be_read_is_not_kept(group: AGroup, reads: list[str]) -> None:
    said = {"kind": "work", "address": "https://example.org/gone.ics"}

    response = group.mia.post("/me/calendars", said)

    assert (response.status_code, response.json["remedy"]) == (422, "check the address")
    assert group.mia.got("/me/calendars")["items"] == []
    assert group.mia.post("/me/calendars", {"kind": "work", "ics": "nonsense"}).status_code == 422


def test_exactly_one_way_in_is_taken(group: AGroup) -> None:
    for said in ({}, {"ics": ICS, "weekly": RANGES}, {"weekly": None}):
        response = group.mia.post("/me/calendars", {"kind": "work", **said})
        assert (response.status_code, response.json["remedy"]) == (
            422,
            "give one of ics, address, weekly",
        )


def test_a_coordinator_enters_nothing_for_who_has_joined(group: AGroup) -> None:
    weekly = {"kind": "work", "weekly": RANGES}

    response = group.cora.post(group.of("members", "mia", "calendars"), weekly)

    assert response.status_code == 403
    assert "Mia has joined" in response.json["what"]


def test_ones_own_calendar_is_nobody_elses_to_see_or_drop(group: AGroup) -> None:
    own = group.mia.made("/me/calendars", {"kind": "work", "weekly": RANGES})["id"]

    assert group.cora.got(group.of("members", "mia", "calendars"))["items"] == []
    assert group.cora.delete(group.of("members", "mia", "calendars", own)).status_code == 404
    assert group.cora.delete(f"/me/calendars/{own}").status_code == 404
    assert group.mia.delete(f"/me/calendars/{own}").status_code == 204


def test_a_calendar_that_goes_takes_the_plans_with_it(group: AGroup) -> None:
    assert group.cora.delete(group.of("members", "max", "calendars", "calendar")).status_code == 204

    assert group.cora.got(group.of("plans"))["items"] == []
