"""What goes wrong when somebody asks for it."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from services.sandbox.faults import BadFault, Faults, Fortune
from services.sandbox.serving import Running
from tests.sandbox.running import a_client, a_sandbox, signed_in

API = "/google/calendar/v3"
LISTS = f"{API}/users/me/calendarList"
ADA, BO = "ada@example.org", "bo@example.org"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        for email in (ADA, BO):
            running.world.add_person(email, email[:3], "Europe/London")
        yield running


@pytest.fixture
def sandbox(running: Running) -> Running:
    """A sandbox in which everything goes well."""
    running.faults.take({"clear": True})
    return running


@pytest.fixture
def ada(sandbox: Running) -> Iterator[httpx.Client]:
    with a_client(sandbox, signed_in(sandbox, ADA, ["calendar"])) as client:
        yield client


@pytest.fixture
def bo(sandbox: Running) -> Iterator[httpx.Client]:
    with a_client(sandbox, signed_in(sandbox, BO, ["calendar"])) as client:
        yield client


def _post(client: httpx.Client, body: Any) -> None:
    assert client.post("/_sandbox/faults", json=body).status_code == 200


def test_a_refusal_befalls_the_nth_request_of_one_person(
    ada: httpx.Client, bo: httpx.Client
) -> None:
    rule = {"path": "/calendarList$", "method": "GET", "person": ADA}
    do = {"status": 503, "reason": "backendError", "headers": {"Retry-After": 7}}
    _post(ada, {"match": rule, "nth": 2, "times": 2, "do": do})

    assert [bo.get(LISTS).status_code for _ in range(3)] == [200, 200, 200]
    answers = [ada.get(LISTS) for _ in range(4)]

    assert [each.status_code for each in answers] == [200, 503, 503, 200]
    assert answers[1].headers["Retry-After"] == "7"
    assert answers[1].json()["error"]["errors"][0]["reason"] == "backendError"
    assert ada.get("/_sandbox/faults").json()["rules"][0]["seen"] == 4


def test_another_host_refuses_in_words_of_its_own(ada: httpx.Client) -> None:
    _post(ada, {"match": {"path": "/token$"}, "times": None, "do": {"status": 500}})

    for _ in range(2):
        answer = ada.post("/google/token")
        assert (answer.status_code, answer.json()["error"]) == (500, "internal_failure")


def test_a_connection_is_dropped_before_anything_was_done(
    sandbox: Running, ada: httpx.Client
) -> None:
    _post(ada, {"match": {"method": "POST"}, "do": {"drop": True}})

    with pytest.raises(httpx.RemoteProtocolError):
        ada.post(f"{API}/calendars/primary/events", json=_event("dropped00"))

    assert not _there(sandbox, "dropped00")


def test_a_connection_is_dropped_after_it_was_done(sandbox: Running, ada: httpx.Client) -> None:
    _post(ada, {"match": {"method": "POST"}, "do": {"commit_then_drop": True}})

    with pytest.raises(httpx.RemoteProtocolError):
        ada.post(f"{API}/calendars/primary/events", json=_event("c0mmitted"))

    assert _there(sandbox, "c0mmitted")
    assert ada.post(f"{API}/calendars/primary/events", json=_event("c0mmitted")).status_code == 409


def test_an_answer_is_cut(ada: httpx.Client) -> None:
    _post(ada, {"do": {"cut": 20}})
    got = b""

    with pytest.raises(httpx.RemoteProtocolError), ada.stream("GET", LISTS) as answer:
        for part in answer.iter_raw():
            got += part

    assert len(got) == 20
    assert int(answer.headers["Content-Length"]) > 20


def test_slow_requests_do_not_wait_for_each_other(sandbox: Running, ada: httpx.Client) -> None:
    _post(ada, {"delay_all": 0.2})
    sandbox.quotas.forget()

    with ThreadPoolExecutor(30) as many:
        answers = list(many.map(lambda _: ada.get(LISTS).status_code, range(30)))

    assert answers == [200] * 30
    assert sandbox.quotas.told()["at_once"]["most"] > 15
    _post(ada, {"clear": True})
    assert ada.get("/_sandbox/faults").json()["delay_all"] == 0


def test_rules_that_befall_the_same_request_come_together(ada: httpx.Client) -> None:
    _post(ada, {"rules": [{"do": {"delay": 0.05}}, {"do": {"status": 429}}]})

    answer = ada.get(LISTS)

    assert answer.status_code == 429
    assert answer.elapsed.total_seconds() >= 0.05


def test_tokens_refresh_tokens_and_cursors_expire_of_one_person(
    sandbox: Running, ada: httpx.Client, bo: httpx.Client
) -> None:
    before = sandbox.world.generation(ADA)
    _post(bo, {"expire": "cursors", "person": ADA})
    assert sandbox.world.generation(ADA) > before

    _post(bo, {"expire": "tokens", "person": ADA})
    assert (ada.get(LISTS).status_code, bo.get(LISTS).status_code) == (401, 200)

    told = bo.post("/_sandbox/faults", json={"expire": "refresh", "person": ADA}).json()
    assert told["count"] > 0
    assert sandbox.world.grants.consent(ADA)


def test_what_happened_is_in_the_history(sandbox: Running, ada: httpx.Client) -> None:
    since = len(sandbox.world.history.entries())
    _post(ada, {"match": {"path": "List"}, "do": {"status": 500}})
    ada.get(LISTS, params={"maxResults": "5"})

    entry = sandbox.world.history.entries(since)[-1]

    assert entry | {"n": 0, "at": "", "ms": 0} == {
        "n": 0,
        "at": "",
        "kind": "request",
        "method": "GET",
        "path": LISTS,
        "asks": ["maxResults"],
        "status": 500,
        "ms": 0,
        "person": ADA,
        "fault": {"status": 500},
    }


def test_the_secret_of_a_feed_is_not_in_the_history(sandbox: Running, ada: httpx.Client) -> None:
    feed = sandbox.world.calendars(ADA)[0].feed
    assert ada.get(f"/ics/{feed}.ics").status_code == 200

    assert feed not in str(sandbox.world.history.entries())


def test_notifications_get_lost_come_twice_and_are_forged() -> None:
    faults = Faults()
    faults.take({"notifications": {"lose": 1, "duplicate": 1, "forge": 2}})

    assert [faults.notification() for _ in range(4)] == [
        Fortune(lost=True),
        Fortune(twice=True, forged=True),
        Fortune(forged=True),
        Fortune(),
    ]


def test_a_share_of_notifications_gets_lost() -> None:
    faults = Faults()
    faults.take({"notifications": {"lose": 0.25}})

    lost = sum(faults.notification().lost for _ in range(400))

    assert 60 < lost < 140


def test_notifications_are_sent_in_another_order() -> None:
    faults = Faults()
    assert faults.order([1, 2, 3]) == [1, 2, 3]

    faults.take({"notifications": {"reorder": True}})

    assert faults.order([1, 2, 3]) == [3, 2, 1]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"nonsense": 1},
        {"match": {"path": "("}, "do": {"status": 500}},
        {"match": {"colour": "red"}, "do": {"status": 500}},
        {"do": {}},
        {"do": {"status": "500"}},
        {"do": {"delay": True}},
        {"do": {"status": 500}, "nth": 0},
        {"rules": [5]},
        {"rules": [{"do": {"status": 500}}, {"do": {"status": None}}]},
        {"delay_all": "long"},
        {"notifications": {"lose": "many"}},
        {"notifications": {"hide": 3}},
        {"expire": "milk"},
        {"expire": "tokens", "person": "nobody@example.org"},
    ],
)
def test_a_fault_that_cannot_be_read_changes_nothing_and_says_what_to_write(
    sandbox: Running, ada: httpx.Client, body: Any
) -> None:
    answer = ada.post("/_sandbox/faults", json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert answer.json()["remedy"]
    assert not sandbox.faults.told()["rules"]


def test_a_bad_rule_is_refused_where_it_is_given() -> None:
    with pytest.raises(BadFault, match="does nothing"):
        Faults().take({"match": {"path": "x"}})


def test_a_stalled_connection_hinders_nobody(sandbox: Running, ada: httpx.Client) -> None:
    host, port = sandbox.base.removeprefix("https://").split(":")
    with socket.create_connection((host, int(port))):
        assert ada.get(LISTS, timeout=5).status_code == 200


def _event(identity: str) -> dict[str, Any]:
    return {
        "id": identity,
        "start": {"dateTime": "2027-03-01T10:00:00Z"},
        "end": {"dateTime": "2027-03-01T11:00:00Z"},
    }


def _there(sandbox: Running, identity: str) -> bool:
    return identity in {each["id"] for each in sandbox.world.events(ADA)}
