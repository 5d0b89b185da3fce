"""Addresses at which calendars are read: what people type, and which of theirs are the same.

Whoever knows an address can read the calendar: only its host is ever shown, and to its owner.
"""

import re
from typing import Protocol
from uuid import UUID

from calendar_sync.errors import Unreadable
from calendar_sync.ics.link import Link
from services.flow.errors import Conflict
from services.keys import Keys, Unsealable
from services.storage import calendars as stored
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.work import Work

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_BARE = re.compile(r"[^/\s:@]+\.[^/\s:@]+(:\d+)?/\S+")  # host/path, as browsers show it


class Whose(Protocol):
    """Somebody's own calendars, or those that a group's coordinators entered for them."""

    @property
    def person_id(self) -> UUID: ...

    @property
    def group_id(self) -> UUID | None: ...


def address_of(text: str) -> str:
    """Read what somebody typed as an address, with its scheme. Raises Unreadable."""
    text = text.strip()
    if _BARE.fullmatch(text):
        text = f"https://{text}"
    if not _SCHEME.match(text):
        raise Unreadable("This is no address", remedy="give one that begins with https://")
    Link.parse(text)
    return text


def host_of(keys: Keys, row: CalendarRow) -> str | None:
    """The host of a calendar that is read at an address; None: it is none, or does not open."""
    link = _link(keys, row)
    return None if link is None else link.place


def let_be_new(work: Work, keys: Keys, whose: Whose, address: str, but: UUID | None = None) -> None:
    """Raise Conflict where a calendar of theirs is read at this address already.

    but  the calendar whose address it is to be
    """
    links = [
        _link(keys, row)
        for row, _ in stored.of_person(work, whose.person_id)
        if row.group_id == whose.group_id and row.id != but  # the others are told to nobody
    ]
    if _same(Link.parse(address)) in [_same(each) for each in links if each is not None]:
        raise Conflict(
            "This address is read already, for a calendar that is there",
            remedy="give another one, or remove that calendar first",
        )


def _same(link: Link) -> tuple[str, int, str]:
    """What two ways to write one address have in common; a login is none of it."""
    return link.host, link.port, link.target


def _link(keys: Keys, row: CalendarRow) -> Link | None:
    if row.source is not Source.ADDRESS:
        return None
    try:
        return Link.parse(keys.opened(row.address or b"", row.id))
    except (Unsealable, Unreadable):
        return None
