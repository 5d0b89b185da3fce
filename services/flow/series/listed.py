"""The series of a group, for pages that list them."""

from uuid import UUID

from services.flow.series import drafts, invited
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage.rows.series import MeetingRow, SeriesRow
from services.storage.work import Work


def of_group(work: Work, group_id: UUID) -> list[tuple[SeriesRow, list[MeetingRow]]]:
    """Return them, the latest first, with all of their dates; for coordinators."""
    rows = drafts.page(work, group_id, None, drafts.MOST)
    return [(row, list(stored.meetings(work, row.id))) for row in rows]


def with_member(work: Work, group_id: UUID, member_id: UUID) -> list[SeriesRow]:
    """The committed ones of which a date to come has this member invited."""
    found = []
    for row in stored.live_of_group(work, group_id):
        theirs = [one for one, _ in stored_attendees.of(work, row.id) if one.member_id == member_id]
        if invited.still(theirs, stored.meetings(work, row.id), work.now):
            found.append(row)
    return found


def of_plan(work: Work, group_id: UUID, plan_id: UUID) -> list[SeriesRow]:
    """Those that come from a plan, drafts as well."""
    return [each for each in stored.of_group(work, group_id) if each.plan_id == plan_id]
