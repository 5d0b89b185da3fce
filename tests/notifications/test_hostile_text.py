"""No name, title or address breaks out of its place (P39)."""

from collections.abc import Iterator
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, compat32, default
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notifications import compose
from notifications.errors import Undeliverable
from notifications.lines import one_line
from notifications.message import Message, Sender, as_email
from notifications.smtp import SmtpChannel
from tests.notifications.builders import (
    FIELDS,
    LINK,
    NASTY,
    NOON,
    SENDER,
    Tags,
    a_message,
    an_invitation,
    at_noon,
    hostile,
)
from tests.notifications.mail_servers import Script, a_script

AT_EASE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PLAIN = Tags(an_invitation().html)


@pytest.fixture(scope="module")
def script() -> Iterator[Script]:
    with a_script() as running:
        yield running


def sent(script: Script, message: Message) -> tuple[list[str], bytes]:
    """Send by SMTP; return the commands and the raw mail."""
    script.play()
    SmtpChannel(f"smtp://127.0.0.1:{script.port}", SENDER, None, at_noon).send(message)
    [mail] = script.taken
    return script.commands, mail


def field_names(mail: bytes) -> list[str]:
    header = mail.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return [line.split(b":")[0].decode() for line in header if line[:1] != b" "]


@AT_EASE
@given(name=hostile(), subject=hostile(), text=hostile(), html=hostile())
def test_a_mail_has_one_recipient_and_its_own_fields_only(
    script: Script, name: str, subject: str, text: str, html: str
) -> None:
    commands, mail = sent(script, a_message(to_name=name, subject=subject, text=text, html=html))

    assert [line.split()[0] for line in commands] == ["ehlo", "mail", "rcpt", "data", "quit"]
    assert commands[2] == "rcpt TO:<ada@example.org>"
    assert sorted(field_names(mail)) == sorted(FIELDS)
    assert all(len(line) <= 998 for line in mail.split(b"\r\n"))
    assert b"\r" not in mail.replace(b"\r\n", b"")
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert mail.isascii()
    assert b"\0" not in mail


@pytest.mark.parametrize("nasty", NASTY)
def test_each_known_trick_is_only_text(script: Script, nasty: str) -> None:
    tricked = f"Ada{nasty}Lovelace"
    _, mail = sent(script, a_message(to_name=tricked, subject=tricked))

    assert sorted(field_names(mail)) == sorted(FIELDS)
    assert as_read(mail) == (one_line(tricked, 200),) * 2


def as_read(mail: bytes) -> tuple[str, str]:
    """Name and subject, as the parser that reads encoded words last and once sees them."""
    parsed = message_from_bytes(mail, policy=compat32)
    name = parsed["To"].replace("\r\n", "").rpartition("<")[0].strip()
    if name.startswith('"'):
        name = name[1:-1]
    return str(make_header(decode_header(name))), str(make_header(decode_header(parsed["Subject"])))


@AT_EASE
@given(name=hostile())
def test_another_parser_sees_one_mailbox_too(name: str) -> None:
    mail = as_email(a_message(to_name=name), SENDER, NOON).as_bytes()
    read = message_from_bytes(mail, EmailMessage, policy=default)

    assert [each.addr_spec for each in read["To"].addresses] == ["ada@example.org"]
    assert [each.addr_spec for each in read["From"].addresses] == ["hello@commonhour.example"]


@AT_EASE
@given(name=hostile(), subject=hostile())
def test_writing_a_mail_anew_changes_nothing(name: str, subject: str) -> None:
    mail = as_email(a_message(to_name=name, subject=subject), SENDER, NOON)

    read = message_from_string(mail.as_string(), EmailMessage, policy=SMTP)

    assert sorted(read.keys()) == sorted(FIELDS)


@AT_EASE
@given(
    address=st.one_of(
        hostile(),
        hostile(2).map(lambda text: f"ada{text}@example.org"),
        hostile(2).map(lambda text: f"ada@exa{text}mple.org"),
    )
)
@example("ada%0d%0a@example.org")
@example("ada@example.org%0d%0aRCPT TO:<eve@evil.example>")
@example("=?utf-8?q?eve=40evil.example=3e?=@example.org")
@example("eve%evil.example@example.org")
@example("evil.example!eve@example.org")
@example('"eve@evil.example>,"@example.org')
@example("@evil.example:ada@example.org")
@example("ada@example.org\u2028")
@example("ada@exam\u00adple.org")
@example("ada@example。org")
@example("ada@straße.example")
def test_an_address_is_one_recipient_or_none(address: str) -> None:
    refused: list[str] = []
    mail = EmailMessage()
    try:
        mail = as_email(a_message(to_address=address), SENDER, NOON)
    except Undeliverable as error:
        refused = [str(error)]

    if refused:
        assert refused[0].isascii()
        assert refused[0].isprintable()
        return
    [line] = [field for field in mail.as_bytes().decode().split("\r\n") if field.startswith("To:")]
    assert line.count("@") == 1
    assert sorted(mail.keys()) == sorted(FIELDS)


@AT_EASE
@given(name=hostile(), title=hostile(), inviter=hostile())
def test_names_and_titles_add_no_tags_and_no_links(name: str, title: str, inviter: str) -> None:
    message = an_invitation(to_name=name or "x", group_title=title, invited_by=inviter)

    read = Tags(message.html)
    assert read.tags == PLAIN.tags
    assert read.links == [LINK, LINK]


class Comments(HTMLParser):
    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        assert decl == "doctype html"

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


@AT_EASE
@given(name=hostile(), title=hostile(), inviter=hostile())
def test_names_and_titles_add_no_lines_to_the_text(name: str, title: str, inviter: str) -> None:
    message = an_invitation(to_name=name, group_title=title, invited_by=inviter)

    Comments().feed(message.html)
    assert len(message.text.splitlines()) == len(an_invitation().text.splitlines())
    assert [line for line in message.text.splitlines() if line.startswith("http")] == [LINK]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://x.example/ y", 'https://x"y', "https://x\n", "//x", ""]
)
def test_a_link_that_is_none_is_a_mistake_that_is_not_repeated(link: str) -> None:
    with pytest.raises(ValueError, match=r"^no link for a mail$"):
        compose.sign_in(key="1", to_name="", to_address="ada@example.org", link=link, minutes=5)


@pytest.mark.parametrize("key", ["", "a b", "a@b", "a/b", "..", "a\n", "x" * 65, "é"])
def test_a_key_that_would_not_fit_into_a_message_id_is_a_mistake(key: str) -> None:
    with pytest.raises(ValueError, match="no key for a message"):
        a_message(key=key)


@AT_EASE
@given(name=hostile())
def test_the_senders_name_is_one_mailbox_as_well(name: str) -> None:
    mail = as_email(a_message(), Sender("hello@example.org", name), NOON)

    assert sorted(mail.keys()) == sorted(FIELDS)
    assert mail.as_bytes().decode().split("\r\nTo:")[0].count("hello@example.org") == 1
