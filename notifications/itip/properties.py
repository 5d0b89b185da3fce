"""The events of an iCalendar object that somebody sent us, as properties.

Only what an answer needs is taken apart, in one pass over at most some thousand lines. What is
not written as RFC 5545 has it is skipped, so that a broken note does not hide an answer.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_FOLD = re.compile(r"\r?\n[ \t]")
_PARAM = r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*+)'
_LINE = re.compile(rf"(?P<name>[A-Za-z0-9-]+)(?P<params>(?:{_PARAM})*+):(?P<value>.*)", re.DOTALL)
_EACH = re.compile(_PARAM)


class Property(NamedTuple):
    """A property: its name and those of its parameters are in capitals."""

    name: str
    params: dict[str, str]
    value: str


class Object(NamedTuple):
    """A calendar: its METHOD in capitals or "", and its events without what is inside them."""

    method: str
    events: list[list[Property]]


def read(text: str) -> Object:
    """Read the object. Raises ValueError if its components are not closed as they were opened."""
    method, events, open_ = "", list[list[Property]](), list[str]()
    for line in _properties(text):
        if line.name == "BEGIN":
            open_.append(line.value.upper())
            if open_ == ["VCALENDAR", "VEVENT"]:
                events.append([])
        elif line.name == "END":
            if not open_ or open_.pop() != line.value.upper():
                raise ValueError("no whole calendar")
        elif open_ == ["VCALENDAR"] and line.name == "METHOD":
            method = line.value.upper()
        elif open_ == ["VCALENDAR", "VEVENT"]:
            events[-1].append(line)
    if open_:
        raise ValueError("no whole calendar")
    return Object(method, events)


def _properties(text: str) -> Iterator[Property]:
    for line in re.split(r"\r?\n", _FOLD.sub("", text)):
        found = _LINE.fullmatch(line)
        if found:
            given = _EACH.findall(found["params"])
            params = {key.upper(): value.replace('"', "") for key, value in given}
            yield Property(found["name"].upper(), params, found["value"].strip())
