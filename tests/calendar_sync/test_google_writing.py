"""Our events at Google: each there once, and a person's hand respected, whatever goes wrong."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from calendar_sync.errors import ChangedMeanwhile, NotThere, Wait
from calendar_sync.google.calendar import GoogleCalendar
from calendar_sync.google.drafts import body, event_id
from calendar_sync.provider import CalendarId, Draft
from tests.calendar_sync.builders import utc
from tests.calendar_sync.minimal_google import Asked, Host, Said, a_minimal_google, refusal
from tests.calendar_sync.stages import google_at

ADA = CalendarId("ada@example.org")
DRAFT = Draft("series/1", "Group", (utc("2027-03-10 09:00"), utc("2027-03-10 10:00")), "UTC")
NAME = event_id(ADA, DRAFT.key)


@pytest.fixture
def host() -> Iterator[Host]:
    with a_minimal_google() as found:
        found.add(ADA, "Ada")
        yield found


def at(host: Host, *said: Said | Callable[[Asked], Said]) -> GoogleCalendar:
    """An account at a host that answers so, before it goes on as usual."""
    host.script += said
    return google_at(host)


def there(**changes: Any) -> dict[str, Any]:
    return {**body(NAME, DRAFT), "status": "confirmed", "etag": '"1"', **changes}


def methods(host: Host) -> list[str]:
    return [each.method for each in host.asked]


def test_what_was_done_and_never_answered_is_found_and_not_doubled(host: Host) -> None:
    google = google_at(host)
    for said in (Said(None, cut=0), Said({"id": "x"}, cut=3), Said(b"<html>"), Said(b"", 503)):
        host.after += [Said({"items": list(host.calendars[ADA].values())}), said]
        draft = replace(DRAFT, key=f"series/{len(host.asked)}")
        before = len(host.calendars[ADA])

        with pytest.raises(Wait):
            google.put(ADA, draft)
        google.put(ADA, draft)

        assert len(host.calendars[ADA]) == before + 1


def test_a_change_that_broke_off_between_is_written_when_it_is_repeated(host: Host) -> None:
    google = google_at(host)
    google.put(ADA, DRAFT)
    later = replace(DRAFT, title="Later")
    unknown = Said(b"Not Found", 404)  # patches, here
    events = lambda _: Said({"items": list(host.calendars[ADA].values())})  # noqa: E731

    def dropped(asked: Asked) -> Said:
        host.calendars[ADA].clear()
        return Said(None, cut=0)

    host.script += [events, unknown, dropped]
    with pytest.raises(Wait):
        google.put(ADA, later, written=True)
    google.put(ADA, later)

    assert [each["summary"] for each in host.calendars[ADA].values()] == ["Later"]


@pytest.mark.parametrize(
    "unknown", [refusal(404, "notFound"), Said(b"", 404), Said(b"", 405), Said(b"", 501)]
)
def test_a_host_that_cannot_change_an_event_gets_another_in_its_place(
    host: Host, unknown: Said
) -> None:
    google = google_at(host)
    google.put(ADA, DRAFT)
    host.script += [Said({"items": list(host.calendars[ADA].values())}), unknown]

    google.put(ADA, replace(DRAFT, title="Later"), written=True)

    assert [each["summary"] for each in host.calendars[ADA].values()] == ["Later"]
    assert methods(host)[-2:] == ["DELETE", "POST"]


def test_what_a_host_doubled_by_itself_becomes_one(host: Host) -> None:
    google = google_at(host)
    google.put(ADA, DRAFT)
    host.insert(ADA, next(iter(host.calendars[ADA].values())))

    google.put(ADA, DRAFT)

    assert len(host.calendars[ADA]) == 1


def test_a_copy_that_a_person_made_is_theirs(host: Host) -> None:
    copy = there(id="theirs")
    google = at(host, Said({"items": [copy, there()]}), Said({"id": NAME}))

    google.put(ADA, replace(DRAFT, place="Room 5"))
    host.script += [Said({"items": [copy, there()]}), Said(None, 204)]
    google.cancel(ADA, DRAFT.key)

    changed = [each.path.rsplit("/", 1)[1] for each in host.asked if each.method != "GET"]
    assert changed == [NAME, NAME]


def test_a_name_that_is_taken_by_the_same_event_is_success(host: Host) -> None:
    google = at(host, Said({"items": []}), refusal(409, "duplicate"), Said(there()))

    google.put(ADA, DRAFT)

    assert methods(host) == ["GET", "POST", "GET"]
    assert host.asked[1].json["id"] == NAME
    assert host.asked[0].query["privateExtendedProperty"] == f"commonHour={NAME}"


def test_a_name_that_is_taken_by_a_removed_event_is_revived(host: Host) -> None:
    gone = there(status="cancelled")
    google = at(host, Said({}), refusal(409, "duplicate"), Said(gone), Said(there()))

    google.put(ADA, DRAFT)

    assert host.asked[3].method == "PUT"
    assert host.asked[3].json["status"] == "confirmed"
    assert host.asked[3].headers["if-match"] == '"1"'


def test_a_change_that_met_another_is_read_again_and_merged(host: Host) -> None:
    first, second = Said({"items": [there()]}), Said({"items": [there(etag='"2"', summary="Mine")]})
    google = at(host, first, refusal(412, "conditionNotMet"), second, Said({"id": NAME}))

    google.put(ADA, replace(DRAFT, place="Room 5"), written=True)

    patches = [each for each in host.asked if each.method == "PATCH"]
    assert [each.headers["if-match"] for each in patches] == ['"1"', '"2"']
    assert "summary" not in patches[-1].json
    assert patches[-1].json["location"] == "Room 5"
    assert "sendUpdates" not in patches[-1].query


def test_a_change_that_always_meets_another_is_given_up(host: Host) -> None:
    google = at(host, *[Said({"items": [there()]}), refusal(412, "conditionNotMet")] * 4)

    with pytest.raises(ChangedMeanwhile):
        google.put(ADA, replace(DRAFT, place="Room 5"))

    assert len(host.asked) == 8


@pytest.mark.parametrize("said", [refusal(404, "notFound"), refusal(410, "deleted")])
def test_an_event_that_is_removed_between_reading_and_writing_stays_removed(
    host: Host, said: Said
) -> None:
    google = at(host, Said({"items": [there()]}), said, Said({"items": []}))

    with pytest.raises(NotThere, match="removed by somebody"):
        google.put(ADA, replace(DRAFT, place="Room 5"))

    assert methods(host) == ["GET", "PATCH", "GET"]


def test_guests_are_told_of_an_event_and_of_its_end(host: Host) -> None:
    google = google_at(host)

    google.put(ADA, replace(DRAFT, guests=("grace@example.org",)))
    google.cancel(ADA, DRAFT.key)

    told = {each.method: each.query.get("sendUpdates") for each in host.asked}
    assert told == {"GET": None, "POST": "all", "DELETE": "all"}


@pytest.mark.parametrize("said", [refusal(404, "notFound"), refusal(410, "deleted")])
def test_an_event_that_is_gone_is_cancelled(host: Host, said: Said) -> None:
    at(host, Said({"items": [there()]}), said).cancel(ADA, DRAFT.key)

    assert host.asked[1].method == "DELETE"


def test_a_cancellation_that_failed_is_told(host: Host) -> None:
    with pytest.raises(Wait):
        at(host, Said({"items": [there()]}), Said(b"", 503)).cancel(ADA, DRAFT.key)
