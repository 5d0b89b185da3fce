"""Who will be invited when a draft is committed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from scheduler.model.zone import zone
from services.storage import groups, members
from services.storage.rows.series import AttendeeRow, MeetingRow, SeriesRow
from services.storage.work import Work


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody who will be invited.

    meeting  the only date, of a guest; None: all of them
    """

    person_id: UUID
    name: str
    email: str = field(repr=False)
    member_id: UUID | None = None
    meeting: MeetingRow | None = None

    def row(self, work: Work, series: SeriesRow) -> AttendeeRow:
        """Return them as an attendee."""
        return AttendeeRow(
            series_id=series.id,
            person_id=self.person_id,
            member_id=self.member_id,
            meeting_id=None if self.meeting is None else self.meeting.id,
            name=self.name,
            created_at=work.now,
        )


def to(work: Work, row: SeriesRow, meetings: Sequence[MeetingRow]) -> list[Coming]:
    """Return the members, then the guests of days on which these dates are held."""
    pairs = members.of(work, row.group_id)
    found = [Coming(one.id, member.name, one.email, member.id) for member, one in pairs]
    own, clock = {each.person_id for each in found}, zone(row.timezone)
    by_day = {each.start_at.astimezone(clock).date(): each for each in meetings}
    guests = [
        Coming(one.id, guest.name, one.email, meeting=by_day[guest.day])
        for guest, one in groups.guests(work, row.group_id)
        if guest.day in by_day and one.id not in own
    ]
    return found + guests
