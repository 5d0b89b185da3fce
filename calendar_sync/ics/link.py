"""The address of a calendar. Whoever knows it can read the calendar: it is never shown whole."""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from calendar_sync.errors import Unreadable

_ENCRYPTED = ("https", "webcal", "webcals")  # the last two are how calendars say https
_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")  # read differently by different programs
_KEPT = "/:?&=+,;@!$'()*~%[]"
_USUAL_PORT = 443


@dataclass(frozen=True, slots=True)
class Link:
    """An https address, taken apart; `target` (path and query) and `login` are secrets."""

    host: str
    port: int
    target: str = field(repr=False)
    login: bytes | None = field(repr=False, default=None)  # for this host alone

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address. Raises Unreadable if it is not one we would follow."""
        parts, place = _split(text), shown(text)
        if parts is not None and parts.scheme == "http":
            raise Unreadable(f"{place} is not encrypted", remedy="use its https address")
        if parts is not None and parts.scheme not in _ENCRYPTED:
            raise Unreadable(
                f"{place} is not an https address", remedy="use one that begins with https://"
            )
        host = _host(parts) if parts else None
        if parts is None or host is None:
            raise _incomplete(place)
        path = quote(parts.path or "/", safe=_KEPT)
        query = "?" + quote(parts.query, safe=_KEPT) if parts.query else ""
        return cls(host, parts.port or _USUAL_PORT, path + query, _login(parts))

    def follow(self, location: str) -> Self:
        """Return where a redirect leads. A login goes along to the same host and port only.

        Raises Unreadable if it leads nowhere that we would follow.
        """
        try:
            address = urljoin(f"https://{self.place}{self.target}", location)
        except ValueError:  # of brackets without an end, or letters that become others
            raise _incomplete(f"What {self} leads to") from None
        there = type(self).parse(address)
        same = (there.host, there.port) == (self.host, self.port)
        return type(self)(there.host, there.port, there.target, self.login if same else None)

    @property
    def place(self) -> str:
        """Host and port as an address writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _USUAL_PORT else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"https://{self.place}/..."


def shown(text: str) -> str:
    """Return as much of an address as may be shown: scheme, host and port."""
    parts = _split(text)
    host = _host(parts) if parts else None
    if parts is None or host is None:
        return "The address"
    shown_host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port and parts.port != _USUAL_PORT else ""
    scheme = "https" if parts.scheme in _ENCRYPTED else parts.scheme
    return f"{scheme}://{shown_host}{port}/..."


def _incomplete(place: str) -> Unreadable:
    return Unreadable(f"{place} is not a complete address", remedy="copy it once more")


def _split(text: str) -> SplitResult | None:
    """Return the parts of an address whose port and host are beyond doubt."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        assert parts.port != 0
    except (ValueError, AssertionError):
        return None
    return None if _UNSAFE.search(text) else parts


def _host(parts: SplitResult) -> str | None:
    try:
        host = (parts.hostname or "").encode("idna").decode().lower()
    except UnicodeError:
        return None
    return host if _HOST.fullmatch(host) else None


def _login(parts: SplitResult) -> bytes | None:
    if parts.username is None:
        return None
    words = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return b"Basic " + b64encode(words.encode())
