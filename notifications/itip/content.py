"""Content lines of iCalendar (RFC 5545, 3.1): to write what no reader takes apart otherwise.

Titles and names come from other people. They become one line before they are escaped; what is
left of a break in a longer text is the two characters that stand for one.
"""

from collections.abc import Iterable
from urllib.parse import quote

from notifications.addresses import Address
from notifications.lines import body, one_line

_MOST = 200  # characters of a title, a place or a name
_OCTETS = 75
_AS_THEY_ARE = "!$'*+-._~@"  # RFC 6068, section 2: the others are written as %xx


def text(value: str) -> str:
    """Write a title or a place as a TEXT of one line (RFC 5545, 3.3.11)."""
    return _escaped(one_line(value, _MOST))


def paragraphs(value: str) -> str:
    """Write a longer text. Whatever ends a line anywhere is a break, and no more than that."""
    return _escaped(body("\n".join(value.splitlines())).rstrip("\n"))


def name(value: str) -> str:
    """Write a person's name as the parameter CN, or as nothing.

    A parameter cannot hold a quotation mark; readers who know RFC 6868 give "^" a meaning, and
    some read "%2C" as a comma.
    """
    line = one_line(value, _MOST).replace('"', "'").replace("^", "").replace("%", "")
    return f';CN="{line}"' if line else ""


def mailto(address: Address) -> str:
    """Write an address as a CAL-ADDRESS (RFC 5545, 3.3.3)."""
    return "mailto:" + quote(str(address), safe=_AS_THEY_ARE)


def written(lines: Iterable[str]) -> str:
    """Return the lines as they go into a file: folded, each ended by CRLF."""
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(value: str) -> str:
    for character in ("\\", ";", ","):
        value = value.replace(character, f"\\{character}")
    return value.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Fold at 75 octets, and never inside a character of several."""
    pieces, room = [""], _OCTETS
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append("")
            room = _OCTETS - 1  # the space that begins it counts
        pieces[-1] += character
        room -= size
    return "\r\n ".join(pieces)
