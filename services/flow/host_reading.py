"""One reading of one account: what its host is asked, and what is believed of what it tells.

First each calendar is asked whether anything has changed. Only those in which something has are
read anew: what they take of the time, and nothing else. A calendar of many pages may change
between two of them, and then no page tells what it takes: so it is asked once more, and read
again if anything has changed since the reading began.

Some hosts tell each calendar in one answer. Of these a few are read at a time, each counts as
soon as it is read, and what changes meanwhile is news at the next reading.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from calendar_sync.errors import (
    CursorExpired,
    ReconnectNeeded,
    Silence,
    Trouble,
    Unreadable,
    Unsupported,
    Wait,
)
from calendar_sync.provider import CalendarId, Capability, Changes, Cursor, Found, Provider, Span
from scheduler.errors import Explained, TryLater
from services.flow import colleague_readings
from services.flow.calendars import window
from services.flow.colleague_readings import Allowed
from services.flow.doubts import Told, unread
from services.flow.restless import restless
from services.storage.rows.accounts import Host

_TIMES = 3  # that a calendar is read that changes as it is read
_SOME = 8  # calendars of a host that tells each for itself


@dataclass(frozen=True, slots=True)
class One:
    """A calendar of an account as it is to be read.

    calendar  as the host calls it; Unreadable: that cannot even be looked up
    cursor    where we stand in its changes, if what is known reaches far enough
    """

    id: UUID
    calendar: CalendarId | Unreadable = field(repr=False)
    cursor: Cursor | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Due:
    """An account as it is to be read, from this moment on.

    ones        its own calendars that count
    colleagues  whom it is asked about besides: each by their address of mail
    zone        IANA, of times without one
    """

    account_id: UUID
    host: Host
    scopes: frozenset[str]
    began: datetime
    ones: Sequence[One]
    colleagues: Sequence[One] = ()
    zone: str = "UTC"


Outcome = Told | Unreadable


@runtime_checkable
class Plain(Protocol):
    """A host that tells each calendar in one answer, in which times may have no zone."""

    def read_in(self, zone: str) -> None:
        """Take such times as of that zone."""


class Reading:
    """One reading of one account."""

    def __init__(self, due: Due, provider: Provider, allowed: Allowed) -> None:
        self._due, self._provider, self._allowed = due, provider, allowed
        self._follows = Capability.CURSORS in provider.capabilities
        self._outcomes: dict[UUID, Outcome] = {}
        self._is_plain = isinstance(provider, Plain)
        if isinstance(provider, Plain):
            provider.read_in(due.zone)

    def outcomes(self) -> Mapping[UUID, Outcome]:
        first, last = (int(each.timestamp()) for each in window(self._due.began))
        self._read_own((first, last))
        self._read_colleagues((first, last))
        return self._outcomes

    def _read_own(self, span: Span) -> None:
        """Read its own calendars; what was read before the host asks us to wait is kept."""
        ones = self._due.ones
        some = _SOME if self._is_plain else max(len(ones), 1)
        try:
            for first in range(0, len(ones), some):
                self._read_some(ones[first : first + some], span)
        except TryLater as error:
            if not self._outcomes:
                raise
            for each in ones:
                self._outcomes.setdefault(each.id, unread(error))

    def _read_some(self, ones: Sequence[One], span: Span) -> None:
        left = [one for each in ones if (one := self._asked(each)) is not None]
        for _ in range(_TIMES):
            if not left:
                return
            try:
                found = self._provider.busy([_name(each) for each in left], span)
            except (ReconnectNeeded, TryLater):
                raise
            except Explained as error:  # it does not let us ask at all
                self._outcomes |= {each.id: unread(error) for each in left}
                return
            wait = _asked_to_wait(found.values())
            if wait is not None and not self._is_plain:  # nothing can be made sure of
                self._outcomes |= {each.id: unread(_but(wait, found[_name(each)])) for each in left}
                return
            read = [self._once_more(each, found[_name(each)]) for each in left]
            if wait is not None:
                raise wait
            left = [each for each in read if each is not None]
        self._outcomes |= {each.id: restless() for each in left}

    def _read_colleagues(self, span: Span) -> None:
        ones = [one for each in self._due.colleagues if (one := self._opened(each)) is not None]
        if not ones:
            return
        try:
            asked = {each.id: (_name(each), each.cursor) for each in ones}
            self._outcomes |= colleague_readings.read(self._provider, asked, span, self._allowed)
        except TryLater as error:
            if not self._outcomes:
                raise
            self._outcomes |= {each.id: unread(error) for each in ones}

    def _opened(self, one: One) -> One | None:
        if isinstance(one.calendar, Unreadable):
            self._outcomes[one.id] = one.calendar
            return None
        return one

    def _asked(self, one: One) -> One | None:
        """Return a calendar that has to be read, with the cursor from which to go on then."""
        if self._opened(one) is None:
            return None
        news = self._news(one)
        if news is None:
            return replace(one, cursor=None)
        if one.cursor is not None and not news.anything:
            self._outcomes[one.id] = Told(None, self._remembered(news.cursor))
            return None
        return replace(one, cursor=news.cursor)

    def _once_more(self, one: One, found: Found) -> One | None:
        """Return a calendar that has to be read again, for it has changed as it was read."""
        if not isinstance(found, list):
            self._outcomes[one.id] = unread(found)
            return None
        news = None if one.cursor is None or self._is_plain else self._news(one)
        if news is not None and news.anything:
            return replace(one, cursor=news.cursor)
        now = one.cursor if self._is_plain else None if news is None else news.cursor
        self._outcomes[one.id] = Told(found, self._remembered(now))
        return None

    def _remembered(self, cursor: Cursor | None) -> str:
        """Return what is kept of it; a place in changes is none for who reads in another zone."""
        zone = {"zone": self._due.zone} if self._is_plain else {}
        return json.dumps({"cursor": cursor, **zone})

    def _news(self, one: One) -> Changes | None:
        """Return what is new in a calendar; None: that is not said, but its time may be told.

        Raises TryLater if the host asks us to wait, and ReconnectNeeded: these concern them all.
        """
        if not self._follows:
            return None
        try:
            return self._changes(_name(one), one.cursor)
        except (Unsupported, Silence):
            self._follows = self._is_plain  # else nor of the others; or it is too slow to say
        except Trouble:
            pass
        except (ReconnectNeeded, TryLater):
            raise
        except Explained:
            pass
        return None

    def _changes(self, calendar: CalendarId, cursor: Cursor | None) -> Changes:
        try:
            return self._provider.changes(calendar, cursor)
        except CursorExpired:
            return self._provider.changes(calendar, None)


def _asked_to_wait(found: Iterable[Found]) -> Wait | None:
    """Return what a host said that concerns all that is asked of it."""
    waits = (each for each in found if isinstance(each, Wait) and not isinstance(each, Trouble))
    return next(waits, None)


def _but(wait: Wait, found: Found) -> Explained:
    """Return a calendar's own error, if that is no matter of waiting."""
    return wait if isinstance(found, list) else found


def _name(one: One) -> CalendarId:
    assert not isinstance(one.calendar, Unreadable)
    return one.calendar
