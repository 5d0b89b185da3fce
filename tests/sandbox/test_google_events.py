"""Events, as Google's own client writes and reads them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from googleapiclient.errors import HttpError  # type: ignore[import-untyped]

from tests.sandbox.google_client import (
    ANNA,
    BEN,
    CLEO,
    Google,
    lecture,
    listed,
    refused,
)

WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=6"]


def insert(events: Any, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return dict(events.insert(calendarId="primary", body=body, **more).execute())


def get(events: Any, event_id: str, **more: Any) -> dict[str, Any]:
    return dict(events.get(calendarId="primary", eventId=event_id, **more).execute())


def test_what_is_inserted_can_be_read(anna: Any) -> None:
    made = insert(anna, lecture(location="Hall 1"))
    assert get(anna, made["id"]) == made
    assert made["start"] == {"dateTime": "2026-10-05T09:00:00+02:00", "timeZone": "Europe/Berlin"}
    assert made["organizer"]["email"] == ANNA


def test_times_are_told_in_the_zone_that_is_asked_for(anna: Any) -> None:
    made = insert(anna, lecture())
    there = get(anna, made["id"], timeZone="Asia/Tokyo")
    assert there["start"]["dateTime"] == "2026-10-05T16:00:00+09:00"


def test_an_id_of_ones_own_is_taken_for_good(anna: Any) -> None:
    insert(anna, lecture(id="meeting00001"))
    again = anna.insert(calendarId="primary", body=lecture(id="meeting00001"))
    assert refused(again) == (409, "duplicate")
    anna.delete(calendarId="primary", eventId="meeting00001").execute()
    assert refused(again) == (409, "duplicate")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (lecture(id="Upper"), "invalid"),
        (lecture(id="wxyz1"), "invalid"),
        (lecture(id="abc"), "invalid"),
        (lecture(end=None), "required"),
        (lecture(start={"dateTime": "2026-10-05T09:00:00"}), "required"),
        (lecture(end={"dateTime": "2026-10-05T08:00:00+02:00"}), "timeRangeEmpty"),
        (lecture(end={"date": "2026-10-06"}), "invalid"),
        (lecture(start={"dateTime": "monday", "timeZone": "UTC"}), "invalid"),
        (lecture(start={"dateTime": "2026-10-05T09:00:00", "timeZone": "Mars/Base"}), "invalid"),
        (lecture(recurrence=["DTSTART:20261005T090000Z"]), "invalid"),
        (lecture(recurrence=["RRULE:FREQ=WEEKLY;UNTIL=20261201"]), "invalid"),
        (lecture(recurrence=["RRULE:FREQ=WEEKLY;COUNT=2;UNTIL=20261201T000000Z"]), "invalid"),
        (lecture(attendees=[{"email": "nobody"}]), "invalid"),
        (lecture(attendees=[{"email": BEN, "responseStatus": "maybe"}]), "invalid"),
        (lecture(visibility="secret"), "invalid"),
        (lecture(sumary="typo"), "invalid"),
        (lecture(extendedProperties={"private": {"n": 1}}), "invalid"),
        (lecture(id="meeting00001", iCalUID="a@b"), "invalid"),
        (lecture(outOfOfficeProperties={}), "malformedEventTypeProperties"),
        (lecture(eventType="focusTime", attendees=[{"email": BEN}]), "invalid"),
    ],
)
def test_what_cannot_be_an_event_is_refused(anna: Any, body: dict[str, Any], reason: str) -> None:
    assert refused(anna.insert(calendarId="primary", body=body)) == (400, reason)


def test_time_away_belongs_on_the_main_calendar(google: Google, anna: Any) -> None:
    second = google.world.add_calendar(ANNA, "Second").id
    away = lecture(
        eventType="outOfOffice", outOfOfficeProperties={"autoDeclineMode": "declineNone"}
    )
    assert insert(anna, away)["eventType"] == "outOfOffice"
    assert refused(anna.insert(calendarId=second, body=away)) == (400, "invalid")


def test_a_patch_merges_fields_and_replaces_lists(anna: Any) -> None:
    body = lecture(
        description="old",
        attendees=[{"email": BEN}, {"email": CLEO}],
        extendedProperties={"private": {"a": "1"}},
    )
    made = insert(anna, body)
    change = {
        "summary": "Seminar",
        "description": None,
        "attendees": [{"email": CLEO}],
        "extendedProperties": {"private": {"b": "2"}},
    }
    after = anna.patch(calendarId="primary", eventId=made["id"], body=change).execute()
    assert after["summary"] == "Seminar"
    assert "description" not in after
    assert [each["email"] for each in after["attendees"]] == [CLEO]
    assert after["extendedProperties"] == {"private": {"a": "1", "b": "2"}}
    assert after["start"] == made["start"]
    assert after["etag"] != made["etag"]


def test_an_update_clears_what_it_leaves_out(anna: Any) -> None:
    made = insert(anna, lecture(description="old", location="Hall 1"))
    after = anna.update(calendarId="primary", eventId=made["id"], body=lecture(6)).execute()
    assert "description" not in after
    assert (after["iCalUID"], after["created"]) == (made["iCalUID"], made["created"])
    assert after["sequence"] == made["sequence"] + 1


def test_what_is_deleted_is_still_told_as_cancelled(anna: Any) -> None:
    made = insert(anna, lecture())
    delete = anna.delete(calendarId="primary", eventId=made["id"])
    assert delete.execute() == ""
    assert refused(delete) == (410, "deleted")
    assert get(anna, made["id"])["status"] == "cancelled"
    unknown = anna.delete(calendarId="primary", eventId="nothing")
    assert refused(unknown) == (404, "notFound")


def test_a_deleted_event_is_revived_by_an_update(anna: Any) -> None:
    made = insert(anna, lecture())
    anna.delete(calendarId="primary", eventId=made["id"]).execute()
    body = lecture(status="confirmed")
    anna.update(calendarId="primary", eventId=made["id"], body=body).execute()
    assert get(anna, made["id"])["status"] == "confirmed"


def test_an_old_etag_changes_nothing(anna: Any) -> None:
    made = insert(anna, lecture())
    change = anna.patch(calendarId="primary", eventId=made["id"], body={"summary": "New"})
    change.headers["If-Match"] = made["etag"]
    change.execute()
    late = anna.patch(calendarId="primary", eventId=made["id"], body={"summary": "Newer"})
    late.headers["If-Match"] = made["etag"]
    assert refused(late) == (412, "conditionNotMet")
    assert get(anna, made["id"])["summary"] == "New"


def test_a_known_etag_is_not_told_again(google: Google, anna: Any) -> None:
    made = insert(anna, lecture())
    again = anna.get(calendarId="primary", eventId=made["id"])
    again.headers["If-None-Match"] = made["etag"]
    response, content = again.http.request(again.uri, headers=again.headers)
    assert (response.status, content) == (304, b"")


def test_an_instance_can_be_changed_cancelled_and_found(anna: Any) -> None:
    made = insert(anna, lecture(recurrence=WEEKLY))
    all_of_it = listed(anna.instances, calendarId="primary", eventId=made["id"])[0]
    assert len(all_of_it) == 6
    second, third = all_of_it[1]["id"], all_of_it[2]["id"]
    # The clocks go back on 25 October; the lecture stays at nine.
    assert all_of_it[2]["start"]["dateTime"] == "2026-10-19T09:00:00+02:00"
    assert all_of_it[3]["start"]["dateTime"] == "2026-10-26T09:00:00+01:00"
    anna.patch(calendarId="primary", eventId=second, body={"summary": "Moved"}).execute()
    anna.delete(calendarId="primary", eventId=third).execute()
    left = listed(anna.instances, calendarId="primary", eventId=made["id"])[0]
    assert [each["summary"] for each in left] == ["Lecture", "Moved", *["Lecture"] * 3]
    with_deleted = listed(
        anna.instances, calendarId="primary", eventId=made["id"], showDeleted=True
    )[0]
    assert [each["id"] for each in with_deleted if each["status"] == "cancelled"] == [third]
    at = all_of_it[1]["originalStartTime"]["dateTime"]
    one = listed(anna.instances, calendarId="primary", eventId=made["id"], originalStart=at)[0]
    assert [each["id"] for each in one] == [second]


def test_an_instance_that_is_not_of_the_series_is_unknown(anna: Any) -> None:
    made = insert(anna, lecture(recurrence=WEEKLY))
    for suffix in ("20261006T070000Z", "20261005", "nonsense"):
        unknown = anna.get(calendarId="primary", eventId=f"{made['id']}_{suffix}")
        assert refused(unknown) == (404, "notFound")


def test_a_guest_here_has_a_copy_and_answers_on_it(google: Google, anna: Any) -> None:
    ben, cleo = google.of(BEN).events(), google.of(CLEO).events()
    guests = [{"email": BEN}, {"email": CLEO}, {"email": "out@side.example"}]
    made = insert(anna, lecture(attendees=guests), sendUpdates="all")
    copy = get(ben, made["id"])
    assert copy["iCalUID"] == made["iCalUID"]
    assert [each.get("self") for each in copy["attendees"]] == [True, None, None]
    yes = [{"email": BEN, "responseStatus": "accepted"}]
    body = {"attendees": yes, "attendeesOmitted": True}
    ben.patch(calendarId="primary", eventId=made["id"], body=body).execute()
    for reader in (anna, ben, cleo):
        told = get(reader, made["id"])["attendees"]
        assert {each["email"]: each["responseStatus"] for each in told} == {
            BEN: "accepted",
            CLEO: "needsAction",
            "out@side.example": "needsAction",
        }


def test_only_the_organizer_changes_what_all_see(google: Google, anna: Any) -> None:
    ben = google.of(BEN).events()
    made = insert(anna, lecture(attendees=[{"email": BEN}]))
    change = ben.patch(calendarId="primary", eventId=made["id"], body={"summary": "Mine"})
    assert refused(change) == (403, "forbiddenForNonOrganizer")
    own = {"transparency": "transparent", "extendedProperties": {"private": {"k": "v"}}}
    ben.patch(calendarId="primary", eventId=made["id"], body=own).execute()
    anna.patch(calendarId="primary", eventId=made["id"], body={"summary": "Seminar"}).execute()
    copy = get(ben, made["id"])
    assert (copy["summary"], copy["transparency"]) == ("Seminar", "transparent")
    assert copy["extendedProperties"] == {"private": {"k": "v"}}
    assert "transparency" not in get(anna, made["id"])


def test_a_cancelled_meeting_leaves_every_calendar(google: Google, anna: Any) -> None:
    ben = google.of(BEN).events()
    made = insert(anna, lecture(attendees=[{"email": BEN}], recurrence=WEEKLY))
    first = listed(ben.instances, calendarId="primary", eventId=made["id"])[0][0]
    anna.delete(calendarId="primary", eventId=first["id"]).execute()
    assert len(listed(ben.list, calendarId="primary", singleEvents=True)[0]) == 5
    anna.delete(calendarId="primary", eventId=made["id"]).execute()
    assert listed(ben.list, calendarId="primary", singleEvents=True)[0] == []


def test_who_deletes_an_invitation_declines_it(google: Google, anna: Any) -> None:
    made = insert(anna, lecture(attendees=[{"email": BEN}]))
    google.of(BEN).events().delete(calendarId="primary", eventId=made["id"]).execute()
    assert get(anna, made["id"])["attendees"][0]["responseStatus"] == "declined"


def test_a_guest_answers_for_one_day_of_a_series(google: Google, anna: Any) -> None:
    ben = google.of(BEN).events()
    made = insert(anna, lecture(attendees=[{"email": BEN}], recurrence=WEEKLY))
    days = listed(ben.instances, calendarId="primary", eventId=made["id"])[0]
    no = {"attendees": [{"email": BEN, "responseStatus": "declined"}]}
    ben.patch(calendarId="primary", eventId=days[1]["id"], body=no).execute()
    ben.delete(calendarId="primary", eventId=days[2]["id"]).execute()
    told = listed(anna.instances, calendarId="primary", eventId=made["id"])[0]
    answers = [each["attendees"][0]["responseStatus"] for each in told]
    assert answers == ["needsAction", "declined", "declined", *["needsAction"] * 3]
    assert "declined" not in str(get(anna, made["id"]))


def test_of_many_who_take_the_same_id_one_has_it(google: Google, anna: Any) -> None:
    services = [google.of(ANNA).events() for _ in range(8)]

    def once(events: Any) -> bool:
        try:
            insert(events, lecture(id="meeting00001"))
        except HttpError as error:
            return bool(error.status_code != 409)
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(once, services)) == 1
    assert len(listed(anna.list, calendarId="primary")[0]) == 1


def test_it_is_noted_who_would_be_mailed(google: Google, anna: Any) -> None:
    guests = [{"email": ANNA}, {"email": BEN}, {"email": "out@side.example"}]
    for wish in ("all", "externalOnly", "none"):
        insert(anna, lecture(attendees=guests), sendUpdates=wish)
    mails = [each for each in google.world.history.entries() if each["kind"] == "mail"]
    assert [each["to"] for each in mails] == [
        [BEN, "out@side.example"],
        ["out@side.example"],
        [],
    ]
    assert {each["about"] for each in mails} == {"invitation"}


def test_a_meeting_by_video_is_made_on_request(anna: Any) -> None:
    wish = {"createRequest": {"requestId": "r1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}
    made = insert(anna, lecture(conferenceData=wish), conferenceDataVersion=1)
    assert made["conferenceData"]["createRequest"]["status"]["statusCode"] == "success"
    assert made["hangoutLink"].startswith("https://meet.google.com/")
    after = anna.patch(calendarId="primary", eventId=made["id"], body={"summary": "x"}).execute()
    assert after["conferenceData"] == made["conferenceData"]
    wish["createRequest"]["requestId"] = "r2"
    change = {"calendarId": "primary", "eventId": made["id"], "body": {"conferenceData": wish}}
    silent = anna.patch(**change).execute()
    assert silent["conferenceData"] == made["conferenceData"]
    again = anna.patch(**change, conferenceDataVersion=1).execute()
    assert again["conferenceData"]["conferenceId"] != made["conferenceData"]["conferenceId"]


def test_only_what_is_selected_is_told(anna: Any) -> None:
    made = insert(anna, lecture(attendees=[{"email": BEN}]))
    chosen = anna.list(
        calendarId="primary", fields="items(id,start/dateTime,attendees(email)),nextPageToken"
    ).execute()
    assert chosen == {
        "items": [
            {
                "id": made["id"],
                "start": {"dateTime": made["start"]["dateTime"]},
                "attendees": [{"email": BEN}],
            }
        ]
    }
    bad = anna.list(calendarId="primary", fields="items(id")
    assert refused(bad) == (400, "invalidParameter")
