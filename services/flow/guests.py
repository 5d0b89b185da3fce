"""Guests of a group's dates, before a series is committed and while it is held."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from scheduler.model.zone import zone
from services.flow import groups
from services.flow.series import attending, invited
from services.flow.series.arranging import SETTLE
from services.storage import attendees as stored_attendees
from services.storage import groups as stored_groups
from services.storage import series as stored
from services.storage.rows.groups import GuestRow
from services.storage.rows.series import MeetingRow, SeriesRow
from services.storage.work import Work


def add(  # noqa: PLR0913 -- who comes when, each by its name
    work: Work,
    group_id: UUID,
    email: str,
    name: str,
    day: date,
    *,
    settle: timedelta = SETTLE,
) -> GuestRow:
    """Invite somebody to one date; where it is in calendars already, it will be in theirs."""
    guest = groups.add_guest(work, group_id, email, name, day)
    for row, meeting in _dates(work, group_id):
        known = stored_attendees.of_person(work, row.id, guest.person_id)
        if _day(row, meeting) == day and not invited.to(known, meeting):
            attending.add_guest(work, group_id, row.id, meeting.id, name, email, settle=settle)
    return guest


def remove(work: Work, group_id: UUID, guest_id: UUID, *, settle: timedelta = SETTLE) -> None:
    """Take an invitation to one date back, out of calendars as well."""
    guest = stored_groups.guest(work, group_id, guest_id)
    groups.remove_guest(work, group_id, guest_id)
    if guest is None:
        return
    for row, meeting in _dates(work, group_id):
        if guest.day not in (_day(row, meeting), _day(row, meeting, moved=False)):
            continue
        for each in invited.to(stored_attendees.of_person(work, row.id, guest.person_id), meeting):
            if each.meeting_id == meeting.id:
                attending.remove_guest(work, group_id, row.id, each.id, settle=settle)


def _dates(work: Work, group_id: UUID) -> Iterator[tuple[SeriesRow, MeetingRow]]:
    """The dates to come that are in calendars, or on their way there."""
    for row in stored.live_of_group(work, group_id):
        for meeting in invited.to_come(stored.meetings(work, row.id), work.now):
            yield row, meeting


def _day(row: SeriesRow, meeting: MeetingRow, *, moved: bool = True) -> date:
    at = meeting.start_at if moved else meeting.original_at
    return at.astimezone(zone(row.timezone)).date()
