"""What a calendar in this process holds, and what the guests of its events answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from calendar_sync.errors import NotThere, SyncError
from calendar_sync.provider import Answer, Draft, Listed, Reply, SeriesDraft
from scheduler.model.busy import BusyInterval, Kind


@dataclass
class Kept:
    """A calendar: its owner's busy times, our events by key, and how often it has changed.

    answers  by key, address, and the original of a date; None: to all of it
    """

    listed: Listed
    times: list[BusyInterval] = field(default_factory=list)
    events: dict[str, Draft | SeriesDraft] = field(default_factory=dict)
    answers: dict[tuple[str, str, int | None], Answer] = field(default_factory=dict)
    changes: int = 0
    trouble: SyncError | None = None

    def taken(self) -> list[BusyInterval]:
        """Return the owner's times and those of our events."""
        spans = [span for each in self.events.values() for span in _spans(each)]
        return [*self.times, *(BusyInterval(*each, Kind.BUSY) for each in spans)]

    def replies(self, key: str) -> list[Reply]:
        """Return what the guests of an event or a whole series answered. Raises NotThere."""
        return self._said(key, None, self._event(key).guests)

    def series_replies(
        self, key: str, expected: Collection[int] = ()
    ) -> dict[int | None, list[Reply]]:
        """Return the same, and what was answered to single dates. Raises NotThere."""
        draft = self._event(key)
        dates = draft.series.occurrences if isinstance(draft, SeriesDraft) else ()
        answered = {when for name, _, when in self.answers if name == key}
        own: dict[int | None, list[Reply]] = {
            each.original: self._said(key, each.original, (*draft.guests, *each.guests))
            for each in dates
            if each.original in answered or each.guests
        }
        held = {each.original for each in dates}
        gone: dict[int | None, list[Reply]] = {
            each: [] for each in expected if dates and each not in held
        }
        return {None: self.replies(key), **own, **gone}

    def _said(self, key: str, when: int | None, guests: Sequence[str]) -> list[Reply]:
        """Return what guests said of one date, or else of all of it."""
        whole = {each: self.answers.get((key, each, None), Answer.WAITING) for each in guests}
        return [Reply(each, self.answers.get((key, each, when), whole[each])) for each in guests]

    def _event(self, key: str) -> Draft | SeriesDraft:
        if key not in self.events:
            raise NotThere("The event is not there", remedy="write it anew")
        return self.events[key]


def _spans(draft: Draft | SeriesDraft) -> list[tuple[int, int]]:
    if isinstance(draft, Draft):
        return [draft.when]
    return [(each.start, each.end) for each in draft.series.occurrences]
