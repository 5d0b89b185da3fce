"""A connected Outlook account, of work or of one's own.

What the calendars take is read from their views, which tell each occurrence for itself; whether
that has changed, from Outlook's record of changes. What colleagues take, only work accounts tell.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from time import time

from calendar_sync.connection import Answer
from calendar_sync.errors import CursorExpired, NotThere, Refused, Unsupported, Wait
from calendar_sync.host import Access, Gate
from calendar_sync.outlook import channels, guests, wire
from calendar_sync.outlook import scopes as permissions
from calendar_sync.outlook.batch import Batch
from calendar_sync.outlook.events import Events
from calendar_sync.outlook.people import People
from calendar_sync.outlook.refusals import Refusal
from calendar_sync.outlook.requests import Request, Requests
from calendar_sync.outlook.series import SeriesEvents
from calendar_sync.outlook.telling import Telling
from calendar_sync.outlook.views import Views
from calendar_sync.outlook.where import Where
from calendar_sync.outlook.wire import Json
from calendar_sync.outlook.writing import Writings
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


class OutlookCalendar:
    """Keeps the promises of `calendar_sync.provider.Provider`.

    access  keeps the account's tokens
    gate    is asked before every request
    scopes  the permissions that the owner gave, and whether the account is one's own
    """

    def __init__(
        self,
        where: Where,
        access: Access,
        gate: Gate,
        scopes: frozenset[str],
        clock: Callable[[], float] = time,
    ) -> None:
        self._scopes = scopes
        self._clock = clock
        self._gate = gate
        self._requests = Requests(where.graph_url, basic=not scopes & permissions.WATCHING)
        self._writings = Writings(where.graph_url)
        self._speaker = Telling(where.ca_file, access, gate, self._refusal, self._following)
        batch = Batch(self._speaker, self._requests, gate, self._told)
        self._views = Views(self._speaker.pages, self._following, self._requests, batch)
        self._people = People(self._speaker, self._requests)
        self._events = Events(self._speaker, self._writings)
        self._series = SeriesEvents(self._speaker, self._writings, self._events)

    @property
    def capabilities(self) -> frozenset[Capability]:
        return permissions.capabilities(self._scopes)

    def calendars(self) -> list[Listed]:
        self._need(permissions.READING)
        return wire.listed(list(self._speaker.pages(self._requests.calendars)))

    def busy(self, calendars: Sequence[CalendarId], span: Span) -> Mapping[CalendarId, Found]:
        self._need(permissions.READING)
        return self._views.busy(list(dict.fromkeys(calendars)), span)

    def colleagues(self, emails: Sequence[str], span: Span) -> Mapping[str, Found]:
        if Capability.COLLEAGUES not in self.capabilities:
            raise Unsupported(
                "This account reads only its own calendars", remedy="connect an account of work"
            )
        return self._people.busy(list(dict.fromkeys(emails)), span)

    def changes(self, calendar: CalendarId, cursor: Cursor | None) -> Changes:
        self._need(permissions.READING)
        now = int(self._clock())
        if cursor is None:
            return self._follow(self._requests.began(calendar, wire.window(now)), now, first=True)
        link, began = wire.followed(cursor, now)
        try:
            asked = self._requests.changed(self._requests.own(link))
        except Wait:
            raise CursorExpired("We stood at another host", remedy="read it afresh") from None
        try:
            return self._follow(asked, began, first=False)
        except Refused:
            raise CursorExpired(
                "The calendar host does not know where we stood", remedy="read it afresh"
            ) from None

    def _follow(self, start: Request, began: int, *, first: bool) -> Changes:
        """Follow the pages. What they hold is counted, and not a word of it looked at."""
        anything, link = first, None
        for page in self._speaker.pages(
            lambda name: start if name is None else self._requests.changed(name), patient=True
        ):
            anything = bool(wire.items(page)) or anything
            link = self._address(page, "delta")
        if link is None:
            return Changes(anything=True, cursor=None)
        return Changes(anything, wire.cursor_at(link, began))

    def put(self, calendar: CalendarId, draft: Draft, *, written: bool = False) -> None:
        self._may_tell()
        self._events.put(calendar, draft, written=written)

    def put_series(
        self, calendar: CalendarId, draft: SeriesDraft, *, written: bool = False
    ) -> None:
        self._may_tell()
        self._series.put(calendar, draft, written=written)

    def cancel(self, calendar: CalendarId, key: str) -> None:
        self._may_tell()
        try:
            self._series.cancel(calendar, key)
        except NotThere:
            return  # the calendar went, and the event with it

    def replies(self, calendar: CalendarId, key: str) -> list[Reply]:
        self._need(permissions.WATCHING)
        return guests.replies(self._events.find(calendar, key))

    def series_replies(
        self, calendar: CalendarId, key: str, dates: Collection[int] = ()
    ) -> Mapping[int | None, list[Reply]]:
        self._need(permissions.WATCHING)
        return self._series.replies(calendar, key, dates)

    def watch(self, calendar: CalendarId, channel: Channel) -> Channel:
        del calendar  # a channel covers all that there are
        self._need(permissions.WATCHING)
        question = channels.question(channel, self._clock())
        return channels.answer(channel, self._speaker.ask(self._writings.subscribe(question)))

    def stop(self, channel: Channel) -> None:
        try:
            self._speaker.ask(self._writings.unsubscribe(channel.resource))
        except (NotThere, Unsupported):
            return

    def revoke(self) -> None:
        raise Unsupported(
            "Microsoft takes no access back when asked", remedy="end it in the Microsoft account"
        )

    def _following(self, page: Json) -> str | None:
        return self._address(page, "next")

    def _address(self, page: Json, name: str) -> str | None:
        """Return an address that stands in a page. Raises Wait if it is not the host's own."""
        found = wire.link(page, name)
        return None if found is None else self._requests.own(found)

    def _refusal(self, answer: Answer) -> Refusal:
        return Refusal.read(answer.status, answer.headers, answer.body, self._clock())

    def _told(self, status: int, headers: Mapping[str, str], body: object) -> Refusal:
        return Refusal.told(status, headers, body, self._clock())

    def _may_tell(self) -> None:
        """See that guests can be told, before anything is asked: else that is asked in vain."""
        self._need(permissions.WRITING)
        self._gate.have_letter()

    def _need(self, needed: frozenset[str]) -> None:
        permissions.require(self._scopes, needed)
