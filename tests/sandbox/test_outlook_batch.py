"""$batch: several requests to Graph in one, each with its own answer."""

from contextlib import ExitStack
from typing import Any

import pytest

from services.sandbox.entra.grants import CLIENT_ID
from tests.sandbox.outlook_client import ADA, Client, Outlook, Words, lecture, window

VIEW = f"/me/calendarView?{window()}"


def a_get(number: int, url: str = VIEW, **more: Any) -> Words:
    return {"id": str(number), "method": "GET", "url": url, **more}


def answers(client: Client, *asked: Words) -> dict[str, Words]:
    got = client.ask("POST", "/$batch", {"requests": [*asked]})
    assert got.status_code == 200, got.text
    return {each["id"]: each for each in got.get_json()["responses"]}


def test_each_request_has_its_own_answer(outlook: Outlook) -> None:
    outlook.world.put(ADA, lecture(), by="test")
    ada = outlook.of(ADA, "Calendars.ReadBasic")
    zone = {"Prefer": 'outlook.timezone="Europe/Berlin"'}
    event = {"subject": "New"}
    make = {"id": "4", "method": "POST", "url": "/me/events", "body": event}

    got = answers(
        ada,
        a_get(1, headers=zone),
        a_get(2, "me/calendars/unknown"),
        a_get(3, "/me/nothing"),
        make | {"headers": {"Content-Type": "application/json"}},
    )

    assert {key: each["status"] for key, each in got.items()} == {
        "1": 200,
        "2": 400,
        "3": 400,
        "4": 403,
    }
    assert got["1"]["body"]["value"][0]["start"]["timeZone"] == "Europe/Berlin"
    assert got["2"]["body"]["error"]["code"] == "ErrorInvalidIdMalformed"
    assert got["1"]["headers"]["Content-Type"] == "application/json"


def test_a_fault_of_one_leaves_the_others_alone(outlook: Outlook) -> None:
    throttled = {"status": 429, "reason": "TooManyRequests", "headers": {"Retry-After": 7}}
    outlook.world.faults.take({"match": {"path": "calendarView"}, "do": throttled})
    outlook.world.faults.take({"match": {"path": "calendars$"}, "do": {"drop": True}})

    got = answers(outlook.of(ADA), a_get(1), a_get(2, "/me"), a_get(3, "/me/calendars"))

    assert {key: each["status"] for key, each in got.items()} == {"1": 429, "2": 200, "3": 504}
    assert got["1"]["headers"]["Retry-After"] == "7"
    assert got["1"]["body"]["error"]["code"] == "TooManyRequests"


def test_what_depends_on_something_that_failed_is_not_tried(quiet_outlook: Outlook) -> None:
    got = answers(
        quiet_outlook.of(ADA),
        a_get(1, "/me/nothing"),
        a_get(2, dependsOn=["1"]),
        a_get(3, dependsOn=["2"]),
    )
    statuses = [got[str(n)]["status"] for n in range(1, 4)]
    assert statuses == [400, 424, 424]


def test_no_more_than_a_few_are_done_at_once(outlook: Outlook) -> None:
    got = answers(outlook.of(ADA), *(a_get(n) for n in range(20)))

    assert {each["status"] for each in got.values()} == {200}


def test_what_is_asked_at_once_counts_against_the_mailbox(outlook: Outlook) -> None:
    ada, graph = outlook.of(ADA), outlook.quotas.graph
    chain = [a_get(0), *(a_get(n, dependsOn=[str(n - 1)]) for n in range(1, 6))]

    with ExitStack() as others:
        for _ in range(3):
            others.enter_context(graph.asking(CLIENT_ID, ADA))
        one_by_one = answers(ada, *chain)
        others.enter_context(graph.asking(CLIENT_ID, ADA))
        too_many = answers(ada, a_get(1), a_get(2))

    assert {each["status"] for each in one_by_one.values()} == {200}
    assert {each["status"] for each in too_many.values()} == {429}
    assert all(each["headers"]["Retry-After"] for each in too_many.values())
    assert graph.told()["refused"] == {ADA: 2}


def test_every_inner_request_is_in_the_history(outlook: Outlook) -> None:
    answers(outlook.of(ADA), a_get(1), a_get(2))
    kept = [each for each in outlook.world.history.entries() if each["kind"] == "request"]
    paths = [each["path"].rpartition("/")[2] for each in kept]
    assert paths == ["calendarView", "calendarView", "$batch"]


@pytest.mark.parametrize(
    "asked",
    [
        [],
        [a_get(n) for n in range(21)],
        [a_get(1), a_get(1)],
        [a_get(1, dependsOn=["2"]), a_get(2)],
        [a_get(1), a_get(2), a_get(3, dependsOn=["2"])],
        [a_get(1), a_get(2, dependsOn=["1"]), a_get(3)],
        [a_get(1), a_get(2, dependsOn=["1"]), a_get(3, dependsOn=["1", "2"])],
        [a_get(1, "https://elsewhere.example/v1.0/me")],
        [a_get(1, "/$batch")],
        [a_get(1) | {"method": "LOOK"}],
        [{"id": "1", "method": "POST", "url": "/me/events", "body": {}}],
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_whole(quiet_outlook: Outlook, asked: Any) -> None:
    refused = quiet_outlook.of(ADA).refused("POST", "/$batch", {"requests": asked})
    assert refused == (400, "BadRequest")
