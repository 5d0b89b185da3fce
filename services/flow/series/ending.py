"""What is not deleted while calendars still hold it: its cancellations go out first."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from services.flow.errors import Conflict
from services.flow.series import invited, planned
from services.storage import series as stored
from services.storage import tellings
from services.storage.rows.series import SeriesRow, SeriesState, TellingRow
from services.storage.work import Work

_PATIENCE = timedelta(days=1)  # after which what could not be sent keeps nobody


def check_none_of_group(work: Work, group_id: UUID) -> None:
    """Raise Conflict while a series of a group has dates to come."""
    for row in stored.of_group(work, group_id):
        _check(work, row)


def check_none_of_term(work: Work, group_id: UUID, term_id: UUID) -> None:
    """Raise Conflict while a series of a term has dates to come."""
    for row in stored.of_group(work, group_id):
        if row.term_id == term_id:
            _check(work, row)


def _check(work: Work, row: SeriesRow) -> None:
    if row.state is SeriesState.DRAFT:
        return
    coming = invited.to_come(stored.meetings(work, row.id), work.now)
    if coming:
        number = "a date" if len(coming) == 1 else f"{len(coming)} dates"
        raise Conflict(
            f"The series {row.title} has {number} to come",
            remedy="conclude it first, so that nobody's calendar keeps them",
        )
    ended = row.concluded_at
    if ended is not None and work.now < ended + _PATIENCE and _is_on_its_way(work, row):
        raise Conflict(
            f"The cancellations of the series {row.title} are still on their way",
            remedy="wait some minutes",
        )


def _is_on_its_way(work: Work, row: SeriesRow) -> bool:
    """Whether something is still to be written, or to be told by mail to somebody."""
    if row.published < row.revision:
        return True
    told: dict[UUID, dict[UUID, TellingRow]] = {}
    for each in tellings.of_series(work, row.id):
        if each.failed_at is None:  # what failed waits for nobody
            told.setdefault(each.attendee_id, {})[each.event_id] = each
    return any(not _knows(work, attendee, rows) for attendee, rows in told.items())


def _knows(work: Work, attendee_id: UUID, told: Mapping[UUID, TellingRow]) -> bool:
    found = planned.wanted(work, attendee_id)
    ours = () if found is None else found.objects
    return all(each.is_told(told[each.event_id]) for each in ours if each.event_id in told)
