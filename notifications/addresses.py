"""Mail addresses: what can be one, and how it is written on the way."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Self

from notifications.errors import Undeliverable

_MOST = 254  # RFC 5321: what fits between the brackets of RCPT TO
_MOST_LOCAL = 64
# Without "%" and "!": old mail systems read them as a route to somebody else.
_ATOM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#$&'*+-/=?^_`{|}~")
_LETTERS = ("L", "M", "N")  # categories: letter, mark, number
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z]){_LABEL}|localhost")


@dataclass(frozen=True, slots=True)
class Address:
    """An address that mail can be sent to; its domain in ASCII and lower case."""

    local: str
    domain: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address. Raises Undeliverable if it cannot be one, or not beyond doubt."""
        local, _, domain = text.rpartition("@")
        written = _written(domain) if len(text) <= _MOST else None
        if written is None or not _is_local(local) or len(f"{local}@{written}".encode()) > _MOST:
            shown = ascii(text if len(text) <= 80 else text[:79] + "…")
            raise Undeliverable(f"{shown} cannot be a mail address", remedy="correct it")
        return cls(local, written)

    @property
    def plain(self) -> bool:
        """Whether every mail server can take it; the others must offer SMTPUTF8."""
        return self.local.isascii()

    @property
    def identity(self) -> str:
        """What two spellings of one address have in common."""
        return unicodedata.normalize("NFC", self.local).casefold() + "@" + self.domain

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def _is_local(text: str) -> bool:
    """Say whether the part before the @ is one, quoted ones apart: those hide separators."""
    atoms = text.split(".")
    return (
        all(atom and all(map(_may_stand, atom)) for atom in atoms)
        and "=?" not in text  # would begin an encoded word in a header
        and len(text.encode()) <= _MOST_LOCAL
    )


def _may_stand(character: str) -> bool:
    if character.isascii():
        return character in _ATOM
    return unicodedata.category(character).startswith(_LETTERS)


def _written(domain: str) -> str | None:
    """Return the domain in ASCII, or None if it is none.

    The codec follows IDNA 2003, which makes "straße" another domain, "strasse"; a mail must
    not go to a stranger, so a domain is taken only if it survives the way back.
    """
    try:
        written = domain.encode("idna").decode().lower()
        back = written.encode().decode("idna")
    except UnicodeError:
        return None
    same = domain.lower() in (written, back)
    return written if same and _DOMAIN.fullmatch(written) else None
