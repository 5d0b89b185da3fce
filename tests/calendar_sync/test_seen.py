"""What is remembered of an address: what is kept, what is asked, what is understood again."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.ics.link import Link
from calendar_sync.ics.seen import Seen
from tests.calendar_sync.builders import utc

LINK = Link.parse("https://calendar.example.org/private-3f9c2.ics")
NOW = utc("2027-03-01 12:00")
DATE = "Mon, 01 Mar 2027 11:59:59 GMT"
ANYTHING = st.text(st.characters(max_codepoint=255), max_size=300) | st.just(DATE)
HEADERS = st.fixed_dictionaries({}, optional={b"etag": ANYTHING, b"last-modified": ANYTHING})


def seen(etag: str | None = None, modified: str | None = None) -> Seen:
    said = {b"etag": etag, b"last-modified": modified}
    return Seen.of(b"", LINK, {name: text for name, text in said.items() if text is not None}, NOW)


@given(st.binary(), HEADERS)
def test_what_was_seen_is_the_same_when_read_from_its_text(
    data: bytes, headers: dict[bytes, str]
) -> None:
    found = Seen.of(data, LINK, headers, NOW)

    assert Seen.of_text(found.as_text()) == found


@given(st.binary(), HEADERS)
def test_what_is_asked_is_short_and_printable(data: bytes, headers: dict[bytes, str]) -> None:
    for _, value in Seen.of(data, LINK, headers, NOW).conditions(LINK):
        assert 1 <= len(value) <= 256
        assert value.decode("ascii").isprintable()
        assert value == value.strip()


def test_what_the_host_gave_is_asked_for_verbatim() -> None:
    assert seen('W/"one"', DATE).conditions(LINK) == [
        (b"If-None-Match", b'W/"one"'),
        (b"If-Modified-Since", DATE.encode()),
    ]


@pytest.mark.parametrize(
    "etag",
    ["", "*", f'"{"x" * 255}"', '"a\x01b"', '"a\tb"', '"a\x7fb"', '"caf\xe9"', "a\r\nb", "a\n"],
)
def test_a_tag_that_cannot_be_sent_back_is_not_kept(etag: str) -> None:
    assert seen(etag).etag is None
    assert seen(f'"{"x" * 254}"').etag is not None


@pytest.mark.parametrize(
    "modified",
    [
        "yesterday",
        "Mon, 01 Mar 2027 12:00:00 GMT",  # the second is not over: another change may follow
        "Tue, 02 Mar 2027 00:00:00 GMT",
        DATE + " (" + "x" * 250 + ")",
        DATE + " (caf\xe9)",
    ],
)
def test_a_date_that_proves_nothing_is_not_kept(modified: str) -> None:
    assert seen(modified=modified).modified is None


@pytest.mark.parametrize(
    "other",
    [
        "https://other.example.org/private-3f9c2.ics",
        "https://calendar.example.org:8443/private-3f9c2.ics",
        "https://calendar.example.org/private-3f9c2.ics?again",
    ],
)
def test_another_address_is_asked_without_conditions(other: str) -> None:
    assert seen('"one"', DATE).conditions(Link.parse(other)) == []


def test_neither_its_text_nor_its_looks_give_the_address_away() -> None:
    found = seen('"one"', DATE)

    assert "private" not in found.as_text()
    assert repr(found) == f"Seen(digest='{found.digest}')"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "[" * 100_000,
        "{}",
        json.dumps({"digest": "0" * 64, "etag": None, "modified": None}),
        replace(seen(), digest="0").as_text(),
        seen('"one"').as_text().replace('"\\"one\\""', "1"),
        seen().as_text().replace("digest", "hash"),
        seen().as_text().replace("{", '{"since": null, ', 1),
    ],
    ids=range(11),
)
def test_a_text_of_another_version_is_not_understood(text: str) -> None:
    assert Seen.of_text(text) is None


def test_a_stored_tag_is_trusted_no_more_than_a_sent_one() -> None:
    stored = replace(seen(), etag='"a\r\nX-Other: b"', modified="x" * 257).as_text()

    assert Seen.of_text(stored) == seen()
