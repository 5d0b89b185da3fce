"""Our own events at a host: each is there once, whatever went wrong before.

An event is looked for by the mark it carries before anything is written, as a host may have
given it a name of its own, or may have done what it never answered. Where a host takes our
names, two who write at once meet in the name.
"""

from calendar_sync.errors import ChangedMeanwhile, NotThere, Unsupported, broken
from calendar_sync.google import drafts, wire
from calendar_sync.google.requests import Requests
from calendar_sync.google.wire import Json
from calendar_sync.provider import CalendarId, Draft
from calendar_sync.speaking import Speaker

_TRIES = 4  # of a change that others keep making impossible


class Events:
    """The events of one account that are ours."""

    def __init__(self, speaker: Speaker, requests: Requests) -> None:
        self._ask = speaker.ask
        self._pages = speaker.pages
        self._requests = requests

    def put(self, calendar: CalendarId, draft: Draft, *, written: bool) -> None:
        """Create the event or bring it up to date, as Provider.put promises."""
        for _ in range(_TRIES - 1):
            try:
                return self._put(calendar, draft, written=written)
            except ChangedMeanwhile:
                continue
        return self._put(calendar, draft, written=written)

    def cancel(self, calendar: CalendarId, key: str) -> None:
        """Remove the event, by whatever name it is there."""
        name = drafts.event_id(calendar, key)
        for each in self._look(calendar, name) or [{"id": name}]:
            mails = drafts.mails(each)
            try:
                self._ask(self._requests.delete(calendar, each["id"], **mails))
            except NotThere:
                continue
            except Unsupported:  # or a host that says little when an event is gone
                if self._look(calendar, name):
                    raise

    def find(self, calendar: CalendarId, key: str) -> Json:
        """Return the event. Raises NotThere."""
        name = drafts.event_id(calendar, key)
        for each in self._look(calendar, name):
            return each
        return self._named_or_gone(calendar, name)

    def _put(self, calendar: CalendarId, draft: Draft, *, written: bool) -> None:
        name = drafts.event_id(calendar, draft.key)
        there = self._one(calendar, name)
        if there is None and written:
            there = self._named_or_gone(calendar, name)
        if there is None:
            self._create(calendar, name, draft)
        else:
            self._change(calendar, name, draft, there)

    def _one(self, calendar: CalendarId, name: str) -> Json | None:
        """Return the event, if it is there; what a host doubled by itself is removed."""
        found = self._look(calendar, name)
        if not found:
            return None
        first, *others = found
        for each in others:
            self._ask(self._requests.delete(calendar, each["id"], sendUpdates="none"))
        return first

    def _look(self, calendar: CalendarId, name: str) -> list[Json]:
        """Return the one of our own name; or, where a host named it, all that carry our mark.

        Beside the one of our name, the mark is on copies that a person made: they are theirs.
        """
        search = drafts.search(name)
        pages = self._pages(lambda page: self._requests.ours(calendar, search, page))
        ours = [each for page in pages for each in wire.items(page) if drafts.is_ours(each, name)]
        if not all(isinstance(each.get("id"), str) for each in ours):
            raise broken()
        named = [each for each in ours if each["id"] == name]
        return named or sorted(ours, key=lambda each: str(each["id"]))

    def _named(self, calendar: CalendarId, name: str) -> Json | None:
        """Return the event of our own name, also if it is removed."""
        try:
            found = self._ask(self._requests.event(calendar, name))
        except (NotThere, Unsupported):
            return None
        if not isinstance(found, dict):
            raise broken()
        return {**found, "id": name}

    def _named_or_gone(self, calendar: CalendarId, name: str) -> Json:
        found = self._named(calendar, name)
        if found is None or found.get("status") == "cancelled":
            raise _removed()
        return found

    def _create(self, calendar: CalendarId, name: str, draft: Draft) -> None:
        body = drafts.body(name, draft)
        try:
            found = self._ask(self._requests.insert(calendar, body, **drafts.mails(body)))
        except ChangedMeanwhile:  # the name is taken: by us, when nobody heard the answer
            self._take_over(calendar, name, draft)
            return
        if not isinstance(found, dict) or not found.get("id"):
            raise broken()

    def _take_over(self, calendar: CalendarId, name: str, draft: Draft) -> None:
        there = self._named(calendar, name)
        if there is None:
            raise ChangedMeanwhile("The event comes and goes", remedy="try again")
        if there.get("status") != "cancelled":
            self._change(calendar, name, draft, there)
            return
        body = drafts.revived(name, draft)
        self._ask(self._requests.update(calendar, there, body, **drafts.mails(body)))

    def _change(self, calendar: CalendarId, name: str, draft: Draft, there: Json) -> None:
        change = drafts.patch(name, draft, there)
        if not change:
            return
        mails = drafts.mails({**there, **change})
        try:
            self._ask(self._requests.patch(calendar, there, change, **mails))
        except Unsupported:
            self._replace(calendar, name, draft, there)
        except NotThere:  # removed just now; or the host does not know patches, and says it so
            if self._one(calendar, name) is None:
                raise _removed() from None
            self._replace(calendar, name, draft, there)

    def _replace(self, calendar: CalendarId, name: str, draft: Draft, there: Json) -> None:
        """Remove and write anew; if that breaks off between, a repeated put writes it."""
        body = drafts.replacement(name, draft, there)
        self._ask(self._requests.delete(calendar, there["id"], sendUpdates="none"))
        self._ask(self._requests.insert(calendar, body, **drafts.mails(body)))


def _removed() -> NotThere:
    return NotThere("The event was removed by somebody", remedy="ask before writing it anew")
