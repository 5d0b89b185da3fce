"""A series for its coordinators: who comes to each date, and whether the date has reached them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from calendar_sync.provider import Answer
from services.flow.series import answers, attendance, deliveries, invited, listed
from services.flow.series.views import Date, Delivery, Shown
from services.storage import attendees as stored_attendees
from services.storage import members, terms
from services.storage import series as stored
from services.storage.rows.groups import MemberRow
from services.storage.rows.series import (
    AttendeeRow,
    MeetingRow,
    ReplyRow,
    SeriesRow,
)
from services.storage.work import Work


def shown(work: Work, row: SeriesRow) -> Shown:
    """Put everything together that is known of a series."""
    meetings = sorted(stored.meetings(work, row.id), key=lambda each: each.start_at)
    everybody = [attendee for attendee, _ in stored_attendees.of(work, row.id)]
    term = terms.one(work, row.group_id, row.term_id)
    known = _Known(
        everybody,
        answers.of(work, row),
        deliveries.of(work, row, everybody, meetings),
        rules={} if term is None else term.rules,
        members=[member for member, _ in members.of(work, row.group_id)],
    )
    those = _invited(everybody, meetings, work)
    lacking = listed.uninvited(work, row, everybody, meetings)
    here = {each.person_id for each in those} | {each.person_id for each in lacking}
    return Shown(
        row,
        tuple(those),
        tuple(stored.events(work, row.id)),
        tuple(known.of(each) for each in meetings),
        tuple(each.name for each in lacking),
        tuple(each.name for each in everybody if each.person_id not in here and _has_left(each)),
    )


def _has_left(attendee: AttendeeRow) -> bool:
    """Whether they were invited as a member, and are none any more."""
    return attendee.meeting_id is None and attendee.member_id is None


def _invited(
    everybody: Sequence[AttendeeRow], meetings: Sequence[MeetingRow], work: Work
) -> list[AttendeeRow]:
    """Who is invited to a date that is to come; once there is none, who was to any."""
    if invited.to_come(meetings, work.now):
        return invited.still(everybody, meetings, work.now)
    return [each for each in everybody if any(invited.is_invited(each, one) for one in meetings)]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all dates of a series; `members`: those of the group."""

    everybody: Sequence[AttendeeRow]
    said: Mapping[UUID, Sequence[ReplyRow]]
    delivered: Mapping[tuple[UUID, UUID], Delivery]
    rules: Mapping[str, Any]
    members: Sequence[MemberRow]

    def of(self, meeting: MeetingRow) -> Date:
        """Return one date; a quorum is one of members, so guests do not count for it."""
        there = invited.to(self.everybody, meeting)
        said = {
            each.id: answers.effective(self.said.get(each.id, ()), meeting.id) for each in there
        }
        counted = [said[each.id] for each in there if each.meeting_id is None]
        return Date(
            meeting,
            said,
            {each.id: self.delivered[each.id, meeting.id] for each in there},
            attendance.of(self.rules, len(self.members), counted, self._required(there, said)),
        )

    def _required(
        self, there: Sequence[AttendeeRow], said: Mapping[UUID, Answer]
    ) -> Iterator[tuple[str, Answer]]:
        """Yield who is required, with their answer; who is not invited has given none."""
        answered = {each.person_id: said[each.id] for each in there}
        for each in self.members:
            if each.required:
                yield each.name, answered.get(each.person_id, Answer.WAITING)
