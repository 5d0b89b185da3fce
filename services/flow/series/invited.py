"""Who is invited to which date of a series."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.storage.rows.series import AttendeeRow, MeetingRow, MeetingState


def is_invited(attendee: AttendeeRow, meeting: MeetingRow) -> bool:
    """Whether somebody is invited to a date, held or not.

    A guest whose invitation was taken back has left like anybody else: before their date.
    """
    at = meeting.original_at
    lacking = attendee.without or ()  # none until it is kept
    return (
        attendee.meeting_id in (None, meeting.id)
        and (attendee.since_at is None or attendee.since_at <= at)
        and (attendee.until_at is None or at < attendee.until_at)
        and int(at.timestamp()) not in lacking
        and _knew(attendee, meeting)
    )


def _knew(attendee: AttendeeRow, meeting: MeetingRow) -> bool:
    """Whether they came before a date was cancelled, if it is; else they never heard of it."""
    if meeting.state is MeetingState.HELD or not meeting.stood:
        return True
    _, _, cancelled_at, *_ = meeting.stood[-1]
    return bool(int(attendee.created_at.timestamp()) <= cancelled_at)


def is_to_come(meeting: MeetingRow, now: datetime) -> bool:
    """Whether a date is held, and has not begun."""
    return meeting.state is MeetingState.HELD and meeting.start_at > now


def held(meetings: Iterable[MeetingRow]) -> list[MeetingRow]:
    """The dates that are held, in the order in which the rule puts them."""
    found = [each for each in meetings if each.state is MeetingState.HELD]
    return sorted(found, key=lambda each: each.original_at)


def to_come(meetings: Iterable[MeetingRow], now: datetime) -> list[MeetingRow]:
    """The dates that are held and have not begun."""
    return [each for each in held(meetings) if is_to_come(each, now)]


def is_whole(attendee: AttendeeRow, meetings: Iterable[MeetingRow], now: datetime) -> bool:
    """Whether somebody is invited to every date that is to come."""
    return all(is_invited(attendee, each) for each in to_come(meetings, now))


def to(attendees: Iterable[AttendeeRow], meeting: MeetingRow) -> list[AttendeeRow]:
    """Who is invited to a date."""
    return [each for each in attendees if is_invited(each, meeting)]


def still(
    attendees: Iterable[AttendeeRow], meetings: Sequence[MeetingRow], now: datetime
) -> list[AttendeeRow]:
    """Who is invited to any date that is to come."""
    coming = to_come(meetings, now)
    return [each for each in attendees if any(is_invited(each, date) for date in coming)]
