"""Tokens: who asks, how often, for what."""

import pytest

from services.flow.tokens import SCOPES
from tests.api.group import NEW_GROUP, AGroup
from tests.api.house import Caller, House

WRONG = "ch_" + "x" * 43


def test_without_a_token_nothing_is_answered(house: House) -> None:
    response = house.nobody().get("/groups")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.mimetype == "application/problem+json"
    assert "commonhour token create" in response.json["remedy"]


@pytest.mark.parametrize(
    "said", ["", "Basic abc", "Bearer", "Bearer ", "Bearer é", f"Token {WRONG}"]
)
def test_what_is_no_token_is_refused(house: House, said: str) -> None:
    asked = house.nobody().get("/groups", headers={"Authorization": said.encode().decode("latin1")})

    assert asked.status_code == 401


def test_a_cookie_opens_nothing(house: House, cora: Caller) -> None:
    client = house.nobody()
    client.client.set_cookie("session", cora.secret or "")

    assert client.get("/groups").status_code == 401


def test_after_ten_guesses_nothing_more_is_told(house: House, cora: Caller) -> None:
    guesser = Caller(house.app.test_client(), WRONG)
    assert cora.get("/me").status_code == 200

    statuses = [guesser.get("/me").status_code for _ in range(12)]
    newly = house.caller("Nora").get("/me")

    assert statuses == [401] * 10 + [429] * 2
    assert newly.status_code == 200, "who is right is let in, whoever guesses beside them"
    assert cora.get("/me").status_code == 200, "who is known goes on"


def test_a_token_may_ask_so_often_a_minute(house: House, cora: Caller) -> None:
    statuses = [cora.get("/templates").status_code for _ in range(601)]

    assert statuses == [200] * 600 + [429]
    assert int(cora.get("/templates").headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("scope", "path", "said"),
    [
        ("groups", "/groups", NEW_GROUP),
        ("calendars", "/me/calendars", {"kind": "work", "ics": "nonsense"}),
        ("plans", "term/plans", {"what_if": []}),
    ],
)
def test_a_token_does_what_its_scopes_say(
    house: House, group: AGroup, scope: str, path: str, said: object
) -> None:
    place = path if path.startswith("/") else group.of("terms", group.ids["term"], "plans")
    others = [each for each in SCOPES if each != scope]

    refused = house.caller("Cora", others).post(place, said)
    taken = house.caller("Cora", [scope]).post(place, said)

    assert (refused.status_code, scope in refused.json["what"]) == (403, True)
    assert taken.status_code in (200, 201, 422)
    assert house.caller("Cora", [scope]).get("/me").status_code == 403


def test_what_nobody_knows_is_not_told_by_how_it_is_refused(house: House, group: AGroup) -> None:
    stranger = house.caller("Oda")

    foreign = stranger.get(group.path)
    missing = stranger.get("/groups/" + group.path[8:].replace("0", "1"))

    assert (foreign.status_code, foreign.data) == (missing.status_code, missing.data)
