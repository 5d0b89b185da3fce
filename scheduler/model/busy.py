"""Busy time: when, and of which kind. There is no room for a word of what it is.

Instants are whole seconds since 1970-01-01T00:00Z; intervals are half-open.
"""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """RFC 5545's FBTYPE, and clinical time that can be released if asked for early enough."""

    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    TENTATIVE = "tentative"
    PROTECTABLE = "protectable"


class BusyInterval(NamedTuple):
    """Time taken, from `start` up to but not including `end` (UTC seconds), start < end."""

    start: int
    end: int
    kind: Kind
