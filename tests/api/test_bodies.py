"""What is no request of ours is refused, and says why."""

import pytest

from tests.api.group import NEW_GROUP
from tests.api.house import Caller


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"title": NaN}',
        b'{"title": 1e999}',
        b'{"title": "a", "title": "b"}',
        b"[" * 100_000,
        b"1" * 5000,
    ],
)
def test_what_is_not_json_is_refused(cora: Caller, body: bytes) -> None:
    response = cora.ask("POST", "/groups", data=body, content_type="application/json")

    assert response.status_code in (400, 422)
    assert response.json["remedy"]


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"1", b"true"])
def test_what_is_no_object_is_refused(cora: Caller, body: bytes) -> None:
    response = cora.ask("POST", "/groups", data=body, content_type="application/json")

    assert (response.status_code, response.json["remedy"]) == (422, "write a table")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_is_not_said_to_be_json_is_not_taken(cora: Caller, kind: str) -> None:
    response = cora.ask("POST", "/groups", data=b"{}", content_type=kind)

    assert response.status_code == 415


@pytest.mark.parametrize(
    "title", ["a\0b", "\ud800", "", " ", "x" * 201, "a\nb\x1b", 5, None, ["a"]]
)
def test_a_title_is_a_line_of_text(cora: Caller, title: object) -> None:
    assert cora.post("/groups", {**NEW_GROUP, "title": title}).status_code == 422


def test_an_unknown_field_is_refused_and_the_nearest_named(cora: Caller) -> None:
    response = cora.post("/groups", {**NEW_GROUP, "titel": "x"})

    assert (response.status_code, response.json["remedy"]) == (422, "perhaps it is title")


def test_a_request_that_says_nothing_may_send_nothing(cora: Caller) -> None:
    assert cora.ask("DELETE", "/me/data", json={"person": "1"}).status_code == 422
    assert cora.ask("DELETE", "/me/data", json={}).status_code == 204


def test_too_much_is_refused(cora: Caller) -> None:
    response = cora.ask("POST", "/groups", data=b"x" * 32_000_001, content_type="application/json")

    assert response.status_code == 413


def test_a_wrong_method_says_which_are_right(cora: Caller) -> None:
    response = cora.ask("PUT", "/groups", json={})

    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))
