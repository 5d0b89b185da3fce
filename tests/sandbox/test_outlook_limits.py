"""Graph's limits, and what goes wrong on the way to it, as the sandbox keeps them."""

from collections.abc import Iterator

import httpx
import pytest

from services.sandbox.clock import Clock
from services.sandbox.outlook.throttling import Throttling
from services.sandbox.serving import Running
from services.sandbox.store import Store
from tests.sandbox.graph_schema import check_envelope
from tests.sandbox.outlook_client import ADA, BO, Outlook, window
from tests.sandbox.running import a_client, signed_in_at_outlook

VIEW = f"/me/calendarView?{window()}"
WHOLE = f"/graph/v1.0{VIEW}"


@pytest.fixture
def clock() -> Iterator[Clock]:
    store = Store(None)
    yield Clock(store)
    store.close()


def asks(throttling: Throttling, mailbox: str = ADA, client: str = "ours") -> bool:
    with throttling.asking(client, mailbox) as refusal:
        return refusal is None


def test_a_client_may_ask_a_mailbox_four_things_at_once(clock: Clock) -> None:
    throttling = Throttling(clock)

    def all_at_once(left: int) -> list[bool]:
        with throttling.asking("ours", ADA) as refusal:
            return [refusal is None, *(all_at_once(left - 1) if left else ())]

    assert all_at_once(5) == [True] * 4 + [False] * 2
    assert all_at_once(3) == [True] * 4  # who has been answered is no longer counted
    with throttling.asking("ours", ADA), throttling.asking("theirs", ADA):
        assert asks(throttling, BO)
    assert throttling.told()["at_once"] == {ADA: 4, BO: 1}
    assert throttling.told()["refused"] == {ADA: 2}


def test_a_mailbox_answers_so_much_in_ten_minutes(clock: Clock) -> None:
    throttling = Throttling(clock)
    throttling.per_mailbox = 2
    assert [asks(throttling) for _ in range(3)] == [True, True, False]

    clock.advance(590)
    with throttling.asking("ours", ADA) as refusal:
        assert refusal is not None
        assert 1 <= int(refusal.headers["Retry-After"]) <= 11
    clock.advance(int(refusal.headers["Retry-After"]))

    assert asks(throttling)


def test_limits_are_microsofts_unless_somebody_sets_others(outlook: Outlook) -> None:
    control, ada = outlook.app.test_client(), outlook.of(ADA)
    limits = control.get("/_sandbox/quotas").get_json()["graph"]
    assert (limits["mailbox_at_once"], limits["per_mailbox"]) == (4, 10_000)

    control.post("/_sandbox/quotas", json={"per_mailbox": 1, "mailbox_at_once": 2})
    ada.get(VIEW)
    refused = ada.ask("GET", VIEW)

    assert refused.status_code == 429
    assert refused.get_json()["error"]["code"] == "ApplicationThrottled"
    assert int(refused.headers["Retry-After"]) > 0
    assert control.get("/_sandbox/quotas").get_json()["graph"]["refused"] == {ADA: 1}
    assert control.post("/_sandbox/quotas", json={"per_mailbox": -1}).status_code == 400
    control.post("/_sandbox/quotas", json={"forget": True})
    ada.get(VIEW)


def test_a_mailbox_sends_so_many_letters_in_a_minute(outlook: Outlook) -> None:
    control, ada = outlook.app.test_client(), outlook.of(ADA)
    assert control.get("/_sandbox/quotas").get_json()["graph"]["letters"] == 30
    control.post("/_sandbox/quotas", json={"letters": 2})
    when = {
        name: {"dateTime": f"2027-03-01T{hour}:00:00", "timeZone": "UTC"}
        for name, hour in (("start", 10), ("end", 11))
    }
    guests = [{"emailAddress": {"address": BO}, "type": "required"}]

    def written(**more: object) -> int:
        event = {"subject": "Peers", **when, **more}
        return ada.ask("POST", "/me/events", event).status_code

    assert [written(), written(attendees=guests), written(attendees=guests)] == [201] * 3
    refused = ada.ask("POST", "/me/events", {**when, "attendees": guests})

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    ada.get(VIEW)  # who only looks is answered
    told = control.get("/_sandbox/quotas").get_json()["graph"]
    assert told["letters_in_a_minute"] == {ADA: 2}
    outlook.world.clock.advance(61)
    assert written(attendees=guests) == 201


def test_a_token_of_another_host_opens_nothing(outlook: Outlook) -> None:
    outlook.world.add_person("gil@college.example", "Gil", "UTC")
    google = outlook.world.grants.give("gil@college.example", ["calendar"]).access
    client = outlook.app.test_client()
    for token in (google, "nonsense", outlook.world.entra.give(ADA, ["User.Read"]).access):
        got = client.get(WHOLE, headers={"Authorization": f"Bearer {token}"})
        check_envelope(got.get_json())
        known = token not in (google, "nonsense")
        assert got.status_code == (403 if known else 401)
    assert outlook.quotas.graph.told()["at_once"] == {ADA: 1}


def test_faults_are_in_graphs_words_and_in_the_history(outlook: Outlook) -> None:
    busy = {"status": 503, "reason": "ErrorServerBusy", "headers": {"Retry-After": 3}}
    outlook.world.faults.take({"match": {"path": "/graph/", "person": ADA}, "do": busy})
    ada = outlook.of(ADA)

    got = ada.ask("GET", VIEW)

    assert (got.status_code, got.headers["Retry-After"]) == (503, "3")
    assert got.get_json()["error"]["code"] == "ErrorServerBusy"
    kept = outlook.world.history.entries()[-1]
    assert (kept["person"], kept["status"], kept["fault"]) == (ADA, 503, busy)
    assert kept["asks"] == ["endDateTime", "startDateTime"]
    ada.get(VIEW)


def test_whoever_names_a_request_hears_the_name_again(outlook: Outlook) -> None:
    ada = outlook.of(ADA)
    assert ada.ask("GET", VIEW, client_request_id="7").headers["client-request-id"] == "7"
    refused = ada.ask("GET", "/me/calendarView", client_request_id="8").get_json()
    assert refused["error"]["innerError"]["client-request-id"] == "8"


def test_graph_is_there_for_whoever_connects(sandbox: Running) -> None:
    sandbox.world.add_person(ADA, "Ada", "Europe/London", host="work")
    token = signed_in_at_outlook(sandbox, ADA, ["Calendars.ReadBasic"])
    with a_client(sandbox, token) as ada:
        assert ada.get(f"/graph/v1.0{VIEW}").json()["value"] == []
        unknown = ada.get("/graph/v1.0/nothing")
        check_envelope(unknown.json())
        assert unknown.status_code == 400

        for fault in ({"drop": True}, {"cut": 5}):
            ada.post("/_sandbox/faults", json={"match": {"path": "^/graph/"}, "do": fault})
            with pytest.raises(httpx.TransportError):
                ada.get(WHOLE)
        assert ada.get(WHOLE).status_code == 200
