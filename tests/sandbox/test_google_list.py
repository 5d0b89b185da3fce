"""Lists of events: filters, pages, and what has changed since."""

from typing import Any

import pytest

from tests.sandbox.google_client import (
    ANNA,
    BEN,
    Google,
    lecture,
    listed,
    refused,
)

WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=4"]


def insert(events: Any, body: dict[str, Any]) -> dict[str, Any]:
    return dict(events.insert(calendarId="primary", body=body).execute())


def titles(events: Any, **asked: Any) -> list[str]:
    items = listed(events.list, calendarId="primary", **asked)[0]
    return sorted(each["summary"] for each in items)


def changes(events: Any, token: str | None, **asked: Any) -> tuple[dict[str, str], str | None]:
    """What has changed: status by id, and the next token."""
    items, after = listed(events.list, calendarId="primary", syncToken=token, **asked)
    return {each["id"]: each["status"] for each in items}, after


def test_a_span_bounds_ends_and_starts(anna: Any) -> None:
    for hour in (8, 9, 10):
        insert(anna, lecture(hour=hour, summary=str(hour)))
    span = {"timeMin": "2026-10-05T09:00:00+02:00", "timeMax": "2026-10-05T10:00:00+02:00"}
    assert titles(anna, **span) == ["9"]
    empty = anna.list(calendarId="primary", timeMin=span["timeMax"], timeMax=span["timeMin"])
    assert refused(empty) == (400, "timeRangeEmpty")
    naive = anna.list(calendarId="primary", timeMin="2026-10-05T09:00:00")
    assert refused(naive) == (400, "invalid")


def test_a_series_is_told_whole_or_by_instances(anna: Any) -> None:
    insert(anna, lecture(recurrence=WEEKLY))
    assert len(titles(anna)) == 1
    assert len(titles(anna, singleEvents=True)) == 4
    late = {"timeMin": "2026-10-20T00:00:00Z"}
    assert len(titles(anna, singleEvents=True, **late)) == 1
    assert titles(anna, timeMin="2026-11-20T00:00:00Z") == []


def test_order_by_start_needs_instances(anna: Any) -> None:
    insert(anna, lecture(recurrence=WEEKLY))
    insert(anna, lecture(13))
    there = listed(anna.list, calendarId="primary", singleEvents=True, orderBy="startTime")[0]
    starts = [each["start"]["dateTime"] for each in there]
    assert starts == sorted(starts)
    assert refused(anna.list(calendarId="primary", orderBy="startTime")) == (400, "badRequest")


def test_filters_find_what_they_say(anna: Any) -> None:
    insert(anna, lecture(summary="a", description="Anatomy of the hand"))
    made = insert(anna, lecture(summary="b", extendedProperties={"private": {"k": "1"}}))
    insert(anna, lecture(summary="c", extendedProperties={"shared": {"k": "1"}}))
    insert(anna, lecture(summary="d", eventType="focusTime"))
    insert(anna, lecture(summary="e", attendees=[{"email": BEN, "displayName": "Benedict"}]))
    assert titles(anna, q="HAND anatomy") == ["a"]
    assert titles(anna, q="benedict") == ["e"]
    assert titles(anna, iCalUID=made["iCalUID"]) == ["b"]
    assert titles(anna, privateExtendedProperty="k=1") == ["b"]
    assert titles(anna, privateExtendedProperty=["k=1", "l=2"]) == []
    assert titles(anna, sharedExtendedProperty="k=1") == ["c"]
    assert titles(anna, eventTypes=["focusTime"]) == ["d"]


def test_deleted_events_are_told_on_request(anna: Any) -> None:
    made = insert(anna, lecture())
    anna.delete(calendarId="primary", eventId=made["id"]).execute()
    assert listed(anna.list, calendarId="primary")[0] == []
    there = listed(anna.list, calendarId="primary", showDeleted=True)[0]
    assert there == [{**there[0], "id": made["id"], "status": "cancelled"}]
    assert set(there[0]) == {"kind", "etag", "id", "status"}


def test_whoever_expands_by_themselves_hears_of_cancelled_instances(anna: Any) -> None:
    made = insert(anna, lecture(recurrence=WEEKLY))
    first = listed(anna.instances, calendarId="primary", eventId=made["id"])[0][0]
    anna.delete(calendarId="primary", eventId=first["id"]).execute()
    there = listed(anna.list, calendarId="primary")[0]
    (gone,) = [each for each in there if each["status"] == "cancelled"]
    assert gone["recurringEventId"] == made["id"]
    assert gone["originalStartTime"] == first["originalStartTime"]


def test_a_series_that_moves_takes_its_changed_instances_along(anna: Any) -> None:
    made = insert(anna, lecture(recurrence=WEEKLY))
    first, second, *_ = listed(anna.instances, calendarId="primary", eventId=made["id"])[0]
    for each in (first, second):
        body = {"summary": "Changed"}
        anna.patch(calendarId="primary", eventId=each["id"], body=body).execute()
    shorter = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=1"]}
    anna.patch(calendarId="primary", eventId=made["id"], body=shorter).execute()
    assert titles(anna, singleEvents=True) == ["Changed"]
    later = {name: lecture(hour=15)[name] for name in ("start", "end")}
    anna.patch(calendarId="primary", eventId=made["id"], body=later).execute()
    assert titles(anna, singleEvents=True) == ["Lecture"]


def test_pages_lose_nothing_while_things_change(anna: Any) -> None:
    ids = [insert(anna, lecture(summary=str(n)))["id"] for n in range(23)]
    seen: list[str] = []
    sizes: list[int] = []
    asked: dict[str, Any] = {"calendarId": "primary", "maxResults": 4}
    page = anna.list(**asked).execute()
    while "nextPageToken" in page:
        seen += [each["id"] for each in page["items"]]
        sizes.append(len(page["items"]))
        if len(seen) == 4:
            anna.delete(calendarId="primary", eventId=seen[0]).execute()
        page = anna.list(**asked, pageToken=page["nextPageToken"]).execute()
    seen += [each["id"] for each in page["items"]]
    assert sorted(seen) == sorted(ids)
    # Short and empty pages come before more.
    assert 0 in sizes
    assert any(0 < size < 4 for size in sizes)
    assert changes(anna, page["nextSyncToken"])[0] == {seen[0]: "cancelled"}


def test_a_page_token_goes_with_its_question(anna: Any) -> None:
    for _ in range(3):
        insert(anna, lecture())
    token = anna.list(calendarId="primary", maxResults=1).execute()["nextPageToken"]
    other = anna.list(calendarId="primary", maxResults=1, pageToken=token, showDeleted=True)
    assert refused(other) == (400, "invalid")


def test_a_sync_token_tells_what_has_changed_since(anna: Any) -> None:
    kept, changed, gone = (insert(anna, lecture(summary=str(n)))["id"] for n in range(3))
    token = listed(anna.list, calendarId="primary")[1]
    assert changes(anna, token)[0] == {}
    anna.patch(calendarId="primary", eventId=changed, body={"summary": "x"}).execute()
    anna.delete(calendarId="primary", eventId=gone).execute()
    new = insert(anna, lecture())["id"]
    told, after = changes(anna, token)
    assert told == {changed: "confirmed", gone: "cancelled", new: "confirmed"}
    assert kept not in told
    assert changes(anna, after)[0] == {}


def test_an_answer_of_a_guest_is_a_change_for_the_organizer(google: Google, anna: Any) -> None:
    made = insert(anna, lecture(attendees=[{"email": BEN}]))
    token = listed(anna.list, calendarId="primary")[1]
    body = {"attendees": [{"email": BEN, "responseStatus": "declined"}]}
    ben = google.of(BEN).events()
    ben.patch(calendarId="primary", eventId=made["id"], body=body).execute()
    assert changes(anna, token)[0] == {made["id"]: "confirmed"}


def test_instances_that_a_series_loses_are_told_as_cancelled(anna: Any) -> None:
    made = insert(anna, lecture(recurrence=WEEKLY))
    before, token = listed(anna.list, calendarId="primary", singleEvents=True)
    shorter = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]}
    anna.patch(calendarId="primary", eventId=made["id"], body=shorter).execute()
    told, token = changes(anna, token, singleEvents=True)
    status = ["confirmed", "confirmed", "cancelled", "cancelled"]
    assert told == dict(zip(sorted(each["id"] for each in before), status, strict=True))
    anna.delete(calendarId="primary", eventId=made["id"]).execute()
    told, _ = changes(anna, token, singleEvents=True)
    assert set(told.values()) == {"cancelled"}
    assert len(told) == 2


@pytest.mark.parametrize(
    "more",
    [
        {"iCalUID": "a@b"},
        {"orderBy": "updated"},
        {"privateExtendedProperty": "a=b"},
        {"q": "a"},
        {"sharedExtendedProperty": "a=b"},
        {"timeMin": "2026-10-05T09:00:00Z"},
        {"timeMax": "2026-10-05T09:00:00Z"},
        {"updatedMin": "2026-10-05T09:00:00Z"},
        {"showDeleted": False},
        {"singleEvents": True},
    ],
)
def test_a_sync_token_goes_with_the_first_question_only(anna: Any, more: dict[str, Any]) -> None:
    token = listed(anna.list, calendarId="primary")[1]
    again = anna.list(calendarId="primary", syncToken=token, **more)
    assert refused(again) == (400, "badRequest")


def test_a_list_that_cannot_be_followed_has_no_sync_token(anna: Any) -> None:
    assert listed(anna.list, calendarId="primary", orderBy="updated")[1] is None
    assert listed(anna.list, calendarId="primary", timeMin="2026-10-05T09:00:00Z")[1] is not None


def test_old_and_foreign_sync_tokens_begin_anew(google: Google, anna: Any) -> None:
    ben = google.of(BEN).events()
    foreign = listed(ben.list, calendarId="primary")[1]
    gone = (410, "fullSyncRequired")
    assert refused(anna.list(calendarId="primary", syncToken=foreign)) == gone
    token = listed(anna.list, calendarId="primary")[1]
    google.world.expire_cursors(ANNA)
    assert refused(anna.list(calendarId="primary", syncToken=token)) == gone
    assert changes(ben, foreign)[0] == {}
    assert listed(anna.list, calendarId="primary")[1] != token


def test_what_was_updated_long_ago_is_forgotten(anna: Any) -> None:
    insert(anna, lecture())
    assert len(titles(anna, updatedMin="2026-09-30T00:00:00Z")) == 1
    assert titles(anna, updatedMin="2026-10-02T00:00:00Z") == []
    old = anna.list(calendarId="primary", updatedMin="2026-08-01T00:00:00Z")
    assert refused(old) == (410, "updatedMinTooLongAgo")


def test_availability_alone_tells_no_more(google: Google, anna: Any) -> None:
    made = insert(anna, lecture(location="Hall 1", attendees=[{"email": BEN}]))
    blind = google.of(ANNA, "calendar.events.freebusy").events()
    (there,) = listed(blind.list, calendarId="primary")[0]
    assert there == blind.get(calendarId="primary", eventId=made["id"]).execute()
    assert {"summary", "location", "attendees", "organizer"}.isdisjoint(there)
    assert there["start"] == made["start"]
    write = blind.insert(calendarId="primary", body=lecture())
    assert refused(write) == (403, "insufficientPermissions")


def test_nobody_reads_what_is_not_theirs(google: Google, anna: Any) -> None:
    assert refused(anna.list(calendarId=BEN)) == (404, "notFound")
    assert refused(google.of(BEN).calendars().get(calendarId=ANNA)) == (404, "notFound")
    narrow = google.of(ANNA, "calendar.freebusy").events()
    assert refused(narrow.list(calendarId="primary")) == (403, "insufficientPermissions")


def test_calendars_are_listed_the_main_one_first(google: Google) -> None:
    extra = {google.world.add_calendar(ANNA, f"Extra {n}").id for n in range(4)}
    calendars = google.of(ANNA, "calendar.calendarlist.readonly").calendarList()
    found = listed(calendars.list, maxResults=2)[0]
    assert (found[0]["id"], found[0]["primary"]) == (ANNA, True)
    assert {each["id"] for each in found[1:]} == extra
    assert calendars.get(calendarId="primary").execute() == found[0]
    assert google.of(ANNA).calendars().get(calendarId=ANNA).execute()["timeZone"]
