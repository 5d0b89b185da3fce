"""Links and redirects stay on our own address."""

import time

import pytest

from services.storage.rows.people import Purpose
from services.web.onward import own
from tests.web.house import PAGE, House

EVIL = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
    "\\/evil.example", "/\\/evil.example", "/%09/evil.example", "/%2f%2fevil.example",
    "/%2f/evil.example", "/%5cevil.example", "/%5c%5cevil.example", "%2f%2fevil.example",
    "https://evil.example", "http://evil.example", "HTTPS://evil.example", "https:evil.example",
    "https:/evil.example", "https:///evil.example", "https:\\\\evil.example", "http:evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,hello",
    "vbscript:x", "file:///etc/passwd", "ftp://evil.example", "blob:https://evil.example/1",
    "evil.example", "evil.example/path", "@evil.example", "/@evil.example", "user@evil.example",
    "http://localhost@evil.example", "http://localhost:80@evil.example", ".evil.example",
    "/..//evil.example", "/.//evil.example", "/x/..//evil.example", "/x//evil.example", "..//evil",
    "\t//evil.example", "\n//evil.example", "\r\n//evil.example", "/\t/evil.example",
    "/\n/evil.example", "/\r/evil.example", " //evil.example", "\x00//evil.example",
    "/\x00/evil.example", "/\x0b/evil.example", "/\u2028/evil.example", "/\u0085/evil.example",
    "/\uff0fevil.example", "/\u2215evil.example", "\u3000//evil.example", "/;//evil.example",
    "/?//evil.example", "/#//evil.example", "/x?u=https://evil.example", "/me#@evil.example",
    "/me\r\nLocation: https://evil.example", "/me%0d%0aLocation:%20https://evil.example",
    "?next=//evil.example", "", "x" * 5000,
]  # fmt: skip
OURS = ["/", "/me", "/groups/new", "/me/calendars/new", "/groups/0197-abc/plans/0198-def?page=2"]


@pytest.mark.parametrize("path", EVIL)
def test_nobody_is_sent_elsewhere(shown_house: House, path: str) -> None:
    assert own(path) is None

    signed_in = shown_house.visitor("member").client.get(
        "/sign-in", query_string={"next": path}, headers=PAGE
    )

    assert signed_in.headers["Location"] == "/"


@pytest.mark.parametrize("letters", ["a", "/", "-", ".", "a/", "a.", "?", "=&", "a?"])
def test_three_hundred_hostile_letters_are_answered_at_once(
    shown_house: House, letters: str
) -> None:
    path = ("/" + letters * 300)[:299] + "!"
    client = shown_house.visitor("nobody").client

    begin = time.process_time()
    assert own(path) is None
    asked = client.get("/sign-in", query_string={"next": path}, headers=PAGE)
    led = client.get(f"{path}?{path}", headers=PAGE)
    assert time.process_time() - begin < 1

    assert asked.status_code == 200
    assert led.status_code in (303, 308, 404)


@pytest.mark.parametrize("path", OURS)
def test_pages_of_ours_are_where_one_comes_back_to(path: str) -> None:
    assert own(path) == path


def test_after_signing_in_one_is_where_one_wanted_to_be(house: House) -> None:
    visitor = house.visitor("nobody")
    wanted = f"/groups/{house.group}"

    asked = visitor.client.get(wanted, headers=PAGE).headers["Location"]
    page = visitor.get(asked)
    visitor.send("/sign-in", 200, email="member@example.org", next=page.typed("next")[0])

    assert visitor.send(house.mailed()).headers["Location"] == wanted


def test_an_evil_path_typed_into_the_form_leads_home(house: House) -> None:
    visitor = house.visitor("nobody")
    for evil in EVIL[:3]:
        visitor.send("/sign-in", 200, email="member@example.org", next=evil)
        assert visitor.send(house.link(Purpose.SIGN_IN, "member")).headers["Location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"}, {"Host": "evil.example:8000"}, {"Host": "127.0.0.1@evil.example"},
        {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example;proto=https"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
        {"X-Original-URL": "https://evil.example/"}, {"X-Forwarded-Prefix": "//evil.example"},
    ],
)  # fmt: skip
def test_a_strange_host_changes_no_link(house: House, headers: dict[str, str]) -> None:
    visitor = house.visitor("coordinator")
    for path in ("/", f"/groups/{house.group}", "/me", "/groups/new"):
        response = visitor.client.get(path, headers=PAGE | headers)
        if response.status_code == 200:
            assert "evil.example" not in response.text
        assert "evil.example" not in response.headers.get("Location", "")
    data = {"csrf_token": visitor.token(), "email": "member@example.org"}
    visitor.client.post("/sign-in", data=data, headers=PAGE | headers)
    house.link(Purpose.SIGN_IN, "member")
    assert all("evil.example" not in each.text for each in house.mails.messages)
