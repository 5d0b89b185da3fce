"""An account in this process that can be asked everything: for tests, and for showing.

Besides keeping the promises of `Provider`, it has a person's hands: `occupy`, `remove`, `answer`
do what the owner and the guests of a calendar do, and `forget`, `trouble` what hosts do.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from calendar_sync.errors import (
    CursorExpired,
    NotAllowed,
    NotThere,
    ReconnectNeeded,
    Superseded,
    SyncError,
    Wait,
)
from calendar_sync.ics.merge import busy_time
from calendar_sync.memory_calendar import Kept
from calendar_sync.provider import (
    Answer,
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
from scheduler.model.busy import BusyInterval, Kind

_EVERYTHING = frozenset(Capability) - {Capability.WATCHES_ALL}  # a channel for each calendar


class MemoryProvider:
    """Keeps the promises of `calendar_sync.provider.Provider`.

    capabilities  fewer than all for an account that can be asked less
    told          the names of channels, each time when something changed that they watch
    watched       the channels that are open
    others        what colleagues take, by their addresses
    """

    def __init__(self, capabilities: frozenset[Capability] = _EVERYTHING) -> None:
        self.capabilities = capabilities
        self.told: list[str] = []
        self.others: dict[str, list[BusyInterval]] = {}
        self._calendars: dict[CalendarId, Kept] = {}
        self._channels: dict[str, tuple[CalendarId, Channel]] = {}
        self._age = 0  # of cursors: those of another one are forgotten
        self._revoked = False

    def add(self, name: str, *, main: bool = False) -> CalendarId:
        """Add a calendar, as its owner does; its name names it here."""
        found = CalendarId(name)
        self._calendars[found] = Kept(Listed(found, name, main))
        return found

    def occupy(self, calendar: CalendarId, span: Span, kind: Kind = Kind.BUSY) -> None:
        """Take a time, as the owner does."""
        self._kept(calendar).times.append(BusyInterval(*span, kind))
        self._changed(calendar)

    def free(self, calendar: CalendarId) -> None:
        """Take nothing any more, as the owner does."""
        self._kept(calendar).times.clear()
        self._changed(calendar)

    def events(self, calendar: CalendarId) -> list[Draft]:
        """Our single events that are there."""
        return [each for each in self._kept(calendar).events.values() if isinstance(each, Draft)]

    def series(self, calendar: CalendarId) -> list[SeriesDraft]:
        """Our series that are there."""
        found = self._kept(calendar).events.values()
        return [each for each in found if isinstance(each, SeriesDraft)]

    def remove(self, calendar: CalendarId, key: str) -> None:
        """Remove one of our events, as the owner does."""
        if self._kept(calendar).events.pop(key, None) is not None:
            self._changed(calendar)

    def answer(
        self,
        calendar: CalendarId,
        key: str,
        email: str,
        answer: Answer,
        original: int | None = None,
    ) -> None:
        """Answer an invitation, as a guest does; `original`: to that date of a series alone."""
        self._kept(calendar).answers[key, email, original] = answer
        self._changed(calendar)

    def forget(self) -> None:
        """Make every cursor worthless, as hosts do at times."""
        self._age += 1

    def trouble(self, calendar: CalendarId, error: SyncError | None) -> None:
        """Have this calendar fail with that error from now on; None: no more."""
        self._kept(calendar).trouble = error

    def calendars(self) -> list[Listed]:
        self._admitted()
        found = [kept.listed for kept in self._calendars.values()]
        return sorted(found, key=lambda each: not each.main)

    def busy(self, calendars: Sequence[CalendarId], span: Span) -> Mapping[CalendarId, Found]:
        self._admitted()
        return {each: self._busy(each, span) for each in calendars}

    def colleagues(self, emails: Sequence[str], span: Span) -> Mapping[str, Found]:
        self._admitted()
        hidden = NotThere("Nobody can be seen there", remedy="ask them to connect a calendar")
        return {
            each: busy_time(self.others[each], span) if each in self.others else hidden
            for each in emails
        }

    def _busy(self, calendar: CalendarId, span: Span) -> Found:
        try:
            kept = self._asked(calendar)
        except (NotAllowed, NotThere, Wait) as error:
            return error
        return busy_time(kept.taken(), span)

    def changes(self, calendar: CalendarId, cursor: Cursor | None) -> Changes:
        place = f"{self._age} {calendar} "
        now = Cursor(f"{place}{self._asked(calendar).changes}")
        if cursor is not None and not cursor.startswith(place):
            raise CursorExpired("The calendar forgot where we stood", remedy="read it afresh")
        return Changes(cursor != now, now)

    def put(self, calendar: CalendarId, draft: Draft, *, written: bool = False) -> None:
        self._put(calendar, draft, written)

    def put_series(
        self, calendar: CalendarId, draft: SeriesDraft, *, written: bool = False
    ) -> None:
        self._put(calendar, draft, written)

    def _put(self, calendar: CalendarId, draft: Draft | SeriesDraft, written: bool) -> None:  # noqa: FBT001
        events = self._asked(calendar).events
        if written and draft.key not in events:
            raise NotThere("The event was removed by somebody", remedy="ask before writing it anew")
        before = events.get(draft.key)
        if before is not None and before.revision > draft.revision:
            raise Superseded(before.revision)
        if before != draft:
            events[draft.key] = draft
            self._changed(calendar)

    def cancel(self, calendar: CalendarId, key: str) -> None:
        self._admitted()
        if calendar in self._calendars:
            self.remove(calendar, key)

    def replies(self, calendar: CalendarId, key: str) -> list[Reply]:
        return self._asked(calendar).replies(key)

    def series_replies(
        self, calendar: CalendarId, key: str, dates: Collection[int] = ()
    ) -> Mapping[int | None, list[Reply]]:
        return self._asked(calendar).series_replies(key, dates)

    def watch(self, calendar: CalendarId, channel: Channel) -> Channel:
        self._asked(calendar)
        opened = replace(channel, resource=f"resource of {calendar}")
        self._channels[channel.name] = calendar, opened
        return opened

    @property
    def watched(self) -> list[Channel]:
        return [channel for _, channel in self._channels.values()]

    def stop(self, channel: Channel) -> None:
        self._admitted()
        self._channels.pop(channel.name, None)

    def revoke(self) -> None:
        self._revoked = True

    def _asked(self, calendar: CalendarId) -> Kept:
        self._admitted()
        kept = self._kept(calendar)
        if kept.trouble is not None:
            raise kept.trouble
        return kept

    def _kept(self, calendar: CalendarId) -> Kept:
        if calendar not in self._calendars:
            raise NotThere("The calendar is not there", remedy="choose another calendar")
        return self._calendars[calendar]

    def _admitted(self) -> None:
        if self._revoked:
            raise ReconnectNeeded("The account no longer admits us", remedy="connect it again")

    def _changed(self, calendar: CalendarId) -> None:
        self._kept(calendar).changes += 1
        every = Capability.WATCHES_ALL in self.capabilities
        watched = self._channels.items()
        self.told += [name for name, (which, _) in watched if every or which == calendar]
