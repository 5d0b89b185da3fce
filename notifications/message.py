"""A message, what carries it, and the mail it becomes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Protocol

from notifications import headers
from notifications.addresses import Address
from notifications.enclosed import Enclosed, enclose
from notifications.errors import BadChannel, Undeliverable
from notifications.lines import body

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")  # fit for a Message-ID and for the name of a file


@dataclass(frozen=True, slots=True)
class Message:
    """What to say to whom. `text` and `html` say the same; they hold links that are secrets.

    `key` is its name, fixed before the first try. Whoever tries again uses the same key, and the
    recipient's mail program sees that both are one mail.
    """

    key: str
    to_name: str
    to_address: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    enclosed: Enclosed | None = None

    def __post_init__(self) -> None:
        thread = self.enclosed.thread if self.enclosed else ""
        for key in (self.key, thread or self.key):
            if not _KEY.fullmatch(key):
                raise ValueError(f"no key for a message: {key!r}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message is in other hands now, under this Message-ID."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes. Raises BadChannel if nobody can write from that address."""

    address: str
    name: str = "Common Hour"

    def __post_init__(self) -> None:
        try:
            plain = self.mailbox.plain
        except Undeliverable:
            plain = False
        if not plain:
            raise BadChannel(
                f"{self.address!a} cannot be the address that mails come from",
                remedy="give a plain address of your own domain, like hello@example.org",
            )

    @property
    def mailbox(self) -> Address:
        """The address as it is written on the way; its domain vouches for the Message-IDs."""
        return Address.parse(self.address)


class Channel(Protocol):
    """A way to people."""

    def send(self, message: Message) -> Receipt:
        """Hand the message on, once per key as far as the channel can tell.

        Raises Undeliverable when it can never arrive, and TryLater when it may later; nothing
        of the channel's library passes this line.
        """


def message_id(message: Message, sender: Sender) -> str:
    """Return the Message-ID: the same for every try."""
    return _identity(message.key, sender)


def _identity(key: str, sender: Sender) -> str:
    return f"<{key}@{sender.mailbox.domain}>"


def as_email(message: Message, sender: Sender, now: datetime) -> EmailMessage:
    """Write the message as a mail. Raises Undeliverable if the address cannot be one.

    now  becomes its Date; it must know its zone

    The body is quoted-printable, so that every server can carry it; only an address with
    letters beyond ASCII needs a server with SMTPUTF8.
    """
    to = Address.parse(message.to_address)
    mail = EmailMessage(policy=SMTP if to.plain else SMTPUTF8)
    mail["From"] = _from(message, sender)
    mail["To"] = headers.mailbox("To", message.to_name, to)
    mail["Subject"] = headers.subject(message.subject)
    mail["Date"] = format_datetime(now.astimezone(UTC))
    for name, identity in _identities(message, sender):
        mail[name] = headers.Field(name, identity, identity)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    mail.set_content(body(message.text), charset="utf-8", cte="quoted-printable")
    mail.add_alternative(
        body(message.html), subtype="html", charset="utf-8", cte="quoted-printable"
    )
    if message.enclosed:
        enclose(mail, message.enclosed)
    mail["Content-Language"] = "en"  # last: Content- fields given earlier belong to the first part
    return mail


def _from(message: Message, sender: Sender) -> headers.Field:
    if message.enclosed:
        return headers.mailbox("From", message.enclosed.name, message.enclosed.organizer)
    return headers.mailbox("From", sender.name, sender.mailbox)


def _identities(message: Message, sender: Sender) -> Iterator[tuple[str, str]]:
    """Yield the fields that name the mail, and the one whose thread it belongs to."""
    yield "Message-ID", message_id(message, sender)
    thread = message.enclosed.thread if message.enclosed else ""
    if thread and thread != message.key:
        yield "In-Reply-To", _identity(thread, sender)
        yield "References", _identity(thread, sender)
