"""A connected Google account, or one at any host that speaks like Google Calendar.

Some hosts speak only a part: they list calendars, list, insert and delete events, tell busy
times, and give events names of their own. Which part a host knows shows when it is asked; its
address is never looked at.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from time import time

from calendar_sync.connection import Answer
from calendar_sync.errors import (
    CursorExpired,
    NotAllowed,
    NotThere,
    ReconnectNeeded,
    Refused,
    Unsupported,
    Wait,
)
from calendar_sync.google import bounds, consent, wire
from calendar_sync.google import scopes as permissions
from calendar_sync.google.events import Events
from calendar_sync.google.refusals import Gone, Refusal
from calendar_sync.google.requests import Requests
from calendar_sync.google.series import SeriesEvents
from calendar_sync.google.where import Where
from calendar_sync.google.wire import Json
from calendar_sync.host import Access, Gate
from calendar_sync.ics.merge import busy_time
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
from calendar_sync.speaking import Speaker
from scheduler.model.busy import BusyInterval

_AT_ONCE = 50  # calendars that one answer covers
_LONGEST = 60 * 86_400  # seconds that one question spans
_RECENT = 86_400  # seconds: what ended before that is no news


class GoogleCalendar:
    """Keeps the promises of `calendar_sync.provider.Provider`.

    access  keeps the account's tokens
    gate    is asked before every request
    scopes  the permissions that the owner gave, without Google's prefix
    """

    def __init__(
        self,
        where: Where,
        access: Access,
        gate: Gate,
        scopes: frozenset[str],
        clock: Callable[[], float] = time,
    ) -> None:
        self._where = where
        self._access = access
        self._scopes = scopes
        self._clock = clock
        self._requests = Requests(where.api_url)
        self._speaker = Speaker(where.ca_file, access, gate, self._refusal, wire.following)
        self._events = Events(self._speaker, self._requests)
        self._series = SeriesEvents(self._speaker, self._requests, self._events)

    @property
    def capabilities(self) -> frozenset[Capability]:
        return permissions.capabilities(self._scopes)

    def calendars(self) -> list[Listed]:
        self._need(permissions.LISTING)
        return wire.listed(list(self._speaker.pages(self._requests.calendars)))

    def busy(self, calendars: Sequence[CalendarId], span: Span) -> Mapping[CalendarId, Found]:
        self._need(permissions.BUSY)
        asked = list(dict.fromkeys(calendars))
        found = dict[CalendarId, Found]()
        for group in _cut(asked, _AT_ONCE):
            try:
                found |= self._busy(group, span)
            except Wait as error:
                if not found:
                    raise
                return {**dict.fromkeys(asked, error), **found}
        return found

    def _busy(self, calendars: Sequence[CalendarId], span: Span) -> dict[CalendarId, Found]:
        """Return what a few calendars take; one that fails in a part of the span fails whole."""
        parts = list[dict[CalendarId, Found]]()
        for start in range(*span, _LONGEST):
            part = start, min(start + _LONGEST, span[1])
            answer = self._speaker.ask(self._requests.busy(wire.busy_question(calendars, part)))
            parts.append(wire.busy_answer(answer, calendars, part))
        found = dict[CalendarId, Found]()
        for each in calendars:
            try:
                found[each] = self._apart(each, _joined([part[each] for part in parts], span), span)
            except Wait as error:  # nothing more is asked: the others have no answer either
                if not found:
                    raise
                return {**dict.fromkeys(calendars, error), **found}
        return found

    def _apart(self, calendar: CalendarId, found: Found, span: Span) -> Found:
        """Tell events apart within busy time, where we may see when each begins and ends.

        Raises Wait.
        """
        if not isinstance(found, list) or not found or not self._scopes & permissions.FOLLOWING:
            return found
        stretch = wire.stamp(span[0]), wire.stamp(span[1])
        events = list[bounds.Span]()
        try:
            for page in self._speaker.pages(
                lambda token: self._requests.times(calendar, stretch, token)
            ):
                events += bounds.spans(wire.items(page), page.get("timeZone"))
        except (NotAllowed, NotThere, Refused, Gone, Unsupported):
            return found  # a host may tell busy time and no events
        return bounds.apart(found, events)

    def colleagues(self, emails: Sequence[str], span: Span) -> Mapping[str, Found]:
        del emails, span
        raise Unsupported("Google accounts read their own calendars", remedy="connect each one")

    def changes(self, calendar: CalendarId, cursor: Cursor | None) -> Changes:
        self._need(permissions.FOLLOWING)
        if cursor is None:
            return self._follow(calendar, wire.began(int(self._clock()) - _RECENT), first=True)
        asked = wire.followed(cursor)
        try:
            return self._follow(calendar, asked, first=False)
        except (Refused, Gone):  # a host may call an old token a wrong one
            raise CursorExpired(
                "The calendar host forgot where we stood", remedy="read it afresh"
            ) from None

    def _follow(self, calendar: CalendarId, asked: Json, *, first: bool) -> Changes:
        """Follow the pages. They are asked with the same parameters, up to the page's token."""
        anything, token = first, None
        for page in self._speaker.pages(lambda page: self._requests.changes(calendar, asked, page)):
            anything = bool(wire.items(page)) or anything
            token = wire.token(page, "nextSyncToken")
        if token is None:
            return Changes(anything=True, cursor=None)
        return Changes(anything, wire.cursor_at(token, asked))

    def put(self, calendar: CalendarId, draft: Draft, *, written: bool = False) -> None:
        self._need(permissions.WRITING)
        self._events.put(calendar, draft, written=written)

    def put_series(
        self, calendar: CalendarId, draft: SeriesDraft, *, written: bool = False
    ) -> None:
        self._need(permissions.WRITING)
        if draft.series.rule:
            self._series.put(calendar, draft, written=written)
        else:
            self._events.put(calendar, draft.on(draft.series.occurrences[0]), written=written)

    def cancel(self, calendar: CalendarId, key: str) -> None:
        self._need(permissions.WRITING)
        try:
            self._events.cancel(calendar, key)
        except NotThere:
            return  # the calendar went, and the event with it

    def replies(self, calendar: CalendarId, key: str) -> list[Reply]:
        self._need(permissions.REPLYING)
        return wire.replies(self._events.find(calendar, key))

    def series_replies(
        self, calendar: CalendarId, key: str, dates: Collection[int] = ()
    ) -> Mapping[int | None, list[Reply]]:
        self._need(permissions.REPLYING)
        return self._series.replies(calendar, key, dates)

    def watch(self, calendar: CalendarId, channel: Channel) -> Channel:
        self._need(permissions.FOLLOWING)
        question = wire.channel_question(channel)
        return wire.channel_answer(
            channel, self._speaker.ask(self._requests.watch(calendar, question))
        )

    def stop(self, channel: Channel) -> None:
        try:
            self._speaker.ask(self._requests.stop(channel.name, channel.resource))
        except (NotThere, Unsupported):
            return

    def revoke(self) -> None:
        try:
            consent.revoke(self._where, self._access.token())
        except ReconnectNeeded:
            return

    def _refusal(self, answer: Answer) -> Refusal:
        return Refusal.read(answer.status, answer.headers, answer.body, self._clock())

    def _need(self, needed: frozenset[str]) -> None:
        permissions.require(self._scopes, needed)


def _cut(calendars: list[CalendarId], size: int) -> Iterator[list[CalendarId]]:
    for start in range(0, len(calendars), size):
        yield calendars[start : start + size]


def _joined(parts: list[Found], span: Span) -> Found:
    """Return the parts of a span as one; the first that is not known, if there is one."""
    intervals = list[BusyInterval]()
    for part in parts:
        if not isinstance(part, list):
            return part
        intervals += part
    return busy_time(intervals, span)
