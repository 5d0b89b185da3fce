"""Header fields in their final form.

`email` parses what it is given, decoding encoded words, and folds it anew. In Python 3.11.7 an
encoded newline in a subject comes out as a line of the header, and a long name without its quotes,
as a second recipient. So the fields that hold other people's text are written here, and `email`
only puts them down.
"""

import re
from email.header import Header
from email.policy import Policy
from typing import Any, Self

from notifications.addresses import Address
from notifications.lines import one_line

_MOST = 200  # characters of a subject or a name; a title of ten pages is nobody's title
_ROOM = 60  # in a line; longer text is folded, and only encoded words fold beyond doubt
_PRINTABLE = re.compile(r"[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9 '_-]*")


class Field(str):
    """A header field as `email` stores one: reads as its text, is sent as it was written.

    `email` knows a field that needs no parsing by its `name`, and lets it `fold` itself.
    """

    __slots__ = ("name", "written")

    name: str
    written: str

    def __new__(cls, name: str, text: str, written: str) -> Self:
        field = super().__new__(cls, text)
        field.name = name
        field.written = written
        return field

    def fold(self, *, policy: "Policy[Any]") -> str:
        """Return the whole field, as it goes into a message."""
        lines = self.written.split("\n")
        return f"{self.name}: {policy.linesep.join(lines)}{policy.linesep}"


def subject(text: str) -> Field:
    """Write a subject. It is one line, whatever the text holds."""
    line = one_line(text, _MOST)
    written = line if _is_plain(line) else _encoded("Subject", line)
    return Field("Subject", line, written)


def mailbox(field: str, name: str, address: Address) -> Field:
    """Write one person into a field. It is one mailbox, whatever the name holds."""
    line = one_line(name, _MOST)
    if not line:
        return Field(field, str(address), str(address))
    phrase = _phrase(field, line)
    begun = len(phrase.rpartition("\n")[2])  # of the last line; the address may need one more
    between = " " if begun + len(str(address)) < _ROOM else "\n "
    return Field(field, f"{line} <{address}>", f"{phrase}{between}<{address}>")


def _phrase(field: str, line: str) -> str:
    if not _is_plain(line) or '"' in line or "\\" in line:
        return _encoded(field, line)
    return line if _ATOMS.fullmatch(line) else f'"{line}"'


def _is_plain(line: str) -> bool:
    return len(line) <= _ROOM and bool(_PRINTABLE.fullmatch(line)) and "=?" not in line


def _encoded(field: str, line: str) -> str:
    return Header(line, "utf-8", header_name=field).encode()
