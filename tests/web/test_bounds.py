"""How much may come with a form: little before somebody is signed in, and it is said so at once."""

import io
import time

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.web.house import PAGE, House, Visitor
from tests.web.html import Html

FORM = "application/x-www-form-urlencoded"


def sent(visitor: Visitor, path: str, size: int) -> int:
    """Send as many fields as fit into so many bytes; return the status."""
    response = visitor.client.post(path, data=b"a&" * (size // 2), content_type=FORM, headers=PAGE)
    if response.status_code == 413:
        assert "That is too much at once" in response.text
    return response.status_code


def upload(visitor: Visitor, path: str, file: bytes, status: int, **fields: str) -> str:
    """Send a file with a form of ours; return the page."""
    values = {
        "csrf_token": visitor.token(),
        **fields,
        "file": FileStorage(io.BytesIO(file), "a.file"),
    }
    boundary, data = encode_multipart(values)
    kind = f"multipart/form-data; boundary={boundary}"
    response = visitor.client.post(path, data=data, content_type=kind, headers=PAGE)
    assert response.status_code == status, Html(response.text).text[:900]
    return response.text


def test_twenty_megabytes_of_a_form_are_refused_before_they_are_read(shown_house: House) -> None:
    visitor = shown_house.visitor("nobody")

    begin = time.process_time()
    status = sent(visitor, "/sign-in", 20_000_000)

    assert status == 413
    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    ("role", "path", "size", "status"),
    [
        ("nobody", "/sign-in", 64_000, 400),
        ("nobody", "/sign-in", 64_002, 413),
        ("nobody", "/me/calendars/file", 64_002, 413),
        ("member", "/me/edit", 64_002, 400),
        ("member", "/me/edit", 1_100_002, 413),
        ("member", "/me/calendars/weekly", 1_100_002, 413),
        ("member", "/me/calendars/file", 1_100_002, 413),  # no file is among it
    ],
)
def test_a_form_has_its_bound(
    shown_house: House, role: str, path: str, size: int, status: int
) -> None:
    """400 is the next reason to refuse it: it does not come from a page of ours."""
    assert sent(shown_house.visitor(role), path, size) == status


def test_a_form_of_very_many_parts_is_refused(shown_house: House) -> None:
    visitor = shown_house.visitor("member")
    parts = {f"weekly-{number}": "x" for number in range(1001)}

    upload(visitor, "/me/calendars/file", b"", 413, **parts)


def test_a_large_calendar_still_comes_in(house: House) -> None:
    event = [
        "BEGIN:VEVENT", "UID:1", "DTSTAMP:20260901T000000Z", "DTSTART:20270201T100000Z",
        "DTEND:20270201T110000Z", *(f"COMMENT:{'x' * 60}" for _ in range(20_000)), "END:VEVENT",
    ]  # fmt: skip
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *event, "END:VCALENDAR", ""]
    file = "\r\n".join(lines).encode()
    assert len(file) > 1_100_000

    upload(house.visitor("member"), "/me/calendars/file", file, 303, kind="work")


def test_the_longest_list_still_comes_in_and_is_told_apart_from_a_longer_one(house: House) -> None:
    visitor, at = house.visitor("coordinator"), f"/groups/{house.group}/members/list"
    head = b"name,email,timezone\nAda,ada@example.org,\n"

    upload(visitor, at, head.ljust(1_000_000, b"\n"), 303)

    assert "The list is larger than 1 MB" in upload(visitor, at, head.ljust(1_000_001, b"\n"), 422)


def test_a_long_list_that_is_refused_is_not_sent_back(house: House) -> None:
    visitor, at = house.visitor("coordinator"), f"/groups/{house.group}/members/list"
    row = "Ada,nowhere\n"
    short, long = (f"name,email\n{row * (size // len(row))}" for size in (99_000, 101_000))

    shown = visitor.send(at, 422, list=short).text
    hidden = visitor.send(at, 422, list=long).text

    assert shown.count("Ada,nowhere") > 1000
    assert hidden.count("Ada,nowhere") == 0
    assert "larger than 100 kB, too long to show here" in hidden


def test_a_word_that_is_wrong_is_not_repeated_at_any_length(house: House) -> None:
    visitor, at = house.visitor("coordinator"), f"/groups/{house.group}/members/list"
    word = "x" * 90_000

    for text in (
        f"name,email,role\nAda,ada@example.org,{word}\n",
        f"name,email,required\nAda,ada@example.org,{word}\n",
        f"name,email,{word}\nAda,ada@example.org,\n",
    ):
        assert visitor.send(at, 422, list=text).text.count("x" * 100) <= 900  # in the box alone
