"""What programs see of connected accounts, and what they can do with them."""

from typing import Any
from uuid import UUID

import pytest

from calendar_sync.errors import NotAllowed, SyncError, Wait
from services.flow import account_readings
from services.storage import accounts
from services.storage.rows.accounts import Host
from tests.api.group import AGroup
from tests.api.house import Caller, House
from tests.hosts import LISTS, SEES, AHost, chosen, connected
from tests.runtimes import drained


@pytest.fixture
def host(house: House) -> AHost:
    found = house.runtime.hosts[Host.GOOGLE]
    assert isinstance(found, AHost)
    return found


def account(house: House, caller: Caller) -> str:
    assert caller.person
    return str(connected(house.runtime, caller.person))


def main(house: House, caller: Caller) -> tuple[str, str]:
    """An account of which the main calendar counts: the ids of both."""
    assert caller.person
    account_id, calendar_id = chosen(house.runtime, caller.person)
    return str(account_id), str(calendar_id)


def test_an_account_is_listed_to_its_owner_alone(house: House, group: AGroup) -> None:
    made = account(house, group.mia)

    [listed] = group.mia.got("/me/accounts")["items"]

    assert listed == {
        "id": made,
        "host": "google",
        "email": "mia@example.org",
        "scopes": sorted([LISTS, SEES]),
        "created_at": listed["created_at"],
        "reconnect": False,
        "told": False,
        "next_reading": None,
    }
    assert group.cora.got("/me/accounts")["items"] == []
    for method, path in (("GET", "/calendars"), ("PUT", "/calendars"), ("DELETE", "")):
        said = {"calendars": [{"mark": "x", "kind": "work"}]} if method == "PUT" else None
        refused = group.cora.ask(method, f"/me/accounts/{made}{path}", json=said)
        assert refused.status_code == 404, (method, refused.text)


def test_calendars_are_chosen_by_their_marks_and_read(house: House, cora: Caller) -> None:
    path = f"/me/accounts/{account(house, cora)}/calendars"
    own, ward = cora.got(path)["calendars"]
    assert [own["name"], ward["name"]] == ["Mia's own week", "Ward 7"]
    assert [own["main"], ward["main"]] == [True, False]
    assert own["kind"] is ward["kind"] is None

    said = {"calendars": [{"mark": ward["mark"], "kind": "clinical"}]}
    response = cora.ask("PUT", path, json=said)

    assert response.status_code == 200, response.text
    assert response.json == cora.got(path)
    assert [each["kind"] for each in response.json["calendars"]] == [None, "clinical"]
    [calendar] = cora.got("/me/calendars")["items"]
    assert (calendar["source"], calendar["kind"], calendar["main"]) == (
        "account",
        "clinical",
        False,
    )
    assert calendar["account_id"] == path.split("/")[3]
    assert "Ward" not in str(calendar)
    assert "calendars.read_account" in drained(house.runtime)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"calendars": []}, "No calendar was chosen"),
        ({"calendars": [{"mark": "nowhere", "kind": "work"}]}, "not there any more"),
        ({"calendars": [{"mark": "\u00e9", "kind": "work"}]}, "not there any more"),
        ({"calendars": [{"mark": "x", "kind": "work"}] * 2}, "stands twice"),
        ({"calendars": [{"mark": "x", "kind": "tea"}]}, "tea"),
        ({"calendars": [{"mark": "x", "kind": "work", "name": "x"}]}, "name"),
        ({}, "calendars"),
    ],
)
def test_a_choice_that_does_not_fit_is_refused(
    house: House, cora: Caller, said: Any, word: str
) -> None:
    path = f"/me/accounts/{main(house, cora)[0]}/calendars"
    before = cora.got(path)

    response = cora.ask("PUT", path, json=said)

    assert response.status_code == 422
    assert word in response.json["detail"]
    assert cora.got(path) == before


def test_an_account_is_disconnected_with_its_calendars(
    house: House, host: AHost, cora: Caller
) -> None:
    made, _ = main(house, cora)

    assert cora.delete(f"/me/accounts/{made}").status_code == 204

    assert cora.got("/me/accounts")["items"] == cora.got("/me/calendars")["items"] == []
    assert cora.delete(f"/me/accounts/{made}").status_code == 404
    drained(house.runtime)
    assert host.given_back == ["cora@example.org"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowed("It may not be seen", remedy="connect it again"), 409),
        (Wait("The host is away", remedy="try later", seconds=9.5), 503),
    ],
)
def test_a_trouble_of_the_host_is_a_problem(
    house: House, host: AHost, cora: Caller, error: SyncError, status: int
) -> None:
    path = f"/me/accounts/{account(house, cora)}/calendars"
    host.trouble = error

    response = cora.get(path)

    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.json["what"] == error.what
    assert response.headers.get("Retry-After") == ("10" if status == 503 else None)


def test_an_account_that_is_lost_says_so_to_owner_and_coordinator(
    house: House, host: AHost, group: AGroup
) -> None:
    made, _ = main(house, group.mia)
    host.account.revoke()

    assert group.mia.get(f"/me/accounts/{made}/calendars").status_code == 409

    [listed] = group.mia.got("/me/accounts")["items"]
    assert (listed["reconnect"], listed["next_reading"]) == (True, None)
    covered = group.cora.got(group.of("members", "mia"))["coverage"]
    assert covered["reconnect"] is True
    assert covered["trouble"]["what"] == "Access to their calendars has ended"


def test_a_question_is_answered_by_a_confirmation(house: House, group: AGroup) -> None:
    _, calendar = main(house, group.mia)
    path = f"/me/calendars/{calendar}"
    assert group.mia.post(f"{path}/confirmations").status_code == 409
    drained(house.runtime)  # the calendar is empty: nobody believes that
    [listed] = group.mia.got("/me/calendars")["items"]
    assert listed["question"] == "The calendar holds nothing from today on. Is that right?"

    assert group.cora.post(f"{path}/confirmations").status_code == 404
    response = group.mia.post(f"{path}/confirmations")

    assert response.status_code == 202
    assert response.json["question"] is None
    drained(house.runtime)
    [listed] = group.mia.got("/me/calendars")["items"]
    assert (listed["trouble"], listed["question"]) == (None, None)
    assert listed["read_at"] is not None


def test_what_is_stored_names_accounts(house: House, cora: Caller) -> None:
    made, calendar = main(house, cora)
    with house.runtime.work() as work:
        account_readings.lose(work, UUID(made), work.now)

    said = cora.got("/me/stored")

    [told] = said["accounts"]
    assert (told["id"], told["email"], told["state"]) == (
        made,
        "cora@example.org",
        "reconnect needed",
    )
    assert [(each["id"], each["account"]) for each in said["calendars"]] == [(calendar, made)]
    with house.runtime.reading() as work:
        assert accounts.one(work, UUID(made)) is not None
