"""What is no request of ours is refused, and says why."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.api.group import ICS, NEW_GROUP, TERM, AGroup
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


@pytest.mark.parametrize(
    ("method", "path", "kind", "most"),
    [
        ("POST", "/groups", "application/json", 1),
        ("PATCH", "/me", "application/json", 1),
        ("DELETE", "/me/data", "application/json", 1),
        ("POST", f"/groups/{UUID(int=1)}/members/csv", "text/csv", 1),
        ("POST", "/me/calendars", "application/json", 32),
    ],
)
def test_too_much_is_refused(cora: Caller, method: str, path: str, kind: str, most: int) -> None:
    response = cora.ask(method, path, data=b" " * (most * 1_000_000 + 1), content_type=kind)

    assert (response.status_code, response.json["what"]) == (
        413,
        f"The body is larger than {most} MB",
    )


def test_a_calendar_may_be_larger_than_any_other_body(cora: Caller) -> None:
    long = ICS.replace("END:VCALENDAR", f"X-LONG:{'x' * 2_000_000}\r\nEND:VCALENDAR")

    assert cora.post("/me/calendars", {"kind": "work", "ics": long}).status_code == 201


def deep(levels: int) -> Any:
    """Lists in one another."""
    return [deep(levels - 1)] if levels else 1


@pytest.mark.parametrize("levels", [50, 400, 900])
def test_what_is_too_deep_is_refused(group: AGroup, levels: int) -> None:
    plans = group.of("terms", "term", "plans")
    for path, body in (
        ("/groups", {**NEW_GROUP, "title": "X"}),
        (plans, {"what_if": "X"}),
        (plans, {"what_if": [{"op": "replace", "path": "/windows", "value": "X"}]}),
        ("/me/calendars", {"kind": "work", "weekly": "X"}),
    ):
        said = json.dumps(body).replace('"X"', "[" * levels + "1" + "]" * levels)
        response = group.cora.ask("POST", path, data=said, content_type="application/json")

        assert response.status_code == 422, response.text
        assert "more than 50 deep" in response.json["what"]


def test_changes_that_together_are_too_deep_are_refused(group: AGroup) -> None:
    end, changes = "/windows", []
    for _ in range(30):
        changes.append({"op": "add", "path": f"{end}/0", "value": deep(40)})
        end += "/0" * 40

    response = group.cora.post(group.of("terms", "term", "plans"), {"what_if": changes})

    assert (response.status_code, response.json["remedy"]) == (422, "correct the patch")


LISTS: dict[str, tuple[str, str, Callable[[Any], dict[str, Any]]]] = {
    "hours": ("PATCH", "/me", lambda many: {"hours": many}),
    "preferred hours": ("PATCH", "/me", lambda many: {"preferred": many}),
    "tiers": ("PATCH", "/me", lambda many: {"notice": many}),
    "weekly hours": ("POST", "/me/calendars", lambda many: {"kind": "work", "weekly": many}),
    "blackouts": ("POST", "terms", lambda many: {**TERM, "blackouts": many}),
    "changes": ("POST", "terms/term/plans", lambda many: {"what_if": many}),
}


@pytest.mark.parametrize("what", LISTS)
def test_a_list_that_is_too_long_is_refused_before_it_is_looked_at(
    group: AGroup, what: str
) -> None:
    method, path, body = LISTS[what]
    where = path if path.startswith("/") else group.of(*path.split("/"))

    response = group.cora.ask(method, where, json=body([0] * 90_000), headers={"If-Match": "*"})

    assert response.status_code == 422
    assert "this list is 90000 long" in response.json["what"]
    assert response.json["remedy"].startswith("give at most ")


def test_a_body_of_very_many_values_is_refused_at_once(cora: Caller) -> None:
    said = b'{"kind": "work", "weekly": [' + b"0," * 8_000_000 + b"0]}"
    began = time.process_time()

    response = cora.ask("POST", "/me/calendars", data=said, content_type="application/json")

    assert (response.status_code, response.json["remedy"]) == (422, "send less at once")
    assert time.process_time() - began < 10


def test_a_wrong_method_says_which_are_right(cora: Caller) -> None:
    response = cora.ask("PUT", "/groups", json={})

    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))
