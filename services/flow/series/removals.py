"""What a person removed from the organiser's calendar, as it is found: it stays removed.

Whoever reads the page is told, for only they know whether it was meant. What is back is there.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.flow.series.kept import from_kept
from services.storage import series as stored
from services.storage.rows.series import EventRow, MeetingRow, SeriesRow
from services.storage.work import Work


def note(
    work: Work, row: SeriesRow, told: Mapping[UUID, Mapping[int | None, Sequence[Any]] | None]
) -> None:
    """Note what is gone of the objects that the host was asked for, and what is back.

    told  per object what was said of it: None, it is not there; a date that is nobody's is gone
    """
    meetings = {int(each.original_at.timestamp()): each for each in stored.meetings(work, row.id)}
    for event in stored.events(work, row.id):
        # What is written anew just now, or not to be there any more, says nothing of a person.
        if event.id not in told or event.wanted is None or event.written_revision == 0:
            continue
        said = told[event.id]
        _note(work, event, "event", gone=said is None)
        for date in from_kept(event.wanted).occurrences:
            meeting = meetings.get(date.original)
            if meeting is not None and said is not None:
                gone = not said.get(date.original, (meeting,))
                _note(work, meeting, "meeting", gone=gone)


def _note(work: Work, it: EventRow | MeetingRow, kind: str, *, gone: bool) -> None:
    if gone and it.removed_at is None:
        it.removed_at = work.now
        work.note(f"{kind}.removed", it.id)
    elif not gone and it.removed_at is not None:
        it.removed_at = None
        work.note(f"{kind}.found", it.id)
