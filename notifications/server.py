"""The mail server's address. It holds a password: no sentence about it repeats any of it."""

import re
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from notifications.errors import BadChannel

_UNSAFE = re.compile(r"[^!-~]|\\")  # left out or read differently by different programs
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\.?")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_EXAMPLE = "write it like smtp://user:password@mail.example.org:587?starttls=1"


class Tls(Enum):
    """When the connection is encrypted; each value is the usual port."""

    NEVER = 25
    STARTTLS = 587
    AT_ONCE = 465


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails are handed in, and as whom. User and password are both secrets.

    At some providers the user is the key as well.
    """

    host: str
    port: int
    tls: Tls
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def parse(url: str) -> Server:
    """Read an SMTP URL. Raises BadChannel with a sentence that repeats nothing of it.

    A part in the wrong place may be half of a password with a "/" or an "@" in it.
    Mail to another machine is encrypted unless `starttls=0` says otherwise.
    """
    parts = _split(url)
    host = _host(parts)
    tls = _tls(parts, host)
    user, password = _login(parts)
    if user and tls is Tls.NEVER and not _is_here(host):
        raise BadChannel(
            "The SMTP URL would send the password unencrypted",
            remedy="replace starttls=0 by starttls=1, or begin with smtps://",
        )
    return Server(host, parts.port or tls.value, tls, user, password)


def _split(url: str) -> SplitResult:
    if _UNSAFE.search(url):
        raise BadChannel(
            "The SMTP URL holds a space or another character that no URL may hold",
            remedy="write such characters of the user and the password as %20 and so on",
        )
    if not url.lower().startswith(("smtp://", "smtps://")):
        raise BadChannel("The SMTP URL does not begin with smtp:// or smtps://", remedy=_EXAMPLE)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its words repeat what stands where the port should
        parts, port = None, None
    if parts is None or port == 0:
        raise BadChannel(
            "The SMTP URL has no port between 1 and 65535 after its host",
            remedy="correct it, and write / as %2F, @ as %40, # as %23 and ? as %3F in a password",
        )
    if parts.path not in ("", "/") or parts.fragment:
        raise BadChannel(
            "The SMTP URL has something after its host that does not belong there",
            remedy="remove it, or write / as %2F, # as %23 and ? as %3F in the password",
        )
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    if not _NAME.fullmatch(host) and not _is_ip(host):
        raise BadChannel("The SMTP URL has no host that could be a mail server", remedy=_EXAMPLE)
    return host


def _tls(parts: SplitResult, host: str) -> Tls:
    query = parse_qsl(parts.query, keep_blank_values=True)
    if query and query not in ([("starttls", "0")], [("starttls", "1")]):
        raise BadChannel(
            "The SMTP URL may have starttls=1 or starttls=0 after its question mark, and has not",
            remedy="remove the rest, or write ? as %3F in the password",
        )
    if parts.scheme == "smtps":
        if query:
            raise BadChannel(
                "The SMTP URL says smtps, which is encrypted from the start, and starttls",
                remedy="remove starttls, or begin with smtp://",
            )
        return Tls.AT_ONCE
    wanted = query[0][1] == "1" if query else not _is_here(host)
    return Tls.STARTTLS if wanted else Tls.NEVER


def _login(parts: SplitResult) -> tuple[str, str]:
    user, password = _decoded(parts.username), _decoded(parts.password)
    if bool(user) != bool(password) or (parts.username is not None and not user):
        raise BadChannel("The SMTP URL has only one of user and password", remedy=_EXAMPLE)
    return user, password


def _decoded(text: str | None) -> str:
    """Decode %40 and the like; smtplib can only log in with ASCII."""
    text = text or ""
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        plain = "\ufffd"
    if _BROKEN_ESCAPE.search(text):
        raise BadChannel(
            "The SMTP URL has a percent sign in its user or password that encodes nothing",
            remedy="write it as %25",
        )
    if not plain.isascii() or (plain and not plain.isprintable()):
        raise BadChannel(
            "The SMTP URL has a user or password with characters beyond printable ASCII",
            remedy="choose another at the mail server",
        )
    return plain


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host  # a zone belongs to one machine's network cards


def _is_here(host: str) -> bool:
    """Say whether the host is this machine."""
    return host == "localhost" or (_is_ip(host) and ip_address(host).is_loopback)
