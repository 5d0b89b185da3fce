"""What a CalDAV host answers: XML from outside, read without trusting it. Pure.

Only elements, text and status numbers are taken. A document that declares anything, nests
without end or holds too many elements is none; and a status that cannot be read is a no.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

D, C = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_STATUS = re.compile(r"HTTP/\S+\s+([1-5][0-9]{2})\b")
_PARTS = (f"{D}response", f"{D}responsedescription", f"{D}sync-token")
_DEEPEST, _MOST = 40, 50_000  # elements inside one another, and in all


class Nonsense(Exception):
    """The answer is not what was asked for. It has no words: they would be the host's."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one place.

    href        its address, as the host writes it
    status      of the place itself; None where only its properties have one
    properties  those that are there, by their tags
    """

    href: str = field(repr=False)
    status: int | None
    properties: Mapping[str, Element] = field(repr=False)

    def text(self, tag: str) -> str:
        """Return a property's text; "" if it has none."""
        found = self.properties.get(tag)
        return "" if found is None else (found.text or "").strip()

    def hrefs(self, tag: str) -> list[str]:
        """Return the addresses that a property holds."""
        found = self.properties.get(tag)
        texts = [] if found is None else [each.text or "" for each in found.iter(f"{D}href")]
        return [text.strip() for text in texts if text.strip()]

    def is_a(self, kind: str) -> bool:
        """Say whether the place is of that kind of resource."""
        found = self.properties.get(f"{D}resourcetype")
        return found is not None and found.find(kind) is not None


@dataclass(frozen=True, slots=True)
class Answers:
    """Places, and the token that names the state in which they were found, if there is one."""

    places: list[Told]
    token: str = field(repr=False, default="")


def multistatus(body: bytes) -> Answers:
    """Read an answer 207 (RFC 4918 13). Raises Nonsense."""
    root = _parsed(body)
    if root.tag != f"{D}multistatus" or any(_is_odd(each) for each in root):
        raise Nonsense
    places = [_told(each) for each in root.findall(f"{D}response")]
    return Answers(places, (root.findtext(f"{D}sync-token") or "").strip())


def _is_odd(part: Element) -> bool:
    """Say whether it may mean that places are left out: an answer has three kinds of parts."""
    return part.tag.startswith(D) and part.tag not in _PARTS


def _parsed(body: bytes) -> Element:
    parser = ET.XMLParser(target=_Careful())  # noqa: S314 -- the builder lets nothing be declared
    try:
        parser.feed(body)
        found = parser.close()
    except (ET.ParseError, ValueError, LookupError):
        raise Nonsense from None
    if not isinstance(found, Element):
        raise Nonsense
    return found


class _Careful(ET.TreeBuilder):
    """Builds the tree, within bounds. Entities would have to be declared in a DOCTYPE."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > _DEEPEST or self._count > _MOST:
            raise Nonsense
        return super().start(tag, attributes)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)

    def doctype(self, *_: object) -> None:
        raise Nonsense


def _told(response: Element) -> Told:
    status = response.find(f"{D}status")
    return Told(
        href=(response.findtext(f"{D}href") or "").strip(),
        status=None if status is None else _code(status),
        properties={each.tag: each for each in _there(response)},
    )


def _there(response: Element) -> Iterator[Element]:
    """Yield the properties that a place has; some hosts leave out that all is well."""
    for stat in response.findall(f"{D}propstat"):
        status, prop = stat.find(f"{D}status"), stat.find(f"{D}prop")
        if prop is not None and (status is None or _code(status) // 100 == 2):
            yield from prop


def _code(status: Element) -> int:
    found = _STATUS.match((status.text or "").strip())
    return int(found[1]) if found else 0
