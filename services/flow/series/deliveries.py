"""Whether the dates of a series have reached whom they concern; and sending them once more."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from services.facts import LettersDue, SeriesDue
from services.flow import persons, rights
from services.flow.errors import Conflict
from services.flow.rights import missing
from services.flow.series import arranging, keeping
from services.flow.series import said as saying
from services.flow.series.invited import is_invited
from services.flow.series.kept import from_kept
from services.flow.series.said import Said
from services.flow.series.views import Delivered, Delivery
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage import set_aside, tellings
from services.storage.rows.series import (
    AttendeeRow,
    EventRow,
    MeetingRow,
    MeetingState,
    Organiser,
    SeriesRow,
    SeriesState,
    TellingRow,
)
from services.storage.work import Work

_THERE, _WAITING = Delivery(Delivered.THERE), Delivery(Delivered.WAITING)
_NOWHERE = Delivery(
    Delivered.FAILED,
    "There is no address of mail",
    "add them anew with one, or tell them yourself",
)
_REMOVED = Delivery(
    Delivered.FAILED,
    "Somebody removed it from the organiser's calendar",
    "send it once more, if that was a mistake",
)


_REMOVED_DATE = Delivery(
    Delivered.FAILED,
    "Somebody removed this date from the organiser's calendar",
    "send it once more, if that was a mistake; else cancel it here, so that everybody knows",
)
_ASIDE = Delivery(
    Delivered.FAILED,
    "It could not be sent, through a mistake of this service",
    "send it once more; if that does not help, tell whoever runs the service",
)


def of(
    work: Work, row: SeriesRow, attendees: Iterable[AttendeeRow], meetings: Iterable[MeetingRow]
) -> Mapping[tuple[UUID, UUID], Delivery]:
    """How each date stands with each of those who are invited to it: (attendee, meeting)."""
    found = _as_sent(work, row, attendees, meetings)
    aside = _aside(work, row, {who for who, _ in found})
    return {
        (who, date): _ASIDE if each.state is Delivered.WAITING and who in aside else each
        for (who, date), each in found.items()
    }


def _as_sent(
    work: Work, row: SeriesRow, attendees: Iterable[AttendeeRow], meetings: Iterable[MeetingRow]
) -> dict[tuple[UUID, UUID], Delivery]:
    events, dates = stored.events(work, row.id), list(meetings)
    pairs = stored_attendees.of(work, row.id)
    nowhere = {one.id for one, person in pairs if not persons.reachable(person.email)}
    if row.organiser is Organiser.ACCOUNT:
        hosted = _Hosted(row, events)
        return {
            (who.id, each.id): _NOWHERE if who.id in nowhere else hosted.of(who, each)
            for who in attendees
            for each in dates
            if is_invited(who, each)
        }
    told = tellings.of_series(work, row.id)
    return {
        (who.id, each.id): _NOWHERE if who.id in nowhere else mailed.of(each)
        for who in attendees
        for mailed in [_Mailed(row, events, [one for one in told if one.attendee_id == who.id])]
        for each in dates
        if is_invited(who, each)
    }


def _aside(work: Work, row: SeriesRow, attendees: set[UUID]) -> set[UUID]:
    """Whom nothing is sent to any more, as sending it has failed too often."""
    if set_aside.subjects(work, "calendars.publish", [row.id]):
        return attendees
    if row.organiser is Organiser.ACCOUNT:
        return set()
    return set_aside.subjects(work, "notices.tell_dates", attendees)


def resend(work: Work, group_id: UUID, series_id: UUID, attendee_id: UUID | None) -> None:
    """Write a series once more, or have one attendee told once more (None: everybody).

    What somebody removed from the organiser's calendar is written anew. Raises Missing,
    NotAllowed or Conflict.
    """
    rights.coordinating(work, group_id)
    row = stored.locked(work, series_id)
    if row is None or row.group_id != group_id:
        raise missing("series")
    if row.state is SeriesState.DRAFT:
        raise Conflict("Nothing of this series was sent yet", remedy="commit it first")
    those = [
        each for each, _ in stored_attendees.of(work, row.id) if attendee_id in (None, each.id)
    ]
    if attendee_id is not None and not those:
        raise missing("attendee")
    if row.organiser is Organiser.ACCOUNT:
        _write_again(work, row)
    elif row.published < row.revision:
        work.record(SeriesDue(row.id, row.revision))
    for each in those if row.organiser is Organiser.MAILBOX else ():
        for telling in tellings.of_attendee(work, each.id):
            telling.revision, telling.failed_at = 0, None
        work.record(LettersDue(each.id, row.revision))
    work.note("series.resent", row.id, row.version)


def _write_again(work: Work, row: SeriesRow) -> None:
    keeping.restore(work, row)
    for each in stored.events(work, row.id):
        each.written_revision, each.removed_at, each.failed_at = 0, None, None
    work.record(SeriesDue(row.id, row.revision))


class _Hosted:
    """Dates that the organiser's host tells of, once what holds them is written."""

    def __init__(self, row: SeriesRow, events: Sequence[EventRow]) -> None:
        self._row, self._events = row, events
        self._holder = {
            date.original: event
            for event in events
            if event.wanted is not None
            for date in from_kept(event.wanted).occurrences
        }

    def of(self, who: AttendeeRow, meeting: MeetingRow) -> Delivery:
        """How one date stands with somebody; what was changed for others says nothing of it."""
        since = max(self._row.worded, who.revision, meeting.revision)
        if meeting.removed_at is not None and meeting.state is MeetingState.HELD:
            return _REMOVED_DATE
        holder = self._holder.get(arranging.seconds(meeting.original_at))
        if holder is not None:
            return _written(since, holder)
        return _worst(_written(since, each) for each in self._events)


class _Mailed:
    """Dates that one attendee is told by mail."""

    def __init__(
        self, row: SeriesRow, events: Sequence[EventRow], told: Sequence[TellingRow]
    ) -> None:
        self._row = row
        self._tellings = {each.event_id: each for each in told}
        self._said = {each.event_id: saying.from_kept(each.told) for each in told}
        self._holder = {
            date.original: event.id
            for event in events
            if event.wanted is not None
            for date in from_kept(event.wanted).occurrences
        }

    def of(self, meeting: MeetingRow) -> Delivery:
        """How one date stands."""
        original = arranging.seconds(meeting.original_at)
        holder = self._holder.get(original)
        held = meeting.state is MeetingState.HELD
        wrong = [
            event
            for event, said in self._said.items()
            if not self._fits(event, said, meeting, there=held and event == holder)
        ]
        if held and holder is not None and holder not in self._said:
            return _WAITING
        return _worst(_told(self._tellings[event]) for event in wrong)

    def _fits(self, event: UUID, said: Said | None, meeting: MeetingRow, *, there: bool) -> bool:
        """Whether an object was told as it is: with the date, or without it."""
        original = arranging.seconds(meeting.original_at)
        dates = said.series.occurrences if said is not None and said.series is not None else ()
        found = [each for each in dates if each.original == original]
        if found and self._tellings[event].revision == 0:  # all of it is told anew
            return False
        if said is None or not there or not found:
            return bool(found) == there
        row, date = self._row, arranging.occurrence(meeting)
        words = (said.title, said.place, said.text) == (row.title, row.place, row.text)
        return words and (found[0].start, found[0].minutes, found[0].place) == (
            date.start, date.minutes, date.place,
        )  # fmt: skip


def _written(since: int, event: EventRow) -> Delivery:
    """How an object stands, as of that revision."""
    if event.removed_at is not None:
        return _REMOVED
    if event.written_revision >= since:
        return _THERE
    if event.failed_at is not None:
        return Delivery(Delivered.FAILED, event.failed_what or "", event.failed_remedy or "")
    return Delivery(Delivered.WAITING, event.failed_what or "", event.failed_remedy or "")


def _told(telling: TellingRow) -> Delivery:
    """How a telling stands that is not done."""
    state = Delivered.WAITING if telling.failed_at is None else Delivered.FAILED
    return Delivery(state, telling.failed_what or "", telling.failed_remedy or "")


def _worst(found: Iterable[Delivery]) -> Delivery:
    ranked = {Delivered.FAILED: 0, Delivered.WAITING: 1}
    return min(found, key=lambda each: ranked.get(each.state, 2), default=_THERE)
