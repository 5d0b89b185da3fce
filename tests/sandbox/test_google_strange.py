"""Strange requests: each is refused in Google's words, or taken and told as Google would."""

from random import Random
from typing import Any

from googleapiclient.errors import HttpError  # type: ignore[import-untyped]

from tests.sandbox.discovery import document
from tests.sandbox.google_client import ANNA, BEN, Google, lecture

STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 2**40, 1.5, "", "x", "²", "true", "2026-10-05", "2026-10-05T10:00:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "Mars/Base", "Europe/Berlin",
    "accepted", "cancelled", "confirmed", ANNA, BEN, [], [None], {}, {"x": None}, ["x"],
    [{"email": None}], [{"email": "a@b"}], ["RRULE:FREQ=DAILY;INTERVAL=0"],
    ["RRULE:FREQ=DAILY;COUNT=0"], ["RRULE:FREQ=WEEKLY;COUNT=3"], ["RRULE:FREQ=DAILY;BYDAY=QQ"],
    ["EXDATE;TZID=Mars/Base:20261005T100000"], ["RDATE:99999999"], ["EXDATE;VALUE=DATE:20261005"],
    {"date": "2026-10-05"}, {"dateTime": "2026-10-05T10:00:00Z"}, {"dateTime": None},
    {"dateTime": "2026-10-05T10:00:00", "timeZone": 5}, {"private": {"a": "b"}},
)  # fmt: skip
SPANS = ("timeMin", "timeMax", "updatedMin", "syncToken", "pageToken", "timeZone", "q", "iCalUID")


def answered(request: Any) -> bool:
    """Whether it was taken. Whatever the answer, the judge has seen it."""
    try:
        request.execute()
    except HttpError as error:
        if error.status_code >= 500:
            raise
        return False
    return True


def strange(chance: Random, body: dict[str, Any]) -> dict[str, Any]:
    fields = list(document()["schemas"]["Event"]["properties"])
    chosen = chance.sample(fields, chance.randrange(1, 3))
    return {**body, **{name: chance.choice(STRANGE) for name in chosen}}


def test_strange_events_are_refused_or_told_well(google: Google) -> None:
    chance = Random(7)
    events = google.of(ANNA).events()
    here = {"calendarId": "primary"}
    known = events.insert(**here, body=lecture()).execute()["id"]
    series = lecture(recurrence=["RRULE:FREQ=WEEKLY;COUNT=5"], attendees=[{"email": BEN}])
    taken = 0
    for _ in range(400):
        body = strange(chance, chance.choice([lecture(), series]))
        taken += answered(events.insert(**here, body=body))
        answered(events.patch(**here, eventId=known, body=strange(chance, {})))
        taken += answered(events.update(**here, eventId=known, body=body))
    assert taken > 50
    for expanded in (False, True):
        assert answered(events.list(**here, singleEvents=expanded, maxResults=2500))
        assert answered(google.of(BEN).events().list(**here, singleEvents=expanded))


def test_strange_parameters_are_refused_or_understood(google: Google) -> None:
    chance = Random(7)
    events = google.of(ANNA).events()
    series = lecture(recurrence=["RRULE:FREQ=WEEKLY"])
    made = events.insert(calendarId="primary", body=series).execute()["id"]
    words = [each for each in STRANGE if isinstance(each, str)]
    for _ in range(150):
        asked = {name: chance.choice(words) for name in chance.sample(SPANS, 2)}
        answered(events.list(calendarId="primary", singleEvents=chance.random() < 0.5, **asked))
        asked = {name: chance.choice(words) for name in ("timeMin", "timeMax")}
        answered(events.instances(calendarId="primary", eventId=made, **asked))


def test_strange_free_busy_is_refused_or_answered(google: Google) -> None:
    chance = Random(7)
    client = google.of(ANNA).freebusy()
    names = ("timeMin", "timeMax", "timeZone", "items", "calendarExpansionMax")
    good = {"timeMin": "2026-10-05T10:00:00Z", "timeMax": "2026-10-06T10:00:00Z"}
    for _ in range(100):
        answered(client.query(body={**good, chance.choice(names): chance.choice(STRANGE)}))
