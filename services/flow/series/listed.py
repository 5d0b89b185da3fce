"""The series of a group, for pages that list them."""

from collections.abc import Sequence
from uuid import UUID

from services.flow import rights
from services.flow.series import drafts, invited
from services.storage import attendees as stored_attendees
from services.storage import members
from services.storage import series as stored
from services.storage.rows.groups import MemberRow
from services.storage.rows.series import AttendeeRow, MeetingRow, SeriesRow
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


def of_own(work: Work, group_id: UUID) -> list[SeriesRow]:
    """The committed ones of which a date to come has the one who asks invited as a member."""
    member = members.person_in(work, group_id, rights.actor(work))
    return [] if member is None else with_member(work, group_id, member.id)


def with_uninvited(work: Work, group_id: UUID) -> list[tuple[SeriesRow, list[MemberRow]]]:
    """The committed ones, each with the members who are invited to none of its dates to come.

    They became members after it was committed, or were taken off it; there has to be one.
    """
    found = []
    for row in stored.live_of_group(work, group_id):
        everybody = [attendee for attendee, _ in stored_attendees.of(work, row.id)]
        those = uninvited(work, row, everybody, stored.meetings(work, row.id))
        if those:
            found.append((row, those))
    return found


def without_member(work: Work, group_id: UUID, member_id: UUID) -> list[SeriesRow]:
    """Those of which no date to come has this member invited."""
    found = with_uninvited(work, group_id)
    return [row for row, those in found if member_id in {each.id for each in those}]


def uninvited(
    work: Work, row: SeriesRow, everybody: Sequence[AttendeeRow], meetings: Sequence[MeetingRow]
) -> list[MemberRow]:
    """Who is a member, and invited to no date of a series that is to come; nobody if none is."""
    if not invited.to_come(meetings, work.now) or row.state not in stored.LIVE:
        return []
    theirs = {each.person_id for each in invited.still(everybody, meetings, work.now)}
    return [
        member for member, _ in members.of(work, row.group_id) if member.person_id not in theirs
    ]


def of_plan(work: Work, group_id: UUID, plan_id: UUID) -> list[SeriesRow]:
    """Those that come from a plan, drafts as well."""
    return [each for each in stored.of_group(work, group_id) if each.plan_id == plan_id]
