"""One reading of one account: what its host is asked, and what is believed of what it tells.

First each calendar is asked whether anything has changed. Only those in which something has are
read anew: what they take of the time, and nothing else. A calendar of many pages may change
between two of them, and then no page tells what it takes: so it is asked once more, and read
again if anything has changed since the reading began.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
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
from calendar_sync.provider import (
    CalendarId,
    Capability,
    Changes,
    Cursor,
    Found,
    Provider,
    Span,
)
from scheduler.errors import Explained, TryLater
from services.flow import colleague_readings
from services.flow.calendars import window
from services.flow.colleague_readings import Allowed
from services.flow.doubts import Told, unread
from services.storage.rows.accounts import Host

_TIMES = 3  # that a calendar is read that changes as it is read
_SOON = 60.0  # seconds until it is read again


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
    """

    account_id: UUID
    host: Host
    scopes: frozenset[str]
    began: datetime
    ones: Sequence[One]
    colleagues: Sequence[One] = ()


Outcome = Told | Unreadable


class Reading:
    """One reading of one account."""

    def __init__(self, due: Due, provider: Provider, allowed: Allowed) -> None:
        self._due, self._provider, self._allowed = due, provider, allowed
        self._follows = Capability.CURSORS in provider.capabilities
        self._outcomes: dict[UUID, Outcome] = {}

    def outcomes(self) -> Mapping[UUID, Outcome]:
        first, last = (int(each.timestamp()) for each in window(self._due.began))
        self._read_own((first, last))
        self._read_colleagues((first, last))
        return self._outcomes

    def _read_own(self, span: Span) -> None:
        left = [one for each in self._due.ones if (one := self._asked(each)) is not None]
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
            if (wait := _asked_to_wait(found.values())) is not None:  # nothing can be made sure of
                self._outcomes |= {each.id: unread(_but(wait, found[_name(each)])) for each in left}
                return
            read = [self._once_more(each, found[_name(each)]) for each in left]
            left = [each for each in read if each is not None]
        self._outcomes |= {each.id: _restless() for each in left}

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
            self._outcomes[one.id] = Told(None, _remembered(news.cursor))
            return None
        return replace(one, cursor=news.cursor)

    def _once_more(self, one: One, found: Found) -> One | None:
        """Return a calendar that has to be read again, for it has changed as it was read."""
        if not isinstance(found, list):
            self._outcomes[one.id] = unread(found)
            return None
        news = None if one.cursor is None else self._news(one)
        if news is not None and news.anything:
            return replace(one, cursor=news.cursor)
        self._outcomes[one.id] = Told(found, _remembered(None if news is None else news.cursor))
        return None

    def _news(self, one: One) -> Changes | None:
        """Return what is new in a calendar; None: that is not said, but its time may be told.

        Raises TryLater if the host asks us to wait, and ReconnectNeeded: these concern them all.
        """
        if not self._follows:
            return None
        try:
            return self._changes(_name(one), one.cursor)
        except (Unsupported, Silence):
            self._follows = False  # nor of the others; or it is too slow to say
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


def _restless() -> Unreadable:
    found = Unreadable("It changes as it is read", remedy="it is read again by itself")
    found.seconds = _SOON
    return found


def _remembered(cursor: Cursor | None) -> str:
    return json.dumps({"cursor": cursor})


def _name(one: One) -> CalendarId:
    assert not isinstance(one.calendar, Unreadable)
    return one.calendar
