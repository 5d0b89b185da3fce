"""getSchedule, against a calculation of its own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.sandbox.outlook_client import ADA, BERLIN, BO, CLEO, PIA, Client, Outlook, Words, lecture

ASK = "/me/calendar/getSchedule"
START = datetime(2026, 10, 5, tzinfo=UTC)
DIGITS = ["free", "tentative", "busy", "oof", "workingElsewhere"]
STRENGTH = ["free", "workingElsewhere", "tentative", "busy", "oof"]


def asked(*schedules: str, days: float = 7, **more: Any) -> Words:
    end = START + timedelta(days=days)
    return {
        "schedules": [*schedules],
        "startTime": {"dateTime": f"{START:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"},
        "endTime": {"dateTime": f"{end:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"},
        **more,
    }


def told(client: Client, body: Words, **headers: str) -> dict[str, Words]:
    answer = client.ask("POST", ASK, body, **headers)
    assert answer.status_code == 200, answer.text
    return {each["scheduleId"]: each for each in answer.get_json()["value"]}


def code(schedule: Words) -> str:
    assert set(schedule) == {"scheduleId", "error"}
    return str(schedule["error"]["responseCode"])


def test_what_an_event_shows_as_unknown_is_taken(outlook: Outlook) -> None:
    times = {"start": {"dateTime": f"{START:%Y-%m-%dT%H:%M:%SZ}"}}
    times["end"] = {"dateTime": f"{START + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"}
    outlook.world.put(BO, {**times, "outlook": {"showAs": "unknown"}}, by="test")

    bo = told(outlook.of(ADA), asked(BO, days=1, availabilityViewInterval=60))[BO]

    assert bo["availabilityView"] == "2" + "0" * 23
    assert [each["status"] for each in bo["scheduleItems"]] == ["unknown"]


@pytest.mark.parametrize("slot", [5, 30, 1440, 700])
def test_every_slot_shows_the_most_of_what_touches_it(outlook: Outlook, slot: int) -> None:
    chance = Random(slot)
    minutes = ["free"] * (7 * 1440)
    items = set()
    for _ in range(40):
        begin, length = chance.randrange(-600, 7 * 1440 - 5), chance.choice([10, 47, 95, 1500])
        shown = chance.choice(DIGITS)
        spot = START + timedelta(minutes=begin)
        times = {"start": {"dateTime": spot.isoformat()}}
        times["end"] = {"dateTime": (spot + timedelta(minutes=length)).isoformat()}
        outlook.world.put(BO, {**times, "outlook": {"showAs": shown}}, by="test")
        for n in range(max(0, begin), min(len(minutes), begin + length)):
            minutes[n] = max(minutes[n], shown, key=STRENGTH.index)
        if begin + length > 0:
            items.add((f"{spot:%Y-%m-%dT%H:%M:%S}.0000000", shown))

    bo = told(outlook.of(ADA), asked(BO, availabilityViewInterval=slot))[BO]

    slots = [minutes[n : n + slot] for n in range(0, len(minutes), slot)]
    view = [str(DIGITS.index(max(each, key=STRENGTH.index))) for each in slots]
    assert bo["availabilityView"] == "".join(view)
    assert {(each["start"]["dateTime"], each["status"]) for each in bo["scheduleItems"]} == items


def test_of_colleagues_only_the_times_are_told(outlook: Outlook) -> None:
    outlook.world.put(BO, lecture(location="Room 7"), by="test")
    clinic = outlook.world.add_calendar(BO, "Clinic")
    outlook.world.put(clinic.id, lecture(day=6), by="test")  # only the main one counts

    theirs = told(outlook.of(ADA, "Calendars.ReadBasic"), asked(BO.upper()))[BO.upper()]
    own = told(outlook.of(BO), asked(BO), Prefer='outlook.timezone="W. Europe Standard Time"')[BO]

    assert [set(each) for each in theirs["scheduleItems"]] == [
        {"isPrivate", "status", "start", "end"}
    ]
    assert own["scheduleItems"][0]["subject"] == "Lecture"
    assert own["scheduleItems"][0]["start"] == {
        "dateTime": "2026-10-05T09:00:00.0000000",
        "timeZone": "W. Europe Standard Time",
    }
    assert theirs["workingHours"]["timeZone"] == {"name": "W. Europe Standard Time"}


def test_a_window_may_be_given_by_the_clocks_of_a_zone(outlook: Outlook) -> None:
    outlook.world.put(BO, lecture(), by="test")  # 9 to 10 in Berlin
    window = {
        "StartTime": {"dateTime": "2026-10-05T09:00:00", "timeZone": BERLIN},
        "EndTime": {"dateTime": "2026-10-05T11:00:00", "timeZone": "W. Europe Standard Time"},
    }
    bo = told(outlook.of(ADA), {"Schedules": [BO], **window, "AvailabilityViewInterval": 60})[BO]
    assert bo["availabilityView"] == "20"


def test_each_schedule_fails_alone(outlook: Outlook) -> None:
    outlook.world.put(BO, lecture(), by="test")
    found = told(outlook.of(ADA), asked(BO, CLEO, PIA, "nobody@example.org"))

    assert len(found[BO]["scheduleItems"]) == 1
    for each in (CLEO, PIA, "nobody@example.org"):  # of another tenant, of none, and nobody
        assert code(found[each]) == "ErrorMailRecipientNotFound"


def test_somebody_may_be_hidden_from_colleagues(outlook: Outlook) -> None:
    control, people = outlook.app.test_client(), "/_sandbox/people"
    hide = {"people": [{"email": BO, "hidden": True}]}
    assert control.post(people, json=hide).get_json()["people"][0]["hidden"]

    assert code(told(outlook.of(ADA), asked(BO))[BO]) == "ErrorNoFreeBusyAccess"
    assert "error" not in told(outlook.of(BO), asked(BO))[BO]
    control.post(people, json={"people": [{"email": BO, "hidden": False}]})
    assert "error" not in told(outlook.of(ADA), asked(BO))[BO]


def test_who_has_too_much_in_a_window_is_not_told(outlook: Outlook) -> None:
    rule = "RRULE:FREQ=MINUTELY;INTERVAL=5;COUNT=1001"
    outlook.world.put(BO, lecture(recurrence=[rule]), by="test")
    found = told(outlook.of(ADA), asked(BO, ADA))
    assert code(found[BO]) == "ErrorResultSetTooBig"
    assert found[ADA]["scheduleItems"] == []


def test_the_server_may_be_too_busy_inside_an_answer(outlook: Outlook) -> None:
    fault = {"match": {"path": "getSchedule"}, "do": {"inside": "ErrorServerBusy"}}
    outlook.world.faults.take(fault)
    ada = outlook.of(ADA)
    assert code(told(ada, asked(BO))[BO]) == "ErrorServerBusy"
    assert "error" not in told(ada, asked(BO))[BO]


def test_a_personal_account_has_no_colleagues(quiet_outlook: Outlook) -> None:
    assert quiet_outlook.of(PIA).refused("POST", ASK, asked(PIA)) == (403, "ErrorAccessDenied")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (asked(*[BO] * 21), "ErrorInvalidParameter"),
        (asked(), "ErrorInvalidParameter"),
        (asked(BO, days=62), "ErrorTimeIntervalTooBig"),
        (asked(BO, days=0), "ErrorInvalidTimeInterval"),
        (asked(BO, availabilityViewInterval=4), "ErrorInvalidMergedFreeBusyInterval"),
        (asked(BO, availabilityViewInterval=1441), "ErrorInvalidMergedFreeBusyInterval"),
        (asked(BO) | {"startTime": {"dateTime": "soon"}}, "ErrorInvalidParameter"),
        (asked(BO) | {"endTime": None}, "ErrorInvalidParameter"),
    ],
)
def test_a_question_beyond_the_limits_is_refused(
    quiet_outlook: Outlook, body: Words, expected: str
) -> None:
    assert quiet_outlook.of(ADA).refused("POST", ASK, body) == (400, expected)


def test_as_much_as_the_limits_allow_is_answered(quiet_outlook: Outlook) -> None:
    ada = quiet_outlook.of(ADA)
    assert told(ada, asked(*[BO] * 20, days=61.9, availabilityViewInterval=1440))
    assert told(ada, asked(BO, days=1, availabilityViewInterval=5))
