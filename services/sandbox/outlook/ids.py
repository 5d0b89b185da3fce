"""Ids as Graph writes them. They look like nothing, and what they name stands in them.

An item has two, its immutable one and the usual one, and both are understood; a calendar has one.
Upper and lower case differ, and there are characters that an address must quote.
"""

import base64
from binascii import Error
from typing import NamedTuple

_ITEM, _IMMUTABLE, _CALENDAR = "AAMkAG", "AAkALg", "AAMkAC"


class Named(NamedTuple):
    """Where an event is: the world's id of its calendar, and its own there."""

    calendar: str
    event: str


def event_id(calendar: str, event: str, *, immutable: bool = False) -> str:
    """Return the id of an event, or of an instance of a series, of that calendar."""
    return _sealed(_IMMUTABLE if immutable else _ITEM, f"{calendar}\n{event}")


def event_named(text: str) -> Named | None:
    """Return what an id of either form names; None: it is no event's."""
    calendar, found, event = (_opened(text, _ITEM, _IMMUTABLE) or "").partition("\n")
    return Named(calendar, event) if found else None


def calendar_id(calendar: str) -> str:
    """Return the id of a calendar."""
    return _sealed(_CALENDAR, calendar)


def calendar_named(text: str) -> str | None:
    """Return the world's id of a calendar; None: it is no calendar's."""
    return _opened(text, _CALENDAR)


def _sealed(head: str, what: str) -> str:
    return head + base64.urlsafe_b64encode(what.encode()).decode()


def _opened(text: str, *heads: str) -> str | None:
    if not text.startswith(heads):
        return None
    try:
        return base64.b64decode(text[len(heads[0]) :], altchars=b"-_", validate=True).decode()
    except (Error, UnicodeDecodeError):
        return None
