"""Mail through a mail server."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import certifi

from notifications.addresses import Address
from notifications.errors import BadChannel, Doubtful, TryLater, Undeliverable
from notifications.message import Message, Receipt, Sender, as_email, message_id
from notifications.refusals import explained
from notifications.server import Tls, parse

__all__ = ["SmtpChannel", "parse"]

_PATIENCE = 20.0  # seconds for each answer
_REFUSALS = 400  # codes from here on; smtplib says -1 of what is none


class SmtpChannel:
    """Hands each mail to one server, over a connection of its own.

    url      where and as whom, see `server.parse`
    sender   who writes
    ca_file  certificates (PEM) trusted besides those of certifi
    clock    tells the mails' Date

    Raises BadChannel if the URL or the certificates cannot be used. If the connection dies
    after the end of a mail and before the server's answer, nobody knows whether it was taken:
    that is Doubtful, and the second mail has the Message-ID of the first.
    """

    def __init__(
        self, url: str, sender: Sender, ca_file: Path | None, clock: Callable[[], datetime]
    ) -> None:
        self._server = parse(url)
        self._sender = sender
        self._clock = clock
        self._trust = None if self._server.tls is Tls.NEVER else _trust(ca_file)

    def __repr__(self) -> str:
        return f"SmtpChannel({self._server!r})"

    def send(self, message: Message) -> Receipt:
        mail = as_email(message, self._sender, self._clock())
        to = Address.parse(message.to_address)
        begun = False
        try:
            with self._session() as session:
                if not to.plain and not session.has_extn("smtputf8"):
                    raise Undeliverable(
                        f"The mail server {self._place} takes only addresses of ASCII letters",
                        remedy="ask the person for another address",
                    )
                options = () if to.plain else ("SMTPUTF8",)
                begun = True
                session.sendmail(str(self._sender.mailbox), [str(to)], mail.as_bytes(), options)
        except (OSError, ValueError) as error:  # smtplib's own are OSErrors
            raise _told(error, self._place, doubtful=begun and not _answered(error)) from None
        return Receipt(message_id(message, self._sender))

    @property
    def _place(self) -> str:
        host = self._server.host
        return f"{f'[{host}]' if ':' in host else host}:{self._server.port}"

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """Connect, encrypt and log in; say goodbye whatever happens.

        smtplib's own context manager fails when the goodbye does: a mail that was taken would
        look refused, and be sent again.
        """
        session = self._connect()
        try:
            if self._server.tls is Tls.STARTTLS:
                session.starttls(context=self._trust)
            session.ehlo_or_helo_if_needed()
            if self._server.user:
                session.login(self._server.user, self._server.password)
            yield session
        finally:
            try:
                session.quit()
            except (OSError, ValueError):
                pass  # what was to be said has been said
            session.close()

    def _connect(self) -> smtplib.SMTP:
        host, port, name = self._server.host, self._server.port, self._sender.mailbox.domain
        if self._server.tls is Tls.AT_ONCE:
            return smtplib.SMTP_SSL(host, port, name, timeout=_PATIENCE, context=self._trust)
        return smtplib.SMTP(host, port, name, timeout=_PATIENCE)


def _answered(error: Exception) -> bool:
    """Whether the server said itself, in words of SMTP, that it does not take the mail."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= _REFUSALS
    return isinstance(error, smtplib.SMTPRecipientsRefused)


def _told(error: Exception, place: str, *, doubtful: bool) -> TryLater | Undeliverable:
    told = explained(error, place)
    if doubtful and isinstance(told, TryLater):
        return Doubtful(told.what, remedy=told.remedy, seconds=told.seconds)
    return told


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    """Return what certificates are checked against, whatever the environment may name."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the host's name, too
    trust.minimum_version = ssl.TLSVersion.TLSv1_2
    trust.load_verify_locations(certifi.where())
    if ca_file is not None:
        try:
            trust.load_verify_locations(ca_file)
        except OSError:  # ssl.SSLError is one
            raise BadChannel(
                f"The certificates in {ca_file} cannot be read",
                remedy="give a file of PEM certificates",
            ) from None
    return trust
