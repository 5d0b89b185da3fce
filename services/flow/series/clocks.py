"""What the clock of somebody who is invited shows, where it is another than the group's."""

from notifications.itip.spoken import elsewhere
from services.flow.series.arranging import seconds
from services.storage.rows.groups import MemberRow
from services.storage.rows.people import PersonRow
from services.storage.rows.series import AttendeeRow, MeetingRow
from services.storage.work import Work


def own(work: Work, attendee: AttendeeRow) -> str:
    """The zone of somebody as they say, else as a coordinator wrote it down; "": nobody did."""
    person = work.session.get(PersonRow, attendee.person_id)
    member = work.session.get(MemberRow, attendee.member_id) if attendee.member_id else None
    return (person and person.timezone) or (member and member.timezone) or ""


def here(meeting: MeetingRow, zone: str, own: str) -> str:
    """Say when a date begins on one's own clock; "": it shows the same as the group's."""
    return elsewhere(seconds(meeting.start_at), zone, own)
