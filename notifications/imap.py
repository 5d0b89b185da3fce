"""A mailbox that answers arrive in, read by IMAP (RFC 3501) over TLS.

A mail is marked as read once it was dealt with, and never before: what was not dealt with is
found again. What cannot be dealt with is flagged as well, so that a person can find it.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import certifi

from notifications.errors import BadChannel, TryLater

LARGEST = 300_000  # bytes; what is larger is no answer, and is not fetched
_PATIENCE = 20.0  # seconds for each answer
_AGAIN = 60.0
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,10})(?!\d)")
_SECURE, _PLAIN = 993, 143
_Said = bytes | tuple[bytes, ...] | None  # a line, or one with the literal after it
_EXAMPLE = "write it like imaps://user:password@mail.example.org/INBOX"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mails arrive, and who may read them.

    secure  whether the connection is encrypted; only to this machine it need not be
    """

    host: str
    port: int
    secure: bool
    user: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"


def parse(url: str) -> Mailbox:
    """Read an IMAP URL. Raises BadChannel with a sentence that repeats nothing of it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadChannel("The IMAP URL has no port that could be one", remedy=_EXAMPLE) from None
    host, secure = parts.hostname or "", parts.scheme == "imaps"
    if parts.scheme not in ("imap", "imaps") or not host or port == 0:
        raise BadChannel("The IMAP URL does not name a mail server", remedy=_EXAMPLE)
    if not secure and not _is_here(host):
        raise BadChannel(
            "The IMAP URL would send the password unencrypted", remedy="begin with imaps://"
        )
    user, password, folder = _words(parts)
    usual = _SECURE if secure else _PLAIN
    return Mailbox(host, port or usual, secure, user, password, folder or "INBOX")


def _words(parts: SplitResult) -> tuple[str, str, str]:
    said = (parts.username or "", parts.password or "", parts.path.strip("/"))
    user, password, folder = (unquote(each) for each in said)
    plain = all(each.isascii() and each.isprintable() for each in (user, password, folder))
    if not (user and password and plain) or parts.query or parts.fragment:
        raise BadChannel("The IMAP URL does not say who reads the mails", remedy=_EXAMPLE)
    return user, password, folder


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Letters:
    """The mails of an open mailbox that nobody has dealt with."""

    def __init__(self, session: imaplib.IMAP4) -> None:
        self._session = session

    def waiting(self, most: int) -> list[str]:
        """Return the ids of some, the oldest first."""
        found = self._asked("SEARCH", "UNSEEN", "UNFLAGGED")
        return [each.decode() for each in _line(found[0]).split() if each.isdigit()][:most]

    def fetch(self, letter: str) -> bytes | None:
        """Return a mail; None: it is gone, or larger than any answer. It stays unread."""
        sizes = self._asked("FETCH", letter, "(RFC822.SIZE)")
        size = next((found for each in sizes if (found := _SIZE.search(_line(each)))), None)
        if size is None or int(size[1]) > LARGEST:
            return None
        told = self._asked("FETCH", letter, "(BODY.PEEK[])")
        return next((each[1] for each in told if isinstance(each, tuple)), None)

    def done(self, letter: str) -> None:
        """Mark a mail as read."""
        self._asked("STORE", letter, "+FLAGS", r"(\Seen)")

    def set_aside(self, letter: str) -> None:
        """Mark a mail as read, and flag it for a person."""
        self._asked("STORE", letter, "+FLAGS", r"(\Seen \Flagged)")

    def _asked(self, *words: str) -> Sequence[_Said]:
        """Ask for something of mails by their ids."""
        try:
            return _ok(self._session.uid(*words))
        except (ValueError, OverflowError, MemoryError):  # it counts as no server would
            raise imaplib.IMAP4.error("an answer that nobody can read") from None


@contextmanager
def opened(mailbox: Mailbox, ca_file: Path | None) -> Iterator[Letters]:
    """Open a mailbox. Raises TryLater while it cannot be read; nothing is lost by that.

    ca_file  certificates (PEM) trusted besides those of certifi
    """
    try:
        session = _connected(mailbox, ca_file)
        try:
            session.login(mailbox.user, mailbox.password)
            _ok(session.select(f'"{mailbox.folder}"'))
            yield Letters(session)
        finally:
            _leave(session)
    except (OSError, imaplib.IMAP4.error) as error:
        raise TryLater(
            f"The mailbox at {mailbox.host} cannot be read ({type(error).__name__})",
            remedy="check COMMONHOUR_IMAP_URL; it is tried again by itself",
            seconds=_AGAIN,
        ) from None  # its words may repeat the password


def _connected(mailbox: Mailbox, ca_file: Path | None) -> imaplib.IMAP4:
    if not mailbox.secure:
        return imaplib.IMAP4(mailbox.host, mailbox.port, timeout=_PATIENCE)
    trust = ssl.create_default_context(cafile=certifi.where())
    if ca_file is not None:
        trust.load_verify_locations(ca_file)
    return imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=trust, timeout=_PATIENCE)


def _leave(session: imaplib.IMAP4) -> None:
    try:
        session.logout()
    except (OSError, imaplib.IMAP4.error):
        with suppress(OSError):  # it may have ended already
            session.shutdown()


def _ok(answer: tuple[str, Sequence[_Said]]) -> Sequence[_Said]:
    """Return what a server answered, unless it refused."""
    word, said = answer
    if word != "OK":
        raise imaplib.IMAP4.error(word)
    return said


def _line(said: _Said) -> bytes:
    return said[0] if isinstance(said, tuple) else said or b""
