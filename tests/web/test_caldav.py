"""Entering a CalDAV account in a browser: what is typed, tried, and never shown again."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from calendar_sync.caldav.host import CalDavHost
from calendar_sync.caldav.where import Where
from services.app import create_app
from services.flow import account_readings, entering, tokens
from services.sandbox.caldav import passwords
from services.sandbox.serving import Running
from services.storage import accounts
from services.storage.rows.accounts import AccountRow, ConsentRow, Host
from tests.flow.caldav_town import network
from tests.hosts import AHost
from tests.runtimes import drained
from tests.sandbox.running import a_sandbox
from tests.web.house import NOW, House, Visitor, a_house
from tests.web.html import Html

NEW = "/me/accounts/caldav/new"
USER = "mia@home.example"


@dataclass
class Place:
    """A house, the sandbox beside it, and Mia, who made an app password there."""

    house: House
    running: Running
    mia: Visitor
    password: str

    def typed(self, **otherwise: str) -> dict[str, Any]:
        base = self.running.base.removeprefix("https://")  # as people type it
        return {"address": base, "user": USER, "password": self.password, **otherwise}

    def connected(self) -> str:
        """Connect the account; return the path of its page."""
        there: str = self.mia.send(NEW, **self.typed()).headers["Location"]
        assert there.endswith("/calendars")
        return there.removesuffix("/calendars")

    def rows(self) -> list[AccountRow]:
        with self.house.runtime.reading() as work:
            return list(accounts.every(work))

    def lose(self) -> None:
        """Let the host refuse what it was given."""
        passwords.take_back(self.running.world, USER)
        with self.house.runtime.work() as work:
            account_readings.lose(work, accounts.every(work)[0].id, NOW)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        running.world.clock.set(NOW)
        running.world.add_person(USER, "Mia", "America/New_York")
        start, end = ({"dateTime": f"2027-01-04T{hour}:00:00Z"} for hour in (15, 16))
        event = {"id": "ward", "summary": "what nobody may know", "start": start, "end": end}
        running.world.put(USER, event, by=USER)
        yield running


@pytest.fixture
def place(tmp_path: Path, running: Running) -> Iterator[Place]:
    house = a_house(tmp_path)
    house.runtime.hosts = {
        Host.GOOGLE: AHost(),
        Host.CALDAV: CalDavHost(Where(network=network(running))),
    }
    house.app = create_app(house.runtime)
    password = passwords.make(running.world, USER)
    yield Place(house, running, house.visitor("member"), password)
    house.runtime.engine.dispose()


def test_an_account_is_entered_chosen_from_and_shown(place: Place) -> None:
    path = place.connected()
    server = place.running.base.removeprefix("https://")

    page = place.mia.get(f"{path}/calendars")
    for word in (USER, f"CalDAV at {server}"):
        assert word in page.text
    [form] = [each for each in page.forms if "calendar" in each.fields]
    place.mia.send(form.action, **form.fields)
    drained(place.house.runtime)

    page = place.mia.get("/me")
    assert "Calendar 1 work read just now" in page.text
    assert USER in page.text
    assert place.password not in page.text


def test_none_of_several_is_taken_for_the_main_one(place: Place) -> None:
    place.running.world.add_calendar(USER, "Choir")
    path = place.connected()

    page = place.mia.get(f"{path}/calendars")

    assert "Choir main" not in page.text
    assert "Mia main" not in page.text
    assert page.typed("calendar") == []
    assert "does not say which of these is your main one: tick each" in page.text


def test_the_way_in_is_offered_beside_the_others(place: Place) -> None:
    for each in ("/me", "/me/calendars/new"):
        page = place.mia.client.get(each)
        assert NEW in Html(page.text).links
        policy = page.headers["Content-Security-Policy"]
        assert "form-action 'self' https://host.test;" in policy  # nobody is sent anywhere else


def test_whoever_asks_for_consent_there_comes_to_the_form(place: Place) -> None:
    back = place.mia.send("/me/accounts/caldav/connect").headers["Location"]

    assert back == NEW
    with place.house.runtime.reading() as work:
        assert work.session.query(ConsentRow).count() == 0
    assert "used already" in place.mia.get("/connect/caldav/return?state=a&code=b", 422).text


@pytest.mark.parametrize(
    ("said", "word", "at"),
    [
        ({"address": ""}, "The address is missing", "address"),
        ({"user": " "}, "The user's name is missing", "user"),
        ({"password": ""}, "The app password is missing", "password"),
        ({"user": "a:b"}, "or is none", "user"),
        ({"password": "guess"}, "does not let this user in", "password"),
        ({"user": "nobody@home.example"}, "does not let this user in", "password"),
        ({"address": "http://calendar.example.org"}, "is not encrypted", "address"),
        ({"address": "no such thing"}, "is not a complete address", "address"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(
    place: Place, said: dict[str, str], word: str, at: str
) -> None:
    typed = place.typed(**said)

    response = place.mia.client.post(
        NEW, data={"csrf_token": place.mia.token(), **typed}, headers={"Accept": "text/html"}
    )

    page = Html(response.text)
    assert response.status_code == 422
    assert page.alerts == 1
    assert word in page.text
    assert f"#{at}" in page.links
    assert page.typed("address") == [typed["address"].strip()]
    assert place.rows() == []
    for secret in {place.password, typed["password"]} - {""}:
        assert secret not in response.text


@pytest.mark.parametrize("address", ["127.0.0.1:9", "10.0.0.1", "localhost"])
def test_a_host_that_is_not_heard_keeps_what_was_typed(place: Place, address: str) -> None:
    page = place.mia.refused(NEW, **place.typed(address=address))

    assert page.typed("address") == [address]
    assert page.typed("user") == [USER]
    assert "#address" in page.links
    assert place.rows() == []


def test_guessing_ends_soon_and_the_host_hears_no_more(place: Place) -> None:
    for number in range(entering.TRIES.most):
        place.house.runtime.clock = lambda number=number: NOW.replace(minute=number)  # type: ignore[misc]
        place.mia.refused(NEW, **place.typed(password=f"guess {number}"))
    start = max(each["n"] for each in place.running.world.history.entries())

    page = place.mia.refused(NEW, 429, **place.typed())

    assert page.text.count("were tried within 15 minutes") == 1
    assert page.typed("user") == [USER]
    assert list(place.running.world.history.entries(start)) == []
    assert place.rows() == []


def test_a_lost_account_is_entered_again_with_its_address_and_user_kept(place: Place) -> None:
    path = place.connected()
    place.lose()

    page = place.mia.get("/me")
    assert "no longer takes the user and app password" in page.text
    assert "app password" in place.mia.get(f"{path}/calendars", 409).text
    there = place.mia.send(f"{path}/connect").headers["Location"]
    page = place.mia.get(there)
    assert "at another address now" in page.text
    assert page.typed("address") == [f"{place.running.base}/"]
    assert page.typed("user") == [USER]
    assert page.typed("password") in ([], [""])
    fields: dict[str, Any] = {"address": page.typed("address")[0], "user": USER}
    old = place.mia.refused(there, **fields, password=place.password)
    assert "does not let this user in" in old.text

    anew = passwords.make(place.running.world, USER)
    back = place.mia.send(there, **fields, password=anew).headers["Location"]

    assert back == f"{path}/calendars"
    assert "connected again" in place.mia.get(back).text
    [row] = place.rows()
    assert row.lost_at is None


def test_another_user_does_not_take_the_place_of_the_one_who_was_connected(place: Place) -> None:
    path = place.connected()
    place.running.world.add_person("max@home.example", "Max", "America/New_York")
    other = passwords.make(place.running.world, "max@home.example")

    typed = place.typed(user="max@home.example", password=other)
    page = place.mia.refused(f"{path}/enter", 409, **typed)

    assert "another account" in page.text
    assert "#user" in page.links


def test_who_disconnects_is_told_to_delete_the_password_there(place: Place) -> None:
    path = place.connected()

    before = place.mia.get(f"{path}/remove").text
    place.mia.send(f"{path}/remove")

    for page in (before, place.mia.get("/me").text):
        assert "nothing to give back" in page
        assert "Delete it at your calendar host as well" in page
        assert "given back within" not in page
    drained(place.house.runtime)
    assert place.rows() == []


def test_an_account_of_another_or_of_another_kind_has_no_such_form(place: Place) -> None:
    path = place.connected()
    cleo = place.house.visitor("coordinator")

    cleo.get(f"{path}/enter", 404)
    cleo.refused(f"{path}/enter", 404, **place.typed())
    place.mia.get("/me/accounts/01a203c7-6147-715e-88fa-d78cc3f3ef7f/enter", 404)

    nobody = place.house.visitor("nobody").client
    assert nobody.get(f"{path}/enter").status_code in (303, 401)


def test_what_is_stored_is_shown_without_what_lets_us_in(place: Place) -> None:
    place.connected()
    data = place.mia.client.get("/me/data.json").text

    assert '"host": "caldav"' in data
    assert f'"at": "{place.running.base.removeprefix("https://")}"' in data
    assert USER in data
    assert place.password not in data


def test_a_program_sees_the_host_and_the_user(place: Place) -> None:
    place.connected()
    with place.house.runtime.work() as work:
        _, secret = tokens.create(work, "member@example.org", name="Mia", scopes=tokens.SCOPES)

    answer = place.house.app.test_client().get(
        "/api/v1/me/accounts", headers={"Authorization": f"Bearer {secret}"}
    )

    [account] = (answer.json or {})["items"]
    assert (account["host"], account["email"]) == ("caldav", USER)
    assert place.password not in answer.text


def test_nothing_of_it_is_written_to_the_log(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "services")
    person = place.running.world.person(USER).id
    deep = f"{place.running.base}/caldav/principals/{person}/"

    place.mia.send(NEW, **place.typed(address=deep))
    place.mia.refused(NEW, **place.typed(password="what nobody may know"))
    drained(place.house.runtime)

    for each in (place.password, "what nobody may know", "/caldav/", quote(USER), USER):
        assert each not in caplog.text
