"""Which dates of a series are somebody's, as they come, leave and come back.

Dates are counted by where they stand when it is said, and kept by their names: whatever is moved
afterwards stays with whoever had it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.flow.series import invited
from services.storage.rows.series import AttendeeRow, MeetingRow


def start(meeting: MeetingRow) -> datetime:
    """Where a date stands."""
    return meeting.start_at


def later(first: MeetingRow, meetings: Sequence[MeetingRow]) -> list[MeetingRow]:
    """The dates from one on, by where they stand now: so does everybody count them."""
    return [each for each in invited.held(meetings) if each.start_at >= first.start_at]


def _earlier(first: MeetingRow, meetings: Sequence[MeetingRow]) -> list[MeetingRow]:
    return [each for each in invited.held(meetings) if each.start_at < first.start_at]


def _theirs(attendee: AttendeeRow, meetings: Sequence[MeetingRow]) -> list[MeetingRow]:
    """To which of these dates somebody is invited."""
    return [each for each in meetings if invited.is_invited(attendee, each)]


def keep_to(
    attendee: AttendeeRow, theirs: Sequence[MeetingRow], meetings: Sequence[MeetingRow]
) -> None:
    """Invite somebody to these dates and to no others, wherever they are moved from now on."""
    kept = {each.original_at for each in theirs}
    others = [each.original_at for each in invited.held(meetings) if each.original_at not in kept]
    earlier = [each for each in others if each < min(kept)]
    later = [each for each in others if each > max(kept)]
    attendee.since_at = min(kept) if earlier else None
    attendee.until_at = min(later, default=None)
    among = (each for each in others if min(kept) < each < max(kept))
    attendee.without = [int(each.timestamp()) for each in among]


def let_go(attendee: AttendeeRow, first: MeetingRow, meetings: Sequence[MeetingRow]) -> None:
    """Invite somebody to nothing any more from a date on."""
    kept = _theirs(attendee, _earlier(first, meetings))
    if not kept:
        gone = _theirs(attendee, later(first, meetings))
        attendee.until_at = min(each.original_at for each in gone)
        return
    keep_to(attendee, kept, meetings)
    if attendee.until_at is None:
        attendee.until_at = max(each.original_at for each in kept) + timedelta(seconds=1)


def invite_again(
    attendee: AttendeeRow, first: MeetingRow, meetings: Sequence[MeetingRow], now: datetime
) -> None:
    """Invite somebody to more, or who had left: their calendar knows them by the same row.

    What they have missed between stays out, and so does what was before it.
    """
    since, earlier = attendee.since_at, _earlier(first, meetings)
    mine = _theirs(attendee, earlier)
    missed = attendee.until_at is not None and any(
        each not in mine and (since is None or since <= each.original_at) for each in earlier
    )
    theirs = later(first, meetings) if missed else [*mine, *later(first, meetings)]
    keep_to(attendee, theirs, meetings)
    if missed:
        attendee.created_at = now  # what they missed says nothing of them
