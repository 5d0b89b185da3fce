"""WebDAV's XML: questions read safely, answers written."""

# Entities are how XML harms its reader, and only a DOCTYPE can declare them. There is no
# defusedxml here, so a body with one is refused before the parser sees it.
from collections.abc import Iterable
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from flask import Response

D, C, CS = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
for _prefix, _space in (("d", D), ("c", C), ("cs", CS)):
    ET.register_namespace(_prefix, _space.strip("{}"))

_MOST = 1_000_000  # bytes of a question


class BadQuestion(Exception):
    """A body that is no XML, or XML that we do not read."""


def parsed(body: bytes) -> Element | None:
    """Return the root of a body, None if that is empty. Raises BadQuestion."""
    if not body.strip():
        return None
    try:
        text = body.decode("utf-8-sig")  # in another encoding a DOCTYPE could hide
        if len(body) > _MOST or "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
            raise BadQuestion
        return ET.fromstring(text)  # noqa: S314 -- nothing is declared in it
    except (UnicodeDecodeError, ET.ParseError, ValueError):
        raise BadQuestion from None


def element(tag: str, *inside: Element | str, **attributes: str) -> Element:
    """Return an element with these children and this text."""
    made = Element(tag, attributes)
    for each in inside:
        if isinstance(each, str):
            made.text = (made.text or "") + each
        else:
            made.append(each)
    return made


def href(path: str) -> Element:
    """Return DAV:href."""
    return element(f"{D}href", path)


def found(path: str, properties: Iterable[Element], missing: Iterable[str] = ()) -> Element:
    """Return DAV:response: what a place has of what was asked, and what it has not."""
    there, absent = list(properties), [element(tag) for tag in missing]
    stats = [_stat(there, "200 OK")] if there or not absent else []
    return element(
        f"{D}response", href(path), *stats, *([_stat(absent, "404 Not Found")] if absent else [])
    )


def gone(path: str) -> Element:
    """Return DAV:response for a place where there is nothing."""
    return element(f"{D}response", href(path), element(f"{D}status", "HTTP/1.1 404 Not Found"))


def multistatus(responses: Iterable[Element], *more: Element) -> Response:
    """Return the answer 207 made of responses, and whatever else belongs to it."""
    return _answer(element(f"{D}multistatus", *responses, *more), 207)


def refused(status: int, condition: str) -> Response:
    """Return an error that names the condition which does not hold."""
    return _answer(element(f"{D}error", element(condition)), status)


def _stat(properties: Iterable[Element], status: str) -> Element:
    prop = element(f"{D}prop", *properties)
    return element(f"{D}propstat", prop, element(f"{D}status", f"HTTP/1.1 {status}"))


def _answer(root: Element, status: int) -> Response:
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, status, mimetype="application/xml")
