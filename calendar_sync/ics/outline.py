"""A calendar's components: what is inside what, and the properties that tell time.

The nesting is checked without mercy. A calendar that was cut, or lost a line of its frame,
has lost events as well, and must not look free.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from icalendar.parser import Contentline

from calendar_sync.ics.reasons import Reason, Refused
from calendar_sync.ics.sieve import Line

_INSIDE = {
    "VCALENDAR": {"VEVENT", "VFREEBUSY", "VTIMEZONE"},
    "VTIMEZONE": {"STANDARD", "DAYLIGHT"},
}
_NEVER_ELSEWHERE = {"VCALENDAR", "VEVENT", "VFREEBUSY"}
_DEEPEST = 100  # RFC 5545 needs three
_UNTIMED = {"UID", "SEQUENCE", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"}


class Property(NamedTuple):
    """A property with the parameters and the value as they are written."""

    name: str
    params: Mapping[str, str]
    value: str
    line: int


@dataclass(slots=True)
class Component:
    """VCALENDAR, VEVENT, VFREEBUSY, VTIMEZONE or a part of it, and the line it begins at."""

    kind: str
    line: int
    kept: bool = True  # false for alarms, tasks, journals and all they hold
    properties: list[Property] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def every(self, name: str) -> Iterator[Property]:
        """Yield the properties of that name, in the order of the file."""
        return (found for found in self.properties if found.name == name)

    def only(self, name: str) -> Property | None:
        """Return the property of that name, if there is one.

        Raises Refused where the same component says two different things about its time.
        """
        found = list(self.every(name))
        if any((other.params, other.value) != found[0][1:3] for other in found[1:]):
            raise Refused(Reason.CONTRADICTION, found[-1].line)
        return found[0] if found else None

    def word(self, name: str) -> str | None:
        """Return the value of that name in capitals; of several, the first."""
        return next((found.value.strip().upper() for found in self.every(name)), None)


def outline(lines: Iterable[Line]) -> list[Component]:
    """Return the VCALENDARs that the lines make up.

    Raises Refused when a component is not closed, or closed by another's END.
    """
    calendars, stack = list[Component](), list[Component]()
    for line in lines:
        found = _property(line)
        if found.name == "BEGIN":
            _begin(found, calendars, stack)
        elif found.name == "END":
            _end(found, stack)
        elif stack and stack[-1].kept:
            stack[-1].properties.append(found)
    if stack:
        raise Refused(Reason.CUT_SHORT)
    return calendars


def _begin(begin: Property, calendars: list[Component], stack: list[Component]) -> None:
    kind = begin.value.upper()
    outer = stack[-1] if stack else None
    new = Component(kind, begin.line, kept=_belongs(kind, outer))
    if (kind in _NEVER_ELSEWHERE and not new.kept) or len(stack) == _DEEPEST:
        raise Refused(Reason.DAMAGED, begin.line)
    if outer is not None:
        stack.append(new)
        if new.kept:
            outer.parts.append(new)
    elif new.kept:  # what stands around calendars, such as the headers of a mail, is not read
        stack.append(new)
        calendars.append(new)


def _belongs(kind: str, outer: Component | None) -> bool:
    if outer is None:
        return kind == "VCALENDAR"
    return outer.kept and kind in _INSIDE.get(outer.kind, ())


def _end(end: Property, stack: list[Component]) -> None:
    kind = end.value.upper()
    if stack and stack[-1].kind == kind:
        stack.pop()
    elif stack or kind in _NEVER_ELSEWHERE:
        raise Refused(Reason.DAMAGED, end.line)


def _property(line: Line) -> Property:
    head, _, value = line.text.partition(":")
    try:
        if '"' in head:  # a quoted parameter may hold a colon
            name, params, value = _parts(line.text)
        else:
            name, params, _ = _head(head)
    except ValueError:
        name, params = head.partition(";")[0].strip().upper(), {}
        if name not in _UNTIMED:
            raise Refused(Reason.BAD_DATE, line.number) from None
    return Property(name, params, value.strip(), line.number)


@lru_cache(maxsize=1024)  # most lines of a calendar begin like another one
def _head(text: str) -> tuple[str, Mapping[str, str], str]:
    if ";" not in text:
        return text.strip().upper(), {}, ""
    return _parts(text + ":")


def _parts(text: str) -> tuple[str, Mapping[str, str], str]:
    name, params, value = Contentline(text).parts()  # type: ignore[no-untyped-call]
    plain = {
        key.upper(): given if isinstance(given, str) else ",".join(given)
        for key, given in params.items()
    }
    return name.strip().upper(), plain, value
