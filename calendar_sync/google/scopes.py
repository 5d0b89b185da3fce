"""Which of Google's permissions let us do what. Names are without Google's prefix."""

from calendar_sync.errors import NotAllowed
from calendar_sync.provider import Capability

PREFIX = "https://www.googleapis.com/auth/"

_READS = {"calendar", "calendar.readonly"}
_WRITING = {"calendar", "calendar.events", "calendar.events.owned"}
_SEEING = {"calendar.events.readonly", "calendar.events.owned.readonly"}

LISTING = frozenset({*_READS, "calendar.calendarlist", "calendar.calendarlist.readonly"})
BUSY = frozenset({*_READS, "calendar.freebusy", "calendar.events.freebusy"})
WRITING = frozenset(_WRITING)
REPLYING = frozenset(_READS | _WRITING | _SEEING)
FOLLOWING = frozenset({*REPLYING, "calendar.events.freebusy"})

_NEEDS = {
    Capability.CHOOSES: LISTING,
    Capability.CURSORS: FOLLOWING,
    Capability.WRITES: WRITING,
    Capability.INVITES: WRITING,
    Capability.REPLIES: REPLYING,
    Capability.WATCHES: FOLLOWING,
}

_IN_WORDS = {
    LISTING: "see the list of calendars",
    BUSY: "see when calendars are busy",
    WRITING: "add and change events",
    REPLYING: "see the events we added",
    FOLLOWING: "see when calendars are busy as they change",
}


def capabilities(scopes: frozenset[str]) -> frozenset[Capability]:
    """Return what these permissions let us ask."""
    found = {each for each, needs in _NEEDS.items() if needs & scopes}
    return frozenset({*found, Capability.REVOKES})


def in_words(needed: frozenset[str]) -> str:
    """Return what these permissions let us do, in plain words."""
    return _IN_WORDS[needed]


def require(scopes: frozenset[str], needed: frozenset[str]) -> None:
    """Raise NotAllowed, in plain words, unless one of the permissions needed is there."""
    if not needed & scopes:
        raise NotAllowed(
            f"The account does not let us {in_words(needed)}",
            remedy="connect it again and tick that permission",
        )
