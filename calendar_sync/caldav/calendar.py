"""CalDAV as a calendar host: `calendar_sync.provider.Provider` over calendars that it lists.

It is read only. What takes a person's time there is seen; nothing is written.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from calendar_sync.caldav import cursors, discovery, reading
from calendar_sync.caldav.exchange import Exchange
from calendar_sync.caldav.login import Login
from calendar_sync.caldav.refusals import closed, nowhere, troubled
from calendar_sync.caldav.where import Where
from calendar_sync.errors import (
    NotAllowed,
    NotThere,
    ReconnectNeeded,
    Refused,
    Trouble,
    Unreadable,
    Unsupported,
    Wait,
)
from calendar_sync.host import Access, Gate
from calendar_sync.ics.connect import Deadline
from calendar_sync.ics.link import Link
from calendar_sync.ics.reader import Reader
from calendar_sync.provider import (
    CalendarId,
    Capability,
    Changes,
    Channel,
    Cursor,
    Draft,
    Found,
    Listed,
    Reply,
    SeriesDraft,
    Span,
)

T = TypeVar("T")
CAPABILITIES = frozenset({Capability.CHOOSES, Capability.CURSORS})


class CalDavCalendar:
    """One account. Its calendars are named by their addresses.

    access  gives a `Login`, as text, for a token

    All that it is asked has to be answered within `where.seconds` from its making.
    """

    def __init__(self, where: Where, access: Access, gate: Gate) -> None:
        self._where = where
        self._access = access
        self._gate = gate
        self._deadline = Deadline(where.seconds)
        self._zone: str | None = None
        self._admitted = dict[Login, bool]()

    def read_in(self, zone: str) -> None:
        """Take whole days and floating times as of that zone, where the host names none."""
        self._zone = zone

    @property
    def capabilities(self) -> frozenset[Capability]:
        return CAPABILITIES

    def calendars(self) -> list[Listed]:
        found = self._entered(self._listed)  # none of them is said to be the main one
        return [Listed(_named(link), name, main=False) for link, name in found]

    def busy(self, calendars: Sequence[CalendarId], span: Span) -> Mapping[CalendarId, Found]:
        asked = list(dict.fromkeys(calendars))
        return self._entered(lambda login: self._each_busy(login, asked, span))

    def changes(self, calendar: CalendarId, cursor: Cursor | None) -> Changes:
        return self._entered(lambda login: self._changes(login, calendar, cursor))

    def _listed(self, login: Login) -> list[tuple[Link, str]]:
        with self._exchange(login) as exchange:
            return discovery.calendars(exchange, login.link)

    def _each_busy(
        self, login: Login, asked: Sequence[CalendarId], span: Span
    ) -> Mapping[CalendarId, Found]:
        found = dict[CalendarId, Found]()
        with Reader(self._where.limits) as reader:
            for each in asked:
                try:
                    found[each] = self._busy(login, reader, each, span)
                except Wait as error:
                    if not found:
                        raise
                    return {**dict.fromkeys(asked, error), **found}
        return found

    def _busy(self, login: Login, reader: Reader, calendar: CalendarId, span: Span) -> Found:
        try:
            with self._at(login, calendar) as (exchange, link):
                reckon = reading.Reckoning(reader, self._where.limits, self._zone or login.zone)
                return reading.busy(exchange, reckon, link, span)
        except (NotAllowed, NotThere, Trouble) as error:
            return error
        except (Refused, Unsupported) as error:
            return troubled(error)

    def _changes(self, login: Login, calendar: CalendarId, cursor: Cursor | None) -> Changes:
        with self._at(login, calendar) as (exchange, link):
            if cursor is None:
                return cursors.begin(exchange, link)
            return cursors.since(exchange, link, cursor)

    def colleagues(self, emails: Sequence[str], span: Span) -> Mapping[str, Found]:
        del emails, span
        raise _unsupported("tell when others are busy")

    def put(self, calendar: CalendarId, draft: Draft, *, written: bool = False) -> None:
        del calendar, draft, written
        raise _unsupported("be written to by us")

    def put_series(
        self, calendar: CalendarId, draft: SeriesDraft, *, written: bool = False
    ) -> None:
        del calendar, draft, written
        raise _unsupported("be written to by us")

    def cancel(self, calendar: CalendarId, key: str) -> None:
        del calendar, key
        raise _unsupported("be written to by us")

    def replies(self, calendar: CalendarId, key: str) -> list[Reply]:
        del calendar, key
        raise _unsupported("tell who accepted")

    def series_replies(
        self, calendar: CalendarId, key: str, dates: Collection[int] = ()
    ) -> Mapping[int | None, list[Reply]]:
        del calendar, key, dates
        raise _unsupported("tell who accepted")

    def watch(self, calendar: CalendarId, channel: Channel) -> Channel:
        del calendar, channel
        raise _unsupported("say by itself when something changes")

    def stop(self, channel: Channel) -> None:
        del channel
        raise _unsupported("say by itself when something changes")

    def revoke(self) -> None:
        raise _unsupported("take its password back when asked")

    def _entered(self, ask: Callable[[Login], T]) -> T:
        """Ask with the login we have; if the host refuses it, with another, if there is one."""
        token = self._access.token()
        try:
            return ask(Login.read(token))
        except ReconnectNeeded:
            return ask(Login.read(self._access.token(refused=token)))

    @contextmanager
    def _at(self, login: Login, calendar: CalendarId) -> Iterator[tuple[Exchange, Link]]:
        """Open an exchange about a calendar. Raises NotThere if it cannot be one of this host."""
        try:
            link = Link.parse(calendar)
        except Unreadable:
            raise nowhere() from None
        if not login.goes_to(link):
            raise nowhere()
        with self._exchange(login) as exchange:
            try:
                yield exchange, Link(link.host, link.port, link.target)
            except ReconnectNeeded:
                if not self._is_admitted(exchange, login):
                    raise
                raise closed() from None

    def _exchange(self, login: Login) -> Exchange:
        return Exchange(self._where, login, self._gate, self._deadline)

    def _is_admitted(self, exchange: Exchange, login: Login) -> bool:
        """Whether a password is good that was refused at a calendar; the host is asked once."""
        if login not in self._admitted:
            self._admitted[login] = discovery.lets_in(exchange, login.link)
        return self._admitted[login]


def _named(link: Link) -> CalendarId:
    return CalendarId(f"https://{link.place}{link.target}")


def _unsupported(what: str) -> Unsupported:
    return Unsupported(f"A CalDAV account cannot {what}", remedy="ask its capabilities first")
