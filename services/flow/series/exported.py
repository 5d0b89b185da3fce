"""The series of a group to take along: dates, who is invited to each, and what they answered.

It is a record for people and their programs. Nothing reads it back: what stands in calendars can
be changed by the installation alone that wrote it there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict

from calendar_sync.provider import Answer
from services.flow import rights
from services.flow.series import answers, invited
from services.flow.series.kept import rule_from_kept
from services.planning.answer import iso, pattern
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage.rows.groups import GroupRow
from services.storage.rows.series import MeetingRow, MeetingState, Organiser, SeriesRow, SeriesState
from services.storage.work import Work


class ExportedAnswer(TypedDict):
    """Somebody who is invited to a date, and what counts of what they said.

    guest: whether to this date alone.
    """

    name: str
    email: str
    guest: bool
    answer: Answer


class ExportedDate(TypedDict):
    """A date, in UTC. planned: where the pattern puts it; start: where it is held.

    place: empty where it is the one of the series.
    """

    planned: str
    start: str
    minutes: int
    state: MeetingState
    place: str
    invited: list[ExportedAnswer]


class ExportedSeries(TypedDict):
    """A series that was committed, with its dates in the order of their starts.

    pattern: what they have in common, as in a proposal.
    """

    id: str
    title: str
    state: SeriesState
    place: str
    text: str
    timezone: str
    minutes: int
    pattern: dict[str, Any]
    organiser: Organiser
    committed_at: str | None
    concluded_at: str | None
    dates: list[ExportedDate]


class Exported(TypedDict):
    """All that a group has committed, the first first."""

    id: str
    title: str
    timezone: str
    series: list[ExportedSeries]


def of_group(work: Work, group_id: UUID) -> Exported:
    """Export the series of a group, for its coordinators. Raises Missing or NotAllowed."""
    return of(work, rights.coordinating(work, group_id))


def of(work: Work, group: GroupRow) -> Exported:
    """The same, for a group that is known to be ours."""
    rows = [row for row in stored.of_group(work, group.id) if row.state is not SeriesState.DRAFT]
    return Exported(
        id=str(group.id),
        title=group.title,
        timezone=group.timezone,
        series=[_series(work, row) for row in rows],
    )


def _series(work: Work, row: SeriesRow) -> ExportedSeries:
    meetings = sorted(stored.meetings(work, row.id), key=lambda each: each.start_at)
    return ExportedSeries(
        id=str(row.id),
        title=row.title,
        state=row.state,
        place=row.place,
        text=row.text,
        timezone=row.timezone,
        minutes=row.minutes,
        pattern=pattern(rule_from_kept(row.rule)),
        organiser=row.organiser,
        committed_at=_moment(row.committed_at),
        concluded_at=_moment(row.concluded_at),
        dates=_dates(work, row, meetings),
    )


def _dates(work: Work, row: SeriesRow, meetings: Sequence[MeetingRow]) -> list[ExportedDate]:
    pairs, said = stored_attendees.of(work, row.id), answers.of(work, row)
    everybody = [one for one, _ in pairs]
    emails = {one.id: person.email for one, person in pairs}
    return [
        ExportedDate(
            planned=iso(int(each.original_at.timestamp())),
            start=iso(int(each.start_at.timestamp())),
            minutes=each.minutes,
            state=each.state,
            place=each.place,
            invited=[
                ExportedAnswer(
                    name=one.name,
                    email=emails[one.id],
                    guest=one.meeting_id is not None,
                    answer=answers.effective(said.get(one.id, ()), each.id),
                )
                for one in invited.to(everybody, each)
            ],
        )
        for each in meetings
    ]


def _moment(at: datetime | None) -> str | None:
    return None if at is None else iso(int(at.timestamp()))
