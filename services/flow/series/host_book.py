"""What the host of a series tells of answers, as it is entered.

A host says how things stand and never since when. So what it told last is kept beside each
answer: what somebody said on our page stands until their answer at the host is another.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from calendar_sync.provider import Answer, Reply
from services.flow.series import answers
from services.flow.series.invited import is_invited
from services.flow.series.kept import from_kept
from services.flow.series.whole import whole
from services.storage import attendees as stored_attendees
from services.storage import replies, series
from services.storage.rows.series import AttendeeRow, EventRow, MeetingRow, ReplyRow, SeriesRow
from services.storage.work import Work

Told = Mapping[int | None, Sequence[Reply]]
"""What was told of one object; None: of all its dates, else of one, by its original."""


class Book:
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
        usual = {attendee.id: said for attendee, said in self._by(to_all)}
        for date in from_kept(event.wanted).occurrences:
            meeting = self._meetings.get(date.original)
            for attendee, said in self._by(told.get(date.original, to_all)):
                if meeting is None or not is_invited(attendee, meeting):
                    continue
                alone = said is Answer.WAITING and attendee.id not in usual
                if not (alone and self._stands(attendee, meeting, is_main=is_main)):
                    alike = usual.get(attendee.id) if is_main else None
                    self._keep_date(attendee, meeting, said, alike)

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
            self._enter(attendee, meeting.id, said, usual or self._before(attendee))

    def _stands(self, attendee: AttendeeRow, meeting: MeetingRow, *, is_main: bool) -> bool:
        """Whether an answer to a date stands that the host has forgotten, which is noted.

        To take somebody off a series, some hosts invite them anew to each date that they keep. Of a
        date that was moved a host may mean it so: there, only what was said on our page is sure.
        """
        own = self._said.get((attendee.id, meeting.id))
        row = self._said.get((attendee.id, None)) if own is None and is_main else own
        if row is None or attendee.until_at is None or row.said_at < attendee.created_at:
            return False  # they have not left, or were away when it was said
        if row.answer == Answer.WAITING or (meeting.stood and row.source != answers.PAGE):
            return False
        said = Answer(row.answer)
        if own is None:  # what they said of all dates goes, should they come back to all
            own = answers.answer(self._work, attendee, meeting.id, said, row.source, row.said_at)
            self._said[attendee.id, meeting.id] = own
        own.hosted = Answer.WAITING.value
        return True

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

    def _before(self, attendee: AttendeeRow) -> Answer:
        """What the host told of all dates before somebody left some of them."""
        row = None if attendee.until_at is None else self._said.get((attendee.id, None))
        hosted = None if row is None else row.hosted
        return Answer.WAITING if hosted is None else Answer(hosted)

    def _elsewhere(self, attendee: AttendeeRow, said: Answer) -> Answer:
        """What somebody said on our page of all dates, where the host knows nothing better."""
        row = self._said.get((attendee.id, None))
        return Answer(row.answer) if row is not None and row.source == answers.PAGE else said

    def _answered(self, attendee: AttendeeRow, meeting_id: UUID | None, said: Answer) -> ReplyRow:
        now = self._work.now
        row = answers.answer(self._work, attendee, meeting_id, said, self._source, now)
        self._said[attendee.id, meeting_id] = row
        return row
