"""Our own events at a host: each is there once, whatever went wrong before.

An event is looked for by the mark it carries before anything is written, as a host may have
given it a name of its own, or may have done what it never answered. Where a host takes our
names, two who write at once meet in the name.
"""

from collections.abc import Callable
from contextlib import suppress

from calendar_sync.errors import ChangedMeanwhile, NotThere, Unsupported, broken
from calendar_sync.google import drafts, wire
from calendar_sync.google.drafts import Own
from calendar_sync.google.requests import Requests
from calendar_sync.google.wire import Json
from calendar_sync.provider import CalendarId, Draft
from calendar_sync.speaking import Speaker

_TRIES = 4  # of a change that others keep making impossible


def insist(change: Callable[[], None]) -> None:
    """Make a change that others may make impossible for a while. Raises ChangedMeanwhile."""
    for _ in range(_TRIES - 1):
        try:
            return change()
        except ChangedMeanwhile:
            continue
    return change()


class Events:
    """The events of one account that are ours."""

    def __init__(self, speaker: Speaker, requests: Requests) -> None:
        self._ask = speaker.ask
        self._pages = speaker.pages
        self._requests = requests

    def put(self, calendar: CalendarId, draft: Draft, *, written: bool) -> None:
        """Create the event or bring it up to date, as Provider.put promises."""
        insist(lambda: self._put(calendar, draft, written=written))

    def cancel(self, calendar: CalendarId, key: str) -> None:
        """Remove the event, by whatever name it is there."""
        insist(lambda: self._cancel(calendar, drafts.event_id(calendar, key)))

    def _cancel(self, calendar: CalendarId, name: str) -> None:
        marked = self._marked(calendar, name)
        for each in _whole(marked, name) or [{"id": name}]:
            for date in marked:
                if date.get("recurringEventId") == each["id"]:
                    self._tell_others(calendar, date, each)
            mails = drafts.mails(each)
            try:
                self._ask(self._requests.delete(calendar, each["id"], **mails))
            except NotThere:
                continue
            except Unsupported:  # or a host that says little when an event is gone
                if self._look(calendar, name):
                    raise

    def _tell_others(self, calendar: CalendarId, date: Json, series: Json) -> None:
        """Have those hear of the end of a series who came to one of its dates alone."""
        guests = drafts.alone(date, series)
        if not guests:
            return
        with suppress(NotThere):
            self.patch(calendar, date, {"attendees": guests}, sendUpdates="none")
            self._ask(self._requests.delete(calendar, date["id"], sendUpdates="all"))

    def find(self, calendar: CalendarId, key: str) -> Json:
        """Return the event. Raises NotThere."""
        name = drafts.event_id(calendar, key)
        for each in self._look(calendar, name):
            return each
        return self._named_or_gone(calendar, name)

    def _put(self, calendar: CalendarId, draft: Draft, *, written: bool) -> None:
        name = drafts.event_id(calendar, draft.key)
        there, _ = self.there(calendar, name, written=written)
        if there is None:
            self._create(calendar, name, draft)
        else:
            self.change(calendar, name, draft, there)

    def there(
        self, calendar: CalendarId, name: str, *, written: bool
    ) -> tuple[Json | None, frozenset[str]]:
        """Return the event, and the names of dates of it that differ from its rule.

        None: it is to be written. What a host doubled by itself is removed. Raises NotThere if
        the event was removed.
        """
        marked = self._marked(calendar, name)
        found = _whole(marked, name)
        if not found:
            return (self._named_or_gone(calendar, name) if written else None), frozenset()
        first, *others = found
        for each in others:
            self._ask(self._requests.delete(calendar, each["id"], sendUpdates="none"))
        dates = {each["id"] for each in marked if each.get("recurringEventId") == first["id"]}
        return first, frozenset(dates)

    def _look(self, calendar: CalendarId, name: str) -> list[Json]:
        """Return the one of our own name; or, where a host named it, all that carry our mark.

        Beside the one of our name, the mark is on copies that a person made: they are theirs.
        """
        return _whole(self._marked(calendar, name), name)

    def _marked(self, calendar: CalendarId, name: str) -> list[Json]:
        """Return all that carry our mark: the event, and dates of it that differ from its rule."""
        search = drafts.search(name)
        pages = self._pages(lambda page: self._requests.ours(calendar, search, page))
        ours = [each for page in pages for each in wire.items(page) if drafts.is_ours(each, name)]
        if not all(isinstance(each.get("id"), str) for each in ours):
            raise broken()
        return ours

    def named(self, calendar: CalendarId, name: str) -> Json | None:
        """Return the event of that name, also if it is removed."""
        try:
            found = self._ask(self._requests.event(calendar, name))
        except (NotThere, Unsupported):
            return None
        return _event({"id": name, **found} if isinstance(found, dict) else None)

    def _named_or_gone(self, calendar: CalendarId, name: str) -> Json:
        found = self.named(calendar, name)
        if found is None or found.get("status") == "cancelled":
            raise _removed()
        return found

    def _create(self, calendar: CalendarId, name: str, draft: Draft) -> None:
        body = drafts.body(name, draft)
        try:
            self.insert(calendar, body)
        except ChangedMeanwhile:  # the name is taken: by us, when nobody heard the answer
            there = self.taken(calendar, name, draft)
            if there.get("status") == "cancelled":
                self.revive(calendar, there, body)
            else:
                self.change(calendar, name, draft, there)

    def insert(self, calendar: CalendarId, body: Json) -> Json:
        """Write an event that is not there, and return it. Raises ChangedMeanwhile if it is."""
        return _event(self._ask(self._requests.insert(calendar, body, **drafts.mails(body))))

    def taken(self, calendar: CalendarId, name: str, draft: Own) -> Json:
        """Return the event whose name proved to be taken; it may have been removed."""
        there = self.named(calendar, name)
        if there is None:
            raise ChangedMeanwhile("The event comes and goes", remedy="try again")
        drafts.check(draft, there)
        return there

    def revive(self, calendar: CalendarId, there: Json, body: Json) -> Json:
        """Write an event over one that was removed, and return it."""
        whole = drafts.revived(body)
        return _event(
            self._ask(self._requests.update(calendar, there, whole, **drafts.mails(body)))
        )

    def change(self, calendar: CalendarId, name: str, draft: Own, there: Json) -> None:
        """Bring the event that is there up to date; nothing is written if it is."""
        drafts.check(draft, there)
        change = drafts.patch(name, draft, there)
        if not change:
            return
        mails = drafts.mails_of(change, there)
        try:
            self.patch(calendar, there, change, **mails)
        except Unsupported:
            self._replace(calendar, name, draft, there)
        except NotThere:  # removed just now; or the host does not know patches, and says it so
            if not self._look(calendar, name):
                raise _removed() from None
            self._replace(calendar, name, draft, there)

    def patch(self, calendar: CalendarId, there: Json, change: Json, **mails: str) -> Json:
        """Change some fields of an event that is there, and return it."""
        return _event(self._ask(self._requests.patch(calendar, there, change, **mails)))

    def _replace(self, calendar: CalendarId, name: str, draft: Own, there: Json) -> None:
        """Remove and write anew; if that breaks off between, a repeated put writes it."""
        body = drafts.replacement(name, draft, there)
        self._ask(self._requests.delete(calendar, there["id"], sendUpdates="none"))
        self._ask(self._requests.insert(calendar, body, **drafts.mails(body)))


def _whole(marked: list[Json], name: str) -> list[Json]:
    whole = [each for each in marked if not each.get("recurringEventId")]
    named = [each for each in whole if each["id"] == name]
    return named or sorted(whole, key=lambda each: str(each["id"]))


def _event(answer: object) -> Json:
    if not isinstance(answer, dict) or not isinstance(answer.get("id"), str) or not answer["id"]:
        raise broken()
    return answer


def _removed() -> NotThere:
    return NotThere("The event was removed by somebody", remedy="ask before writing it anew")
