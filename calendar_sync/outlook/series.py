"""Our own series at Outlook: each one object, whose dates are in their places before anybody hears.

Outlook invites as soon as there is somebody to invite, so a series is made without guests; what
is not held is removed, and what was moved is moved; then all are invited in one change. A host
may not carry that on to dates which are exceptions already: each is read again, and whoever lacks
there is added. Whatever is in its place already is not written again.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

from calendar_sync.errors import broken
from calendar_sync.outlook import dates, guests, recurrence
from calendar_sync.outlook.events import Events, items, tried
from calendar_sync.outlook.marks import Marks
from calendar_sync.outlook.requests import Json
from calendar_sync.outlook.writing import Writings
from calendar_sync.provider import CalendarId, Reply, SeriesDraft
from calendar_sync.speaking import Speaker
from scheduler.model.series import Occurrence


class SeriesEvents:
    """The series of one account that are ours."""

    def __init__(self, speaker: Speaker, writings: Writings, events: Events) -> None:
        self._ask = speaker.ask
        self._pages = speaker.pages
        self._writings = writings
        self._events = events

    def put(self, calendar: CalendarId, draft: SeriesDraft, *, written: bool) -> None:
        """Create the series or bring it up to date, as Provider.put_series promises."""
        if draft.series.rule:
            tried(lambda turn: self._put(calendar, draft, turn, written=written))
        else:
            [only] = draft.series.occurrences
            self._events.put(calendar, draft.on(only), written=written)

    def cancel(self, calendar: CalendarId, key: str) -> None:
        """Remove a series or an event. Outlook tells the guests of all of it by itself."""
        tried(lambda _: self._cancel(calendar, key))

    def replies(
        self, calendar: CalendarId, key: str, expected: Collection[int] = ()
    ) -> dict[int | None, list[Reply]]:
        """Return what guests answered, as Provider.series_replies promises."""
        series = self._events.find(calendar, key)
        found: dict[int | None, list[Reply]] = {None: guests.replies(series)}
        whole = guests.answers(found[None])
        held = self._instances(series)
        for original, each in held.items():
            own = guests.replies(each) if dates.is_exception(each) else found[None]
            if guests.answers(own).items() - whole.items():
                found[original] = own
        if recurrence.window(series) is not None:
            found |= {each: [] for each in expected if each not in held}
        return found

    def _cancel(self, calendar: CalendarId, key: str) -> None:
        with self._events.still_there(calendar, key):
            self._events.cancel(calendar, key, self._call_off)

    def _call_off(self, series: Json) -> None:
        """Tell those who come to a date alone: of its series, they would hear nothing."""
        change = partial(dates.uninvited, series)
        for each in self._instances(series).values():
            if change(each):
                self._attend(each, change)

    def _put(self, calendar: CalendarId, draft: SeriesDraft, turn: int, *, written: bool) -> None:
        there = self._events.there(calendar, replace(draft, guests=()), turn, written=written)
        before = Marks.of(there)
        before.check(draft.revision)
        with self._events.still_there(calendar, draft.key):
            instances = self._instances(there)
            for each in instances.values():
                dates.check(draft, each)
            arranged = self._arrange(draft, instances, before)
            if arranged:
                there = self._events.read(there)
        self._events.change(calendar, draft, there)
        with self._events.still_there(calendar, draft.key):
            self._invite(draft, instances, before, arranged)

    def _arrange(self, draft: SeriesDraft, instances: dict[int, Json], before: Marks) -> set[str]:
        """Bring each date into its place; return the ids of those that had to be written."""
        skipped = dates.skipped(draft, instances)
        for each in skipped:
            self._ask(self._writings.delete(each))
        moved = [
            there
            for there, date in dates.held(draft, instances)
            if self._place(draft, date, there, before)
        ]
        return {each["id"] for each in skipped + moved}

    def _place(self, draft: SeriesDraft, date: Occurrence, there: Json, before: Marks) -> bool:
        """Bring a date into its place; return whether it was elsewhere."""
        change = partial(dates.patch, draft, date, before)
        if not change(there, draft.zone):
            return False
        there = self._events.read(there)  # to a host, a change of one date may be one of all
        if change(there, draft.zone):
            self._events.write(draft.on(date), there, partial(change, there))
        return True

    def _invite(
        self, draft: SeriesDraft, instances: dict[int, Json], before: Marks, written: set[str]
    ) -> None:
        """Invite to exceptions whoever the host has not invited itself."""
        for there, date in dates.held(draft, instances):
            change = partial(dates.invitation, draft, date, before)
            if there["id"] in written or change(there):
                self._attend(there, change)

    def _attend(self, there: Json, change: Callable[[Json], Json]) -> None:
        """Change who comes to a date, as it is by now: an answer may have come meanwhile."""
        there = self._events.read(there)
        self._events.attend(there, change(there))

    def _instances(self, series: Json) -> dict[int, Json]:
        """Return the dates of a series that are there, by where its rule puts them."""
        span = recurrence.window(series)
        if span is None:
            return {}
        pages = self._pages(lambda page: self._writings.instances(series["id"], span, page))
        found = [each for page in pages for each in items(page)]
        if not all(isinstance(each.get("id"), str) for each in found):
            raise broken()
        return {dates.original(each): each for each in found}
