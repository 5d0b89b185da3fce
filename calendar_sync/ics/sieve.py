"""Lines that tell time. Titles, places and guests go no further than here.

A calendar's text is mostly other things, so this is also what makes reading fast, and what
makes it sturdy: a broken ATTENDEE cannot hurt whoever never looks at it.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import NamedTuple

_TELLS_TIME = re.compile(
    rb"(?:BEGIN|END|UID|SEQUENCE|DTSTAMP|STATUS|TRANSP|X-MICROSOFT-CDO-BUSYSTATUS"
    rb"|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID"
    rb"|FREEBUSY|TZID|TZOFFSETFROM|TZOFFSETTO)[ \t]*(?:[:;]|$)",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """A content line, unfolded, and where it begins (lines counted from 1)."""

    number: int
    text: str


def sieve(data: bytes) -> Iterator[Line]:
    """Yield the lines that tell time or hold the calendar together (RFC 5545 3.1).

    Folds are joined as bytes, because a fold may fall inside a character. Bytes that are not
    UTF-8 survive as they are: two identifiers that differ must not become one.
    """
    begun, parts = 0, list[bytes]()
    for number, raw in enumerate(_plain(data).split(b"\n"), start=1):
        if raw[:1] in (b" ", b"\t"):
            if parts:
                parts.append(raw[1:])
        elif raw:  # a stray blank line ends nothing
            if parts:
                yield _line(begun, parts)
            begun, parts = number, [raw] if _TELLS_TIME.match(raw) else []
    if parts:
        yield _line(begun, parts)


def _plain(data: bytes) -> bytes:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode("utf-8", "surrogatepass")
    return data.removeprefix(BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _line(number: int, parts: list[bytes]) -> Line:
    return Line(number, b"".join(parts).decode("utf-8", "surrogateescape").strip())
