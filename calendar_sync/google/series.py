"""Our own series at a host: each is there once, and people hear of it when it is whole.

A series with exceptions begins without guests. Its dates are put in place one by one, and only
then is everybody invited, in one request. Whatever breaks off between, the next writing finds
how far the last one came: in the series itself, and in its dates.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

from calendar_sync.errors import ChangedMeanwhile, NotThere, Unsupported, broken
from calendar_sync.google import dates, drafts, wire
from calendar_sync.google.events import Events, insist
from calendar_sync.google.requests import Requests
from calendar_sync.google.wire import Json
from calendar_sync.provider import Answer, CalendarId, Reply, SeriesDraft
from calendar_sync.speaking import Speaker
from scheduler.model.series import Occurrence

_ALL, _NONE = {"sendUpdates": "all"}, {"sendUpdates": "none"}


@dataclass(frozen=True, slots=True)
class _Place:
    """A series that is written.

    begun  whether nobody was told of it yet
    alone  the names of dates that were changed alone, by whomever
    """

    calendar: CalendarId
    name: str
    draft: SeriesDraft
    begun: bool
    alone: frozenset[str]


class SeriesEvents:
    """The series of one account that are ours."""

    def __init__(self, speaker: Speaker, requests: Requests, events: Events) -> None:
        self._ask = speaker.ask
        self._pages = speaker.pages
        self._requests = requests
        self._events = events

    def put(self, calendar: CalendarId, draft: SeriesDraft, *, written: bool) -> None:
        """Create the series or bring it up to date, as Provider.put_series promises."""
        insist(lambda: self._put(calendar, draft, written=written))

    def replies(
        self, calendar: CalendarId, key: str, expected: Collection[int] = ()
    ) -> dict[int | None, list[Reply]]:
        """Return what guests answered, as Provider.series_replies promises."""
        there = self._events.find(calendar, key)
        found: dict[int | None, list[Reply]] = {None: wire.replies(there)}
        if not there.get("recurrence"):
            return found
        whole = _by_email(found[None])
        with suppress(Unsupported):  # at a host that does not know dates, nobody answers for one
            held = {
                dates.original(each): wire.replies(each)
                for each in self._instances(calendar, there["id"], removed=False)
            }
            found.update({each: own for each, own in held.items() if _by_email(own) != whole})
            found.update({each: [] for each in expected if each not in held})
        return found

    def _put(self, calendar: CalendarId, draft: SeriesDraft, *, written: bool) -> None:
        name = drafts.event_id(calendar, draft.key)
        there, alone = self._events.there(calendar, name, written=written)
        there = there or self._begin(calendar, name, draft)
        if there is None:
            return
        drafts.check(draft, there)
        if drafts.is_stale(draft, there) or (alone and drafts.patch(name, draft, there)):
            place = _Place(calendar, name, draft, drafts.is_begun(there), alone)
            self._put_dates(place, there)
            there = self._events.named(calendar, there["id"]) or there
        self._events.change(calendar, name, draft, there)

    def _begin(self, calendar: CalendarId, name: str, draft: SeriesDraft) -> Json | None:
        """Create the series: without its guests if it has exceptions; else whole, and None."""
        begun = drafts.begun(name, draft)
        try:
            if draft.series.exceptions:
                return self._events.insert(calendar, begun)
            self._events.insert(calendar, drafts.body(name, draft))
        except ChangedMeanwhile:  # the name is taken: by us, when nobody heard the answer
            there = self._events.taken(calendar, name, draft)
            if there.get("status") != "cancelled":
                return there
            return self._events.revive(calendar, there, begun)  # its dates may be removed as well
        return None

    def _put_dates(self, at: _Place, there: Json) -> None:
        series = at.draft.series
        held = {each.original: each for each in series.occurrences}
        lacking = {each.original for each in series.exceptions}
        instances = list(self._instances(at.calendar, there["id"], removed=at.begun))
        for each in instances:
            dates.check(at.draft, each)
        for each in instances:
            original = dates.original(each)
            lacking.discard(original)
            try:
                if original in held:
                    self._put_date(at, held[original], each)
                elif original in series.skipped and each.get("status") != "cancelled":
                    mails = _NONE if at.begun else drafts.mails(each)
                    self._ask(self._requests.delete(at.calendar, each["id"], **mails))
            except NotThere:
                raise ChangedMeanwhile("A date comes and goes", remedy="try again") from None
        if at.begun and lacking:  # later, a person removed or moved it: that stays so
            raise broken("a series without all its dates")

    def _put_date(self, at: _Place, date: Occurrence, there: Json) -> None:
        """Bring a date up to date. Before its series is announced, only its own guests hear."""
        if there.get("id") in at.alone:
            there = dates.adopted(at.draft, date, there)
        if at.begun and dates.newcomers(date, there):
            alone = dates.patch(at.name, at.draft, date, there, date.guests)
            there = self._events.patch(at.calendar, there, alone, **_ALL)
        mails = _ALL if not at.begun and dates.is_news(at.draft, date, there) else _NONE
        change = dates.patch(at.name, at.draft, date, there, (*at.draft.guests, *date.guests))
        if change:
            self._events.patch(at.calendar, there, change, **mails)

    def _instances(self, calendar: CalendarId, name: str, *, removed: bool) -> Iterator[Json]:
        pages = self._pages(
            lambda page: self._requests.instances(calendar, name, page, removed=removed)
        )
        for page in pages:
            yield from wire.items(page)


def _by_email(said: list[Reply]) -> dict[str, Answer]:
    return {each.email.casefold(): each.answer for each in said}
