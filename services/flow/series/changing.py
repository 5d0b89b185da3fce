"""Changing a committed series: its dates, what it says of itself, and its end.

Several changes within a few minutes are one update: what goes out is how things stand then.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from scheduler.model.zone import zone
from services.facts import MeetingCancelled, MeetingMoved
from services.flow.errors import Conflict, Unfit
from services.flow.rights import missing
from services.flow.series import answers, arranging, doubts, invited, words
from services.flow.series.arranging import SETTLE
from services.storage import series as stored
from services.storage.rows.series import MeetingRow, MeetingState, SeriesRow, SeriesState
from services.storage.work import Work

_MOST_MINUTES = 24 * 60
_FARTHEST = timedelta(days=366)  # from now


def move(  # noqa: PLR0913, PLR0917 -- what is moved where, each by its name
    work: Work,
    group_id: UUID,
    series_id: UUID,
    meeting_id: UUID,
    start: datetime,
    minutes: int | None = None,
    *,
    settle: timedelta = SETTLE,
) -> MeetingRow:
    """Hold a date at another time; None minutes: for as long as before.

    Raises Missing, NotAllowed, Conflict where it is over, cancelled or meets another date, and
    Unfit where the time cannot be taken.
    """
    row = arranging.opened(work, group_id, series_id)
    meeting = _to_come(work, row, meeting_id)
    minutes = meeting.minutes if minutes is None else minutes
    check_time(work, start, minutes)
    if (meeting.start_at, meeting.minutes) == (start, minutes):
        return meeting
    before = meeting.start_at, meeting.minutes
    stood = _standing(work, meeting)
    meeting.start_at, meeting.minutes = start, minutes
    try:
        check_free(work, row, meeting)
    except Conflict:
        meeting.start_at, meeting.minutes = before
        raise
    meeting.stood, meeting.removed_at = stood, None
    answers.ask_anew(work, row, meeting)
    arranging.changed(work, row, settle, [meeting])
    work.note("meeting.moved", meeting.id, row.revision)
    work.record(MeetingMoved(meeting.id, row.revision))
    return meeting


def cancel(
    work: Work, group_id: UUID, series_id: UUID, meeting_id: UUID, *, settle: timedelta = SETTLE
) -> MeetingRow:
    """Do not hold a date after all: once told it never comes back, for hosts cannot undo that."""
    row = arranging.opened(work, group_id, series_id)
    meeting = _to_come(work, row, meeting_id)
    *stood, given_up = _standing(work, meeting)
    given_up += arranging.held_in(work, meeting)
    meeting.state, meeting.stood = MeetingState.CANCELLED, [*stood, given_up]
    arranging.changed(work, row, settle, [meeting])
    _cancelled(work, row, meeting)
    return meeting


def place(  # noqa: PLR0913 -- what is held where, each by its name
    work: Work,
    group_id: UUID,
    series_id: UUID,
    meeting_id: UUID | None,
    place: str,
    *,
    settle: timedelta = SETTLE,
) -> SeriesRow:
    """Say where a date is held, or all that have no place of their own; "" is no place."""
    row = arranging.opened(work, group_id, series_id)
    where = row if meeting_id is None else _to_come(work, row, meeting_id)
    said = words.place(place)
    if where.place != said:
        where.place = said
        arranging.changed(work, row, settle, [where] if isinstance(where, MeetingRow) else None)
        work.note("series.placed", row.id if meeting_id is None else meeting_id, row.revision)
    return row


def say(  # noqa: PLR0913 -- what it says, each by its name
    work: Work,
    group_id: UUID,
    series_id: UUID,
    *,
    title: str | None = None,
    text: str | None = None,
    settle: timedelta = SETTLE,
) -> SeriesRow:
    """Give a series another title or text. None: as it was."""
    row = arranging.opened(work, group_id, series_id)
    before = row.title, row.text
    row.title = row.title if title is None else words.title(title)
    row.text = row.text if text is None else words.text(text)
    if (row.title, row.text) != before:
        arranging.changed(work, row, settle)
        work.note("series.renamed", row.id, row.revision)
    return row


def conclude(
    work: Work, group_id: UUID, series_id: UUID, *, settle: timedelta = SETTLE
) -> SeriesRow:
    """End a series: its dates to come are cancelled, and nothing changes any more."""
    row = arranging.opened(work, group_id, series_id)
    dates = invited.to_come(stored.meetings(work, row.id), work.now)
    for each in dates:
        each.state, each.stood = MeetingState.CANCELLED, _standing(work, each)
    if dates:
        arranging.changed(work, row, settle, dates)
    for each in dates:
        _cancelled(work, row, each)
    row.state, row.concluded_at = SeriesState.CONCLUDED, work.now
    work.session.flush()
    work.note("series.concluded", row.id, row.revision)
    return row


def at_once(work: Work, group_id: UUID, series_id: UUID) -> SeriesRow:
    """Have the changes that wait written out now."""
    row = arranging.opened(work, group_id, series_id, concluded=True)
    if row.settle_at is not None and row.settle_at > work.now:
        row.settle_at = work.now
        work.session.flush()
    return row


def check_free(work: Work, row: SeriesRow, meeting: MeetingRow) -> None:
    """Raise Conflict where another date of the group is held then, or one of these on that day."""
    clock = zone(row.timezone)
    day = meeting.start_at.astimezone(clock).date()
    for other in stored.live_of_group(work, row.group_id):
        for each in invited.held(stored.meetings(work, other.id)):
            if each.id == meeting.id:
                continue
            same_day = other.id == row.id and each.start_at.astimezone(clock).date() == day
            if same_day or doubts.overlap(each, meeting):
                of = "" if other.id == row.id else f" of the series {other.title}"
                raise Conflict(
                    f"Another date{of} is held on {doubts.day_in_words(day)} already",
                    remedy="choose another time, or move or cancel that one first",
                )


def _standing(work: Work, meeting: MeetingRow) -> list[list[Any]]:
    """Return where a date has stood until now: for a while, calendars show it there."""
    start = arranging.seconds(meeting.start_at)
    given_up = [start, start + meeting.minutes * 60, arranging.seconds(work.now)]
    return [*meeting.stood, given_up]


def _cancelled(work: Work, row: SeriesRow, meeting: MeetingRow) -> None:
    work.note("meeting.cancelled", meeting.id, row.revision)
    work.record(MeetingCancelled(meeting.id, row.revision))


def _to_come(work: Work, row: SeriesRow, meeting_id: UUID) -> MeetingRow:
    meeting = stored.meeting(work, row.id, meeting_id)
    if meeting is None:
        raise missing("date")
    if meeting.state is not MeetingState.HELD:
        raise Conflict(
            "The date is cancelled", remedy="a cancelled date does not come back; move another one"
        )
    if meeting.start_at <= work.now:
        raise Conflict("The date has begun or is over", remedy="change one that is to come")
    return meeting


def check_time(work: Work, start: datetime, minutes: int) -> None:
    """Raise Unfit where no date can be held at a time, or for as long."""
    if start.tzinfo is None:
        raise Unfit("The time has no zone", remedy="say in which zone it is, or Z for UTC")
    if start.second or start.microsecond:
        raise Unfit("A date begins on a whole minute", remedy="leave the seconds out")
    if start <= work.now:
        raise Unfit("That time is over", remedy="choose one that is to come")
    if start > work.now + _FARTHEST:
        raise Unfit("That is more than a year away", remedy="choose an earlier time")
    if not 1 <= minutes <= _MOST_MINUTES:
        raise Unfit(
            f"A date cannot take {minutes} minutes", remedy=f"write 1 to {_MOST_MINUTES} minutes"
        )
