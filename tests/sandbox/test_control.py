"""The addresses by which tests arrange the sandbox and look into it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from services.sandbox.serving import Running
from tests.sandbox.running import a_client, a_sandbox

ADA = "ada@example.org"
EVENT = {
    "summary": "Rounds",
    "start": {"dateTime": "2027-03-01T10:00:00+01:00"},
    "end": {"dateTime": "2027-03-01T11:30:00+01:00"},
}
ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:one
DTSTART:20270302T090000Z
DTEND:20270302T100000Z
SUMMARY:From a file
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a sandbox that nothing is done to."""
    with a_sandbox(tmp_path_factory.mktemp("empty")) as running, a_client(running) as client:
        yield client


def _people(client: httpx.Client, **person: Any) -> httpx.Response:
    return client.post("/_sandbox/people", json={"people": [{"email": ADA, **person}]})


def test_somebody_is_let_in_with_calendars_and_what_is_in_them(
    sandbox: Running, client: httpx.Client
) -> None:
    calendars = [
        {"main": True, "events": [EVENT]},
        {"name": "Clinic", "clinical": True, "ics": ICS},
    ]

    told = _people(client, name="Ada", timezone="Europe/Berlin", calendars=calendars).json()

    person = told["people"][0]
    main, clinic = person["calendars"]
    assert (main["id"], main["main"], clinic["clinical"]) == (ADA, True, True)
    assert [each["summary"] for each in sandbox.world.events(ADA)] == ["Rounds"]
    assert [each["summary"] for each in sandbox.world.events(clinic["id"])] == ["From a file"]
    assert client.get("/_sandbox/people").json() == told
    assert "From a file" in client.get(clinic["feed"]).text
    assert client.get(person["page"]).status_code == 200


def test_somebody_who_is_there_is_given_what_is_new(sandbox: Running, client: httpx.Client) -> None:
    _people(client, timezone="Europe/Berlin", calendars=[{"name": "Clinic"}])

    told = _people(client, calendars=[{"name": "Clinic", "events": [EVENT]}, {"name": "Lab"}])

    names = [each["name"] for each in told.json()["people"][0]["calendars"]]
    assert names[1:] == ["Clinic", "Lab"]
    assert len(sandbox.world.people) == 1


@pytest.mark.parametrize(
    "person",
    [
        {},
        {"email": "nobody", "timezone": "UTC"},
        {"timezone": "Mars/North"},
        {"timezone": "UTC", "colour": "red"},
        {"timezone": "UTC", "host": "elsewhere"},
        {"timezone": "UTC", "calendars": [{}]},
        {"timezone": "UTC", "calendars": {"name": "Clinic"}},
        {"timezone": "UTC", "calendars": [{"name": "Clinic", "events": [{"summary": "when?"}]}]},
        {"timezone": "UTC", "calendars": [{"name": "Clinic", "ics": "<html>"}]},
    ],
)
def test_somebody_who_cannot_be_let_in_leaves_no_trace(
    empty: httpx.Client, person: dict[str, Any]
) -> None:
    answer = _people(empty, **person)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert answer.json()["remedy"]
    assert empty.get("/_sandbox/people").json() == {"people": []}


def test_time_moves_as_somebody_says(sandbox: Running, client: httpx.Client) -> None:
    told = client.post("/_sandbox/clock", json={"set": "2031-01-02T03:04:05Z"}).json()["now"]
    assert told.startswith("2031-01-02T03:04:")

    later = client.post("/_sandbox/clock", json={"advance": 3600}).json()["now"]

    assert datetime.fromisoformat(later) - datetime.fromisoformat(told) >= timedelta(hours=1)
    assert client.get("/_sandbox/clock").json()["now"] >= later
    assert sandbox.world.history.entries()[-1]["kind"] == "clock moved"


def test_history_is_told_from_where_one_knows_it(sandbox: Running, client: httpx.Client) -> None:
    for number in range(3):
        sandbox.world.history.note("test", number=number)

    first = client.get("/_sandbox/history?kind=test").json()["entries"]
    assert [each["number"] for each in first] == [0, 1, 2]
    rest = client.get("/_sandbox/history", params={"since": first[1]["n"]}).json()["entries"]
    assert [each["number"] for each in rest] == [2]


def test_the_rules_of_sign_in_are_told_and_changed(client: httpx.Client) -> None:
    changed = {"expires_in": 30, "rotate": True, "redirects": ["http://127.0.0.1:1/back"]}

    told = client.post("/_sandbox/sign-in", json=changed).json()

    assert (told["expires_in"], told["rotate"]) == (30, True)
    assert "http://127.0.0.1:1/back" in told["redirects"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", {}),
        ("clock", {"set": "tomorrow"}),
        ("clock", {"set": "2031-01-02T03:04:05"}),
        ("clock", {"advance": "a lot"}),
        ("quotas", {"per_person": -1}),
        ("sign-in", {"redirects": "http://127.0.0.1/"}),
        ("sign-in", {"expires_in": None}),
        ("people", []),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_to_write(
    empty: httpx.Client, path: str, body: Any
) -> None:
    answer = empty.post(f"/_sandbox/{path}", json=body)

    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "remedy"}


def test_only_json_is_taken_so_that_no_web_page_can_send_it(empty: httpx.Client) -> None:
    answer = empty.post("/_sandbox/clock", content='{"advance": 60}')

    assert answer.status_code == 415
    assert "application/json" in answer.json()["remedy"]
    assert empty.get("/_sandbox/history?since=x").status_code == 400
