"""Our own events at Outlook: each is there once, whatever went wrong before.

Outlook names events by itself, and may have done what it never answered: an event is looked for
by the mark it carries before anything is written. Two who write at once, and a look that came
too early, meet in the name of the transaction, which a host takes once. That name is another only
once an event has been seen to be gone: where a host says that it has made it already, and does
not show it, we look again later.
"""

from collections.abc import Callable
from typing import Any

from calendar_sync.errors import ChangedMeanwhile, NotThere, Refused, Wait, broken
from calendar_sync.outlook import drafts
from calendar_sync.outlook.requests import Json, Request
from calendar_sync.outlook.writing import Writings
from calendar_sync.provider import CalendarId, Draft
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

    def put(self, calendar: CalendarId, draft: Draft, *, written: bool) -> None:
        """Create the event or bring it up to date, as Provider.put promises."""
        turn = 0
        for _ in range(_TRIES - 1):
            try:
                return self._put(calendar, draft, written, turn)
            except _Gone:
                turn += 1
            except ChangedMeanwhile:
                continue
        return self._put(calendar, draft, written, turn)

    def cancel(self, calendar: CalendarId, key: str) -> None:
        """Remove the event. Outlook tells its guests by itself."""
        for each in self._look(calendar, drafts.event_name(calendar, key)):
            self._remove(each)

    def find(self, calendar: CalendarId, key: str) -> Json:
        """Return the event. Raises NotThere."""
        for each in self._look(calendar, drafts.event_name(calendar, key)):
            return each
        raise _removed()

    def _put(self, calendar: CalendarId, draft: Draft, written: bool, turn: int) -> None:  # noqa: FBT001
        name = drafts.event_name(calendar, draft.key)
        there = self._one(calendar, name)
        if there is None and written:
            raise _removed()
        if there is None:
            there = self._created(calendar, name, draft, turn)
        self._change(calendar, name, draft, there)

    def _one(self, calendar: CalendarId, name: str) -> Json | None:
        """Return the event, if it is there; what two of us made at once becomes one."""
        found = self._look(calendar, name)
        for each in found[1:]:
            self._remove(each)
        return found[0] if found else None

    def _look(self, calendar: CalendarId, name: str) -> list[Json]:
        pages = self._pages(lambda page: self._writings.ours(calendar, name, page))
        found = [each for page in pages for each in _items(page)]
        if not all(isinstance(each.get("id"), str) for each in found):
            raise broken()
        return drafts.ours(found, name)

    def _created(self, calendar: CalendarId, name: str, draft: Draft, turn: int) -> Json:
        """Return the event as it is there once we wrote it.

        It is read: the host may have answered with one that it made when we last asked, of
        another draft, or that is gone by now. Raises ChangedMeanwhile, and Wait if it is said to
        be made already and cannot be found yet.
        """
        try:
            made = self._in_a_zone(
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
            there = self._ask(self._writings.event(made["id"]))
        except NotThere:
            raise _Gone("The event comes and goes", remedy="try again") from None
        if not isinstance(there, dict):
            raise broken()
        if there.get("isCancelled") is True:
            raise _Gone("The event was called off", remedy="try again")
        return {**there, "id": made["id"]}

    def _found(self, calendar: CalendarId, name: str) -> Json:
        """Return the event that a host says it has made already. Raises Wait."""
        there = self._one(calendar, name)
        if there is None:
            what = "The calendar host has made the event, and does not show it yet"
            raise Wait(what, remedy="look again later", seconds=_SHOWN)
        return there

    def _change(self, calendar: CalendarId, name: str, draft: Draft, there: Json) -> None:
        if not drafts.patch(name, draft, there, draft.zone):
            return
        try:
            self._in_a_zone(
                draft,
                lambda shown: self._writings.patch(there, drafts.patch(name, draft, there, shown)),
            )
        except NotThere:
            if self._one(calendar, name) is None:
                raise _removed() from None
            raise ChangedMeanwhile("The event comes and goes", remedy="try again") from None

    def _in_a_zone(self, draft: Draft, request: Callable[[str], Request]) -> Any:
        """Write an event in its zone; in UTC if the host refuses: not all know every zone."""
        try:
            return self._ask(request(draft.zone))
        except Refused:
            if draft.zone == "UTC":
                raise
            return self._ask(request("UTC"))

    def _remove(self, event: Json) -> None:
        try:
            self._ask(self._writings.delete(event["id"]))
        except NotThere:
            return


def _items(page: Json) -> list[Json]:
    found = page.get("value")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise broken()
    return found


def _removed() -> NotThere:
    return NotThere("The event was removed by somebody", remedy="ask before writing it anew")
