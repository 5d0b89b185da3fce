"""What every channel promises, whatever it is made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from notifications.addresses import Address
from notifications.copies import CopyingChannel
from notifications.enclosed import Enclosed
from notifications.errors import Undeliverable
from notifications.memory import MemoryChannel
from notifications.message import Channel, Receipt
from notifications.outbox import OutboxChannel, read
from notifications.smtp import SmtpChannel
from tests.notifications.builders import SENDER, a_message, an_invitation, at_noon
from tests.notifications.mail_servers import MailServer, a_mail_server


@dataclass(frozen=True)
class Way:
    """A channel, and how to see what arrived: address, subject and text of each mail."""

    channel: Channel
    arrived: Callable[[], list[tuple[str, str, str]]]


@pytest.fixture(scope="module")
def running() -> Iterator[MailServer]:
    with a_mail_server() as server:
        yield server


@pytest.fixture(params=["memory", "outbox", "smtp"])
def way(request: pytest.FixtureRequest, tmp_path: Path, running: MailServer) -> Way:
    if request.param == "memory":
        memory = MemoryChannel(SENDER)
        return Way(memory, lambda: [(m.to_address, m.subject, m.text) for m in memory.messages])
    if request.param == "outbox":
        folder = tmp_path / "outbox"
        return Way(
            OutboxChannel(folder, SENDER, at_noon),
            lambda: [(kept.to, kept.subject, kept.text) for kept in reversed(read(folder))],
        )
    running.taken.clear()
    url = f"smtp://127.0.0.1:{running.port}"
    return Way(SmtpChannel(url, SENDER, None, at_noon), lambda: [*map(_seen, _once_each(running))])


def _once_each(server: MailServer) -> list[EmailMessage]:
    """The mails as a mail program shows them: one of those with the same Message-ID."""
    mails = [
        message_from_string(mail.data.decode(), EmailMessage, policy=default)
        for mail in server.taken
    ]
    return list({str(mail["Message-ID"]): mail for mail in mails}.values())


def _seen(mail: EmailMessage) -> tuple[str, str, str]:
    text = mail.get_body(("plain",))
    assert text is not None
    return (
        mail["To"].addresses[0].addr_spec,
        mail["Subject"],
        text.get_content().replace("\r\n", "\n"),
    )


def test_a_message_arrives_as_it_was_written(way: Way) -> None:
    message = an_invitation(to_name="Åsa Öberg", group_title="Kardiologie für alle")

    way.channel.send(message)

    assert way.arrived() == [(message.to_address, message.subject, message.text)]


def test_the_receipt_names_the_message_by_its_key(way: Way) -> None:
    receipt = way.channel.send(a_message(key="5e1f"))

    assert receipt == Receipt("<5e1f@commonhour.example>")


def test_the_same_key_twice_is_one_message_with_the_same_receipt(way: Way) -> None:
    assert way.channel.send(a_message()) == way.channel.send(a_message())

    assert len(way.arrived()) == 1


def test_messages_arrive_one_by_one(way: Way) -> None:
    for key, name in (("1", "ada"), ("2", "ben"), ("3", "cleo")):
        way.channel.send(a_message(key=key, to_address=f"{name}@example.org"))

    assert [to for to, _, _ in way.arrived()] == [
        "ada@example.org",
        "ben@example.org",
        "cleo@example.org",
    ]


def test_an_address_with_letters_beyond_ascii_is_reached(way: Way) -> None:
    way.channel.send(a_message(to_address="jürgen@example.org"))

    assert [to for to, _, _ in way.arrived()] == ["jürgen@example.org"]


@pytest.mark.parametrize("address", ["", "ada", "ada@example.org, eve@evil.example", "a\r\n@b.org"])
def test_what_cannot_be_an_address_is_never_tried(way: Way, address: str) -> None:
    with pytest.raises(Undeliverable, match="cannot be a mail address: correct it"):
        way.channel.send(a_message(to_address=address))

    assert way.arrived() == []


def test_a_line_with_a_single_dot_ends_no_message(way: Way) -> None:
    text = "one\n.\ntwo\n..\n.three\n"

    way.channel.send(a_message(text=text))

    assert [said for _, _, said in way.arrived()] == [text]


def test_what_is_kept_is_handed_on_only_where_it_invites() -> None:
    kept, on = MemoryChannel(SENDER), MemoryChannel(SENDER)
    enclosed = Enclosed("REQUEST", "BEGIN:VCALENDAR", Address.parse("hours@example.org"))
    copying = CopyingChannel(kept, on)

    for message in (a_message(key="a"), a_message(key="b", enclosed=enclosed)):
        copying.send(message)

    assert [each.key for each in kept.messages] == ["a", "b"]
    assert [each.key for each in on.messages] == ["b"]
