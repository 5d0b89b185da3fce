"""Answers that guests gave at the organiser's host: asked for from time to time, and when it tells.

A host says how things stand and never since when. So what it told last is kept beside each
answer: what somebody said on our page stands until their answer at the host is another.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from calendar_sync.errors import NotAllowed, NotThere, ReconnectNeeded, Unsupported
from calendar_sync.provider import Answer, CalendarId, Provider, Reply
from services.flow import account_readings
from services.flow.access import Opening
from services.flow.memory import Task
from services.flow.series import answers, organising, removals, turns
from services.flow.series.invited import is_invited
from services.flow.series.kept import from_kept
from services.flow.series.turns import Here
from services.flow.series.whole import whole
from services.keys import Keys, Unsealable
from services.storage import attendees as stored_attendees
from services.storage import replies, series
from services.storage.rows.accounts import Host
from services.storage.rows.series import (
    AttendeeRow,
    EventRow,
    MeetingRow,
    ReplyRow,
    SeriesRow,
)
from services.storage.work import Work

_FAR = timedelta(days=50)  # farther, a host may not list a date with its series

Told = Mapping[int | None, Sequence[Reply]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A series whose host is asked.

    began   when we looked this up
    events  those of its objects that were written: by their ids, which dates are asked for
    """

    series_id: UUID
    host: Host
    account_id: UUID
    scopes: frozenset[str]
    calendar: CalendarId = field(repr=False)
    began: datetime
    events: Mapping[UUID, Collection[int]]


def read_from_host(task: Task, keys: Keys, opening: Opening, series_id: UUID, here: Here) -> None:
    """Ask the host of a series for answers, and keep those that are others than before.

    Raises TryLater while the host wants to be left alone.
    """
    with task.reading() as work:
        asked = _asked(work, keys, series_id)
    told: dict[UUID, Told | None] = {}
    if asked is not None:
        try:
            told = _told(opening, asked)
        except ReconnectNeeded:
            with task.work() as work:
                account_readings.lose(work, asked.account_id, asked.began)
        except (NotAllowed, Unsupported):
            pass  # their answers are given on our page alone
    with task.work(last=True) as work:
        row = series.locked(work, series_id)
        if row is not None:
            if asked is not None and told:
                there = {each: one for each, one in told.items() if one is not None}
                _Book(work, row, asked.host.value).keep(there)
                removals.note(work, row, told)
            again = turns.next_at(work, opening.hosts, row, here)
            replies.ask_next(work, series_id, _unless_told(work, row, asked, again))


def _asked(work: Work, keys: Keys, series_id: UUID) -> _Asked | None:
    """Look up whom to ask; None: nobody. Raises Wait while the account is to be left alone."""
    row = series.by_id(work, series_id)
    account = None if row is None else organising.account_of(work, row)
    if row is None or account is None or account.lost_at is not None or row.calendar is None:
        return None
    account_readings.let_rest(work, account.id)
    try:
        calendar = keys.opened(row.calendar, row.id)
    except Unsealable:
        return None  # until its key is back
    near = _near(series.meetings(work, series_id))
    written = [each for each in series.events(work, series_id) if _is_written(each)]
    return _Asked(
        series_id,
        account.host,
        account.id,
        frozenset(account.scopes),
        CalendarId(calendar),
        work.now,
        {each.id: near.intersection(_originals(each)) for each in written},
    )


def _is_written(event: EventRow) -> bool:
    return event.wanted is not None and event.written_revision > 0


def _originals(event: EventRow) -> list[int]:
    dates = () if event.wanted is None else from_kept(event.wanted).occurrences
    return [each.original for each in dates]


def _near(meetings: Iterable[MeetingRow]) -> set[int]:
    """The dates, by original, that a host surely finds: those that were not moved far."""
    close = [each for each in meetings if abs(each.start_at - each.original_at) < _FAR]
    return {int(each.original_at.timestamp()) for each in close}


def _told(opening: Opening, asked: _Asked) -> dict[UUID, Told | None]:
    """Ask for each object; None: it is not there any more."""
    told = {}
    with opening.provider(asked.host, asked.account_id, asked.scopes) as provider:
        for each, dates in asked.events.items():
            told[each] = _one(provider, asked.calendar, each, dates)
    return told


def _one(
    provider: Provider, calendar: CalendarId, event_id: UUID, dates: Collection[int]
) -> Told | None:
    try:
        return provider.series_replies(calendar, event_id.hex, dates)
    except NotThere:
        return None


def _unless_told(
    work: Work, row: SeriesRow, asked: _Asked | None, again: datetime | None
) -> datetime | None:
    """At once, if somebody told of news while we asked: they may have come after the answer."""
    told = asked is not None and row.replies_at is not None and row.replies_at <= work.now
    return row.replies_at if told and again is not None else again


class _Book:
    """What was answered to one series, as what a host told is entered."""

    def __init__(self, work: Work, row: SeriesRow, source: str) -> None:
        self._work, self._source = work, source
        self._events = {each.id: each for each in series.events(work, row.id)}
        self._meetings = {
            int(each.original_at.timestamp()): each for each in series.meetings(work, row.id)
        }
        self._by_email: dict[str, list[AttendeeRow]] = {}
        for attendee, person in stored_attendees.of(work, row.id):
            self._by_email.setdefault(person.email.casefold(), []).append(attendee)
        self._said = {
            (each.attendee_id, each.meeting_id): each for each in replies.of_series(work, row.id)
        }
        self._main = whole(self._events.values())
        self._anew: set[UUID] = set()  # who says of all dates another thing than last time

    def keep(self, told: Mapping[UUID, Told]) -> None:
        """Enter what was told of some objects."""
        for event_id, each in sorted(told.items(), key=lambda one: one[0] == self._main):
            event = self._events.get(event_id)
            if event is not None and event.wanted is not None:
                self._keep_event(event, each)

    def _keep_event(self, event: EventRow, told: Told) -> None:
        to_all = told.get(None, ())
        is_main = event.id == self._main
        if is_main:
            self._keep_all(to_all)
        assert event.wanted is not None
        alike = {attendee.id: said for attendee, said in self._by(to_all)} if is_main else {}
        for date in from_kept(event.wanted).occurrences:
            meeting = self._meetings.get(date.original)
            for attendee, said in self._by(told.get(date.original, to_all)):
                if meeting is not None and is_invited(attendee, meeting):
                    self._keep_date(attendee, meeting, said, alike.get(attendee.id))

    def _keep_all(self, told: Iterable[Reply]) -> None:
        """Enter what was told of all dates."""
        self._anew = {
            attendee.id
            for attendee, said in self._by(told)
            if attendee.meeting_id is None and self._enter(attendee, None, said, Answer.WAITING)
        }

    def _keep_date(
        self, attendee: AttendeeRow, meeting: MeetingRow, said: Answer, usual: Answer | None
    ) -> None:
        """Enter what was told of a date; `usual`: what they said of all dates.

        Who has not answered to a date meant it with all, unless they said that before it was moved.
        """
        row = self._said.get((attendee.id, meeting.id))
        if said is Answer.WAITING and usual is not None:
            if not meeting.stood:
                said = usual
            elif row is not None and row.hosted == said and attendee.id in self._anew:
                self._answered(attendee, meeting.id, usual)
        if usual is not said or row is not None:
            self._enter(attendee, meeting.id, said, usual or Answer.WAITING)

    def _by(self, told: Iterable[Reply]) -> list[tuple[AttendeeRow, Answer]]:
        return [
            (attendee, each.answer)
            for each in told
            for attendee in self._by_email.get(each.email.casefold(), ())
        ]

    def _enter(
        self, attendee: AttendeeRow, meeting_id: UUID | None, said: Answer, usual: Answer
    ) -> bool:
        """Enter what the host tells of one answer; return whether it is another than it told last.

        usual  what is no answer of its own
        """
        row = self._said.get((attendee.id, meeting_id))
        if row is not None and row.hosted == said:
            return False
        is_first = row is None or row.hosted is None
        if not is_first or said is not usual:
            row = self._answered(attendee, meeting_id, said)
        elif row is None:
            row = self._answered(attendee, meeting_id, self._elsewhere(attendee, said))
        row.hosted = said.value
        return True

    def _elsewhere(self, attendee: AttendeeRow, said: Answer) -> Answer:
        """What somebody said on our page of all dates, where the host knows nothing better."""
        row = self._said.get((attendee.id, None))
        return Answer(row.answer) if row is not None and row.source == answers.PAGE else said

    def _answered(self, attendee: AttendeeRow, meeting_id: UUID | None, said: Answer) -> ReplyRow:
        now = self._work.now
        row = answers.answer(self._work, attendee, meeting_id, said, self._source, now)
        self._said[attendee.id, meeting_id] = row
        return row
