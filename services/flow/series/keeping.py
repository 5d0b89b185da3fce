"""Taking a date back in: one of whose cancellation nobody has heard, or that a person removed.

Hosts cannot undo that a date left its object. So it comes back into that one only while nothing of
it was written; else it is held as an event of its own.
"""

from datetime import datetime, timedelta
from uuid import UUID

from services.flow.errors import Conflict
from services.flow.rights import missing
from services.flow.series import arranging, changing
from services.flow.series.arranging import SETTLE
from services.storage import series as stored
from services.storage.outbox import records
from services.storage.rows.series import MeetingRow, MeetingState, SeriesRow
from services.storage.work import Work

_WRITING = "calendars.publish"


def can_be(row: SeriesRow, meeting: MeetingRow, now: datetime) -> bool:
    """Whether a date that was cancelled can be held after all: that waits to go out still."""
    waits = row.settle_at is not None and row.settle_at > now
    cancelled = meeting.state is MeetingState.CANCELLED and meeting.revision > row.published
    return row.state in stored.LIVE and waits and cancelled and meeting.start_at > now


def keep(
    work: Work, group_id: UUID, series_id: UUID, meeting_id: UUID, *, settle: timedelta = SETTLE
) -> MeetingRow:
    """Hold a date after all that was just cancelled. Raises Missing, NotAllowed or Conflict."""
    row = arranging.opened(work, group_id, series_id)
    meeting = stored.meeting(work, row.id, meeting_id)
    if meeting is None:
        raise missing("date")
    if meeting.state is MeetingState.HELD:
        raise Conflict("The date is held", remedy="there is nothing to do")
    if not can_be(row, meeting, work.now):
        raise Conflict(
            "Those who are invited hear already that the date is cancelled",
            remedy="a cancelled date does not come back; move another one",
        )
    changing.check_free(work, row, meeting)
    *stood, given_up = meeting.stood
    meeting.state, meeting.stood = MeetingState.HELD, stood
    held_in = given_up[arranging.HELD_IN :]
    cancelled_at = arranging.moment(given_up[arranging.HELD_IN - 1])
    if records.is_open_since(work.session, _WRITING, row.id, cancelled_at):
        held_in = []  # it may be gone from there, even where another object could not be written
    arranging.put_back(work, row, meeting, held_in)
    arranging.changed(work, row, settle, [meeting])
    work.note("meeting.kept", meeting.id, row.revision)
    return meeting


def restore(work: Work, row: SeriesRow) -> None:
    """Hold the dates apart that a person removed from their objects in a calendar."""
    for each in stored.meetings(work, row.id):
        if each.removed_at is not None and each.state is MeetingState.HELD:
            arranging.take_out(work, row, each)
            arranging.put_back(work, row, each, [])
        each.removed_at = None
