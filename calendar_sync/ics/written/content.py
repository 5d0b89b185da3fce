"""Content lines (RFC 5545 3.1) and the components they make up, as bytes.

No text from outside reaches a line but by `text`, so that a title changes no structure.
"""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeAlias

Component: TypeAlias = list[str]  # unfolded content lines, BEGIN and END among them

PRODUCT = "-//Common Hour//commonhour//EN"
_OCTETS = 75  # of a line, without its end
_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,"})


def text(value: str) -> str:
    """Write a TEXT of one line (3.3.11).

    Line breaks of whatever kind and control characters become spaces. What UTF-8 cannot write
    (half of a surrogate pair, which JSON may hold) becomes a question mark.
    """
    known = value.encode(errors="replace").decode()
    words = "".join(" " if unicodedata.category(each) == "Cc" else each for each in known)
    return " ".join(words.split()).translate(_ESCAPES)


def stamp(wall: datetime) -> str:
    """Write the reading of a clock (3.3.5, form #1), to the second."""
    return wall.replace(tzinfo=None).isoformat(timespec="seconds").translate({45: None, 58: None})


def day(value: date) -> str:
    """Write a DATE (3.3.4)."""
    return value.isoformat().replace("-", "")


def component(kind: str, lines: Iterable[str]) -> Component:
    """Put lines, and components within, between BEGIN and END."""
    return [f"BEGIN:{kind}", *lines, f"END:{kind}"]


def calendar(components: Iterable[Component]) -> bytes:
    """Write a calendar to be loaded, not answered (3.4; METHOD:PUBLISH, RFC 5546 3.2.1)."""
    head = ["VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    inside = [line for each in components for line in each]
    return b"".join(map(_folded, component("VCALENDAR", [*head, *inside])))


def _folded(line: str) -> bytes:
    """Break a line where it grows too long, never inside a character (3.1)."""
    rows = [b""]
    for each in line:
        octets = each.encode()
        if len(rows[-1]) + len(octets) > _OCTETS:
            rows.append(b" ")
        rows[-1] += octets
    return b"\r\n".join(rows) + b"\r\n"
