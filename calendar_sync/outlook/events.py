"""Our own events at Outlook: each is there once, whatever went wrong before.

Outlook names events by itself, and may have done what it never answered: an event is looked for
by the mark it carries before anything is written. Two who write at once, and a look that came
too early, meet in the name of the transaction, which a host takes once. That name is another only
once an event has been seen to be gone: where a host says that it has made it already, and does
not show it, we look again later.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from calendar_sync.errors import ChangedMeanwhile, NotThere, Refused, Wait, broken
from calendar_sync.outlook import drafts
from calendar_sync.outlook.marks import FIELD, event_name
from calendar_sync.outlook.requests import Json, Request
from calendar_sync.outlook.writing import Writings
from calendar_sync.provider import CalendarId, Draft, SeriesDraft
from calendar_sync.speaking import Speaker

_TRIES = 4  # of a change that others keep making impossible
_SHOWN = 60.0  # seconds in which a host shows what it made


class _Gone(ChangedMeanwhile):
    """The event that a transaction made was there, and is no more."""


class Events:
    """The events of one account that are ours."""

    def __init__(self, speaker: Speaker, writings: Writings) -> None:
        self._ask = speaker.ask
        self._pages = speaker.pages
        self._writings = writings

    def put(self, calendar: CalendarId, draft: Draft | SeriesDraft, *, written: bool) -> None:
        """Create the event or bring it up to date, as Provider.put promises."""

        def once(turn: int) -> None:
            there = self.there(calendar, draft, turn, written=written)
            self.change(calendar, draft, there)

        tried(once)

    def cancel(
        self, calendar: CalendarId, key: str, first: Callable[[Json], None] = lambda _: None
    ) -> None:
        """Remove the event. Outlook tells its guests by itself.

        first  what is done to it just before
        """
        for each in self._look(calendar, event_name(calendar, key)):
            first(each)
            self.remove(each)

    def find(self, calendar: CalendarId, key: str) -> Json:
        """Return the event. Raises NotThere."""
        for each in self._look(calendar, event_name(calendar, key)):
            return each
        raise _removed()

    def there(
        self, calendar: CalendarId, draft: Draft | SeriesDraft, turn: int, *, written: bool
    ) -> Json:
        """Return the event as it is there; it is made if it is not. See `put`."""
        name = event_name(calendar, draft.key)
        there = self._one(calendar, name)
        if there is None and written:
            raise _removed()
        return self._created(calendar, name, draft, turn) if there is None else there

    def _one(self, calendar: CalendarId, name: str) -> Json | None:
        """Return the event, if it is there; what two of us made at once becomes one."""
        found = self._look(calendar, name)
        for each in found[1:]:
            self.remove(each)
        return found[0] if found else None

    def _look(self, calendar: CalendarId, name: str) -> list[Json]:
        pages = self._pages(lambda page: self._writings.ours(calendar, name, page))
        found = [each for page in pages for each in items(page)]
        if not all(isinstance(each.get("id"), str) for each in found):
            raise broken()
        return drafts.ours(found, name)

    def _created(
        self, calendar: CalendarId, name: str, draft: Draft | SeriesDraft, turn: int
    ) -> Json:
        """Return the event as it is there once we wrote it.

        It is read: the host may have answered with one that it made when we last asked, of
        another draft, or that is gone by now. Raises ChangedMeanwhile, and Wait if it is said to
        be made already and cannot be found yet.
        """
        try:
            made = self.in_a_zone(
                draft,
                lambda shown: self._writings.create(
                    calendar, drafts.body(name, draft, shown, turn)
                ),
            )
        except ChangedMeanwhile:
            return self._found(calendar, name)
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise broken()
        try:
            there = self.read(made)
        except NotThere:
            raise _Gone("The event comes and goes", remedy="try again") from None
        if there.get("isCancelled") is True:
            raise _Gone("The event was called off", remedy="try again")
        return there

    def _found(self, calendar: CalendarId, name: str) -> Json:
        """Return the event that a host says it has made already. Raises Wait."""
        there = self._one(calendar, name)
        if there is None:
            what = "The calendar host has made the event, and does not show it yet"
            raise Wait(what, remedy="look again later", seconds=_SHOWN)
        return there

    def read(self, event: Json) -> Json:
        """Return an event as it is by now. Raises NotThere."""
        there = self._ask(self._writings.event(event["id"]))
        return {**_event(there), "id": event["id"]}

    def change(self, calendar: CalendarId, draft: Draft | SeriesDraft, there: Json) -> bool:
        """Write what of an event has to change; return whether anything had to."""
        name = event_name(calendar, draft.key)
        if not drafts.patch(name, draft, there, draft.zone):
            return False
        with self.still_there(calendar, draft.key):
            self.write(draft, there, lambda shown: drafts.patch(name, draft, there, shown))
        return True

    def write(self, draft: Draft | SeriesDraft, there: Json, change: Callable[[str], Json]) -> None:
        """Change an event that is there.

        change  returns its fields by the clock of a zone
        """
        if set(change(draft.zone)) <= {"attendees", FIELD}:
            self.attend(there, change(draft.zone))
        else:
            self.in_a_zone(draft, lambda shown: self._writings.patch(there, change(shown)))

    def attend(self, there: Json, change: Json) -> None:
        """Change who comes, and what we keep of it.

        Outlook tells only those it is about, if nothing else is changed with it; so our marks,
        of which it tells nobody, follow by themselves.
        """
        for field in ("attendees", FIELD):
            if field in change:
                after = self._ask(self._writings.patch(there, {field: change[field]}))
                there = {**_event(after), "id": there["id"]}

    @contextmanager
    def still_there(self, calendar: CalendarId, key: str) -> Iterator[None]:
        """Look again if an event, or a date of it, is said to be gone: it may only seem so.

        Raises ChangedMeanwhile if the event is there, and NotThere.
        """
        try:
            yield
        except NotThere:
            if self._one(calendar, event_name(calendar, key)) is None:
                raise _removed() from None
            raise ChangedMeanwhile("The event comes and goes", remedy="try again") from None

    def in_a_zone(self, draft: Draft | SeriesDraft, request: Callable[[str], Request]) -> Any:
        """Write an event in its zone; in UTC if the host refuses: not all know every zone.

        What recurs does so by the clock of its zone, and by no other.
        """
        try:
            return self._ask(request(draft.zone))
        except Refused:
            if draft.zone == "UTC" or isinstance(draft, SeriesDraft):
                raise
            return self._ask(request("UTC"))

    def remove(self, event: Json) -> None:
        """Remove an event that was there; it may be gone by now."""
        try:
            self._ask(self._writings.delete(event))
        except NotThere:
            return


def tried(put: Callable[[int], None]) -> None:
    """Do something of which others, or we ourselves, may be in the way; a few times.

    put  is told how often what it made was seen to be gone
    Raises ChangedMeanwhile.
    """
    turn = 0
    for _ in range(_TRIES - 1):
        try:
            return put(turn)
        except _Gone:
            turn += 1
        except ChangedMeanwhile:
            continue
    return put(turn)


def items(page: Json) -> list[Json]:
    """Return the events of a page. Raises Wait."""
    found = page.get("value")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise broken()
    return found


def _event(answer: object) -> Json:
    if not isinstance(answer, dict):
        raise broken()
    return answer


def _removed() -> NotThere:
    return NotThere("The event was removed by somebody", remedy="ask before writing it anew")
