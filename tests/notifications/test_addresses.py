"""Which texts are addresses, and how they are written on the way."""

import pytest

from notifications.addresses import Address
from notifications.errors import BadChannel, Undeliverable
from notifications.message import Sender


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ada@example.org", "ada@example.org"),
        ("Ada.Lovelace+circle@Med.Example.ORG", "Ada.Lovelace+circle@med.example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("jürgen@example.org", "jürgen@example.org"),
        ("学@example.org", "学@example.org"),
        ("ada@localhost", "ada@localhost"),
        ("a@" + "b" * 63 + ".example", "a@" + "b" * 63 + ".example"),
    ],
)
def test_these_are_addresses(text: str, written: str) -> None:
    assert str(Address.parse(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "@example.org",
        "ada@",
        "ada@hospital",
        "ada@@example.org",
        "ada..x@example.org",
        ".ada@example.org",
        "ada.@example.org",
        " ada@example.org",
        "ada@example.org ",
        "ada b@example.org",
        "Ada <ada@example.org>",
        "ada@example..org",
        "ada@-example.org",
        "ada@example.org.",
        "ada@127.0.0.1",
        "ada@[127.0.0.1]",
        "ada@exa_mple.org",
        "ada@straße.example",  # IDNA 2003 would write to strasse.example
        "\ud800@example.org",
        "ada@\ud800.org",
        "a" * 65 + "@example.org",
        "ü" * 33 + "@example.org",
        "a@" + "b" * 64 + ".example",
        "a@" + "b." * 130 + "example",
        "a" * 1_000_000 + "@example.org",
    ],
)
def test_these_are_none(text: str) -> None:
    with pytest.raises(Undeliverable) as refusal:
        Address.parse(text)

    assert len(str(refusal.value)) < 1200


def test_two_spellings_are_one_person() -> None:
    assert Address.parse("ADA@Example.org").identity == Address.parse("ada@example.ORG").identity


@pytest.mark.parametrize("text", ["", "nobody", "jürgen@example.org", "a@example.org\r\nBcc: x"])
def test_a_sender_needs_a_plain_address(text: str) -> None:
    with pytest.raises(BadChannel, match="cannot be the address that mails come from"):
        Sender(text)


def test_a_senders_domain_vouches_for_message_ids_in_ascii() -> None:
    assert Sender("hello@bücher.example").mailbox.domain == "xn--bcher-kva.example"
