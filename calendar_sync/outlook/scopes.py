"""Which of Microsoft's permissions let us do what. Names are without the address of Graph."""

from calendar_sync.errors import NotAllowed
from calendar_sync.provider import Capability

PERSONAL = "personal account"
"""No permission, but kept among them: a Microsoft account of one's own can be asked for less."""

READING = frozenset({"Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"})
WATCHING = frozenset({"Calendars.Read", "Calendars.ReadWrite"})
WRITING = frozenset({"Calendars.ReadWrite"})

_NEEDS = {
    Capability.CHOOSES: READING,
    Capability.CURSORS: READING,
    Capability.WRITES: WRITING,
    Capability.INVITES: WRITING,
    Capability.REPLIES: WATCHING,  # only they see by which mark an event is ours
    Capability.WATCHES: WATCHING,
    Capability.WATCHES_ALL: WATCHING,
    Capability.COLLEAGUES: READING,
}

_IN_WORDS = {
    READING: "see the list of calendars and when they are busy",
    WATCHING: "see the events we added, and hear when calendars change",
    WRITING: "add and change events",
}


def capabilities(scopes: frozenset[str]) -> frozenset[Capability]:
    """Return what these permissions let us ask. Microsoft takes no access back when asked."""
    found = frozenset(each for each, needs in _NEEDS.items() if needs & scopes)
    return found - {Capability.COLLEAGUES} if PERSONAL in scopes else found


def in_words(needed: frozenset[str]) -> str:
    """Return what these permissions let us do, in plain words."""
    return _IN_WORDS[needed]


def require(scopes: frozenset[str], needed: frozenset[str]) -> None:
    """Raise NotAllowed, in plain words, unless one of the permissions needed is there."""
    if not needed & scopes:
        raise NotAllowed(
            f"The account does not let us {in_words(needed)}",
            remedy="connect it again and accept what is asked",
        )
