"""Committing a draft: from then on its dates are on their way into everybody's calendar."""

from collections.abc import Sequence
from uuid import UUID

from services.facts import SeriesCommitted
from services.flow import rights
from services.flow.errors import Conflict
from services.flow.rights import missing
from services.flow.series import arranging, coming, doubts, drafts, invited, organising
from services.flow.series.organising import Hosts
from services.keys import Keys
from services.storage import groups
from services.storage import series as stored
from services.storage.rows.series import MeetingRow, SeriesRow, SeriesState
from services.storage.work import Work


def commit(  # noqa: PLR0913, PLR0917 -- what decides, each by its name
    work: Work,
    keys: Keys,
    hosts: Hosts,
    group_id: UUID,
    series_id: UUID,
    version: int | None,
    *,
    rate: int = doubts.MAILS_A_MINUTE,
) -> SeriesRow:
    """Commit a draft, whole; a series that is committed already stays as it is.

    Dates that are over are left out for good. Raises Missing, NotAllowed, Outdated, and Conflict
    with the first obstacle that its preview names.

    rate  as in a preview
    """
    rights.coordinating(work, group_id)
    groups.locked(work, group_id)  # so that two series of one group do not overlook each other
    row = stored.locked(work, series_id)
    if row is None or row.group_id != group_id:
        raise missing("series")
    if row.state is not SeriesState.DRAFT:
        return row
    drafts.check_version(row, version)
    meetings = stored.meetings(work, row.id)
    for obstacle in doubts.obstacles(work, keys, hosts, row, meetings, rate=rate):
        what, _, remedy = obstacle.rpartition(": ")
        raise Conflict(what, remedy=remedy)
    _begin(work, keys, row, meetings)
    work.note("series.committed", row.id, row.version)
    work.record(SeriesCommitted(row.id, row.revision))
    return row


def _begin(work: Work, keys: Keys, row: SeriesRow, meetings: Sequence[MeetingRow]) -> None:
    """Write what is new, once all is looked up: each look writes out what is changed by then."""
    dates = invited.to_come(meetings, work.now)
    those, account = coming.to(work, row, dates), organising.account_of(work, row)
    organising.keep_calendar(work, keys, row)
    for each in meetings:
        if each not in dates:
            work.session.delete(each)
    arranging.begin(work, row, dates)
    for one in those:
        work.add(one.row(work, row))
    row.identity = None if account is None else account.identity
    row.state, row.committed_at = SeriesState.COMMITTED, work.now
    work.session.flush()
    organising.answer_for_owner(work, row)
