"""What we remember of a calendar at an address, so as to ask only for news (RFC 9110 13)."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Self

from calendar_sync import hostclock
from calendar_sync.ics.link import Link

_PLAIN = re.compile(r"(?=.{1,256}\Z)[!-~]([ -~]*[!-~])?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TICK = 1.0  # seconds; Last-Modified tells no two changes within one apart


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of an address the last time: enough to ask whether it has changed since.

    The host's own words may hold anything: they are kept as secret as the address.
    """

    digest: str  # SHA-256 of the bytes, hex
    etag: str | None = field(repr=False)
    modified: str | None = field(repr=False)  # Last-Modified as the host wrote it
    link: str | None = field(repr=False, default=None)  # SHA-256 of the address that said so, hex

    @classmethod
    def of(cls, data: bytes, link: Link, headers: Mapping[bytes, str], now: float) -> Self:
        """Return what is to be remembered of an answer, given by its host at `now`."""
        return cls(
            sha256(data).hexdigest(),
            _tag(headers.get(b"etag")),
            _settled(headers.get(b"last-modified"), now),
            _mark(link),
        )

    def conditions(self, link: Link) -> list[tuple[bytes, bytes]]:
        """Return the headers that ask for news only; none where there is nothing to compare.

        They are no credentials, but mean something at their own address alone: elsewhere, an
        equal tag or a later date would make a calendar we never saw look unchanged. So where a
        redirect leads to a new address, they are not sent.
        """
        if self.link != _mark(link):
            return []
        named = ((b"If-None-Match", self.etag), (b"If-Modified-Since", self.modified))
        return [(name, value.encode()) for name, value in named if value is not None]

    def as_text(self) -> str:
        """Return this as JSON, for `of_text`."""
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> Self | None:
        """Return what `as_text` wrote, or None if it is not understood: another version's."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(found, dict) or set(found) != {"digest", "etag", "modified", "link"}:
            return None
        if not all(value is None or isinstance(value, str) for value in found.values()):
            return None
        if not _DIGEST.fullmatch(found["digest"] or ""):
            return None
        return cls(found["digest"], _tag(found["etag"]), _plain(found["modified"]), found["link"])


def _mark(link: Link) -> str:
    """Return a name for an address that does not give it away."""
    return sha256(f"{link.place}{link.target}".encode()).hexdigest()


def _plain(text: str | None) -> str | None:
    """Return a header's value if it is short, printable ASCII: what can be sent back safely."""
    return text if text is not None and _PLAIN.fullmatch(text) else None


def _tag(text: str | None) -> str | None:
    """Return an entity tag that is fit to be sent back; "*" would match whatever is there."""
    return None if text == "*" else _plain(text)


def _settled(text: str | None, now: float) -> str | None:
    """Return a Last-Modified unless more may yet change within its own second."""
    changed = hostclock.moment(text or "")
    return _plain(text) if changed is not None and changed <= now - _TICK else None
