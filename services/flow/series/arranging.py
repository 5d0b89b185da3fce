"""The objects that hold the dates of a series: made once, and rearranged by each change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from scheduler.model.series import Occurrence, Series
from scheduler.series import arranged, series_of
from services.flow import rights
from services.flow.errors import Conflict
from services.flow.rights import missing
from services.flow.series import invited
from services.flow.series.kept import from_kept, rule_from_kept, to_kept
from services.storage import series as stored
from services.storage.ids import new_id
from services.storage.rows.series import (
    AttendeeRow,
    EventRow,
    MeetingRow,
    SeriesRow,
    SeriesState,
)
from services.storage.work import Work

SETTLE = timedelta(minutes=2)  # in which changes become one update
HELD_IN = 3  # place in an entry of MeetingRow.stood


def opened(work: Work, group_id: UUID, series_id: UUID, *, concluded: bool = False) -> SeriesRow:
    """A series that a coordinator may change, once nobody else does.

    concluded  whether it may be one that has ended
    Raises Missing, NotAllowed or Conflict.
    """
    rights.coordinating(work, group_id)
    row = stored.locked(work, series_id)
    if row is None or row.group_id != group_id:
        raise missing("series")
    if row.state is SeriesState.DRAFT:
        raise Conflict("The series is a draft", remedy="commit it first")
    if row.state is SeriesState.CONCLUDED and not concluded:
        raise Conflict(
            "The series is concluded, so nothing of it changes any more",
            remedy="commit another proposal",
        )
    return row


def occurrence(meeting: MeetingRow) -> Occurrence:
    """A date as objects hold it; who comes to it is looked up when it is written."""
    return Occurrence(
        seconds(meeting.original_at), seconds(meeting.start_at), meeting.minutes, meeting.place
    )


def occurrences(meetings: Iterable[MeetingRow]) -> list[Occurrence]:
    """Every date that is held."""
    return [occurrence(each) for each in invited.held(meetings)]


def objects_of(row: SeriesRow, meetings: Iterable[MeetingRow]) -> list[Series]:
    """What a series becomes in calendars when it is written for the first time."""
    rule = rule_from_kept(row.rule)
    return series_of(rule, occurrences(meetings), row.timezone, row.minutes)


def begin(work: Work, row: SeriesRow, meetings: Iterable[MeetingRow]) -> None:
    """Make the objects of a series that is committed."""
    for place, each in enumerate(objects_of(row, meetings)):
        work.add(_event(row, place, each))


def changed(
    work: Work,
    row: SeriesRow,
    settle: timedelta,
    those: Iterable[MeetingRow | AttendeeRow] | None = None,
) -> None:
    """Take a change of a series in: its objects as they are now, and when that is written out.

    those  the dates and the attendees whom it concerns; None: everybody, of all dates
    A host cannot undo all, so a date may leave its object and become one of its own.
    """
    events = stored.events(work, row.id)
    dates = {each.original: each for each in occurrences(stored.meetings(work, row.id))}
    apart = list[Series]()
    for event in events:
        if event.wanted is not None:
            stays, others = _rearranged(from_kept(event.wanted), dates)
            event.wanted = None if stays is None else to_kept(stays)
            apart += others
    for place, each in enumerate(apart, start=len(events)):
        work.add(_event(row, place, each))
    row.revision += 1
    if those is None:
        row.worded = row.revision
    for one in those or ():
        one.revision = row.revision
    row.state = SeriesState.CHANGED
    later = work.now + settle
    row.settle_at = later if row.settle_at is None else min(row.settle_at, later)
    work.session.flush()


def held_in(work: Work, meeting: MeetingRow) -> list[Any]:
    """Say which object holds a date, for `put_back`: its id, and its rule."""
    event = _holder(work, meeting)
    return [] if event is None or event.wanted is None else [event.id.hex, event.wanted["rule"]]


def put_back(work: Work, row: SeriesRow, meeting: MeetingRow, into: Sequence[Any]) -> None:
    """Let a date be held again: by the object that did, or by one of its own.

    into  what `held_in` said before it was let go; nothing: it cannot come back there
    """
    events, date = stored.events(work, row.id), occurrence(meeting)
    single = Series(row.timezone, "", meeting.minutes, (date,))
    event = next((each for each in events if [each.id.hex] == [*into[:1]]), None)
    if event is None:
        work.add(_event(row, len(events), single))
    elif event.wanted is not None:
        event.wanted = to_kept(_with(from_kept(event.wanted), date))
    elif not into[-1]:
        event.wanted = to_kept(single)
    else:  # nothing is known any more of what its rule left out
        work.add(_event(row, len(events), single))
    work.session.flush()


def take_out(work: Work, row: SeriesRow, meeting: MeetingRow) -> None:
    """Let the object that holds a date hold it no more."""
    event = _holder(work, meeting)
    if event is None or event.wanted is None:
        return
    before, gone = from_kept(event.wanted), seconds(meeting.original_at)
    left = {each.original: each for each in before.occurrences if each.original != gone}
    stays, apart = _rearranged(before, left)
    event.wanted = None if stays is None else to_kept(stays)
    for place, each in enumerate(apart, start=len(stored.events(work, row.id))):
        work.add(_event(row, place, each))
    work.session.flush()


def seconds(moment: datetime) -> int:
    """UTC seconds."""
    return int(moment.timestamp())


def moment(at: int) -> datetime:
    """The moment of these UTC seconds."""
    return datetime.fromtimestamp(at, UTC)


def _holder(work: Work, meeting: MeetingRow) -> EventRow | None:
    original = seconds(meeting.original_at)
    for event in stored.events(work, meeting.series_id):
        held = () if event.wanted is None else from_kept(event.wanted).occurrences
        if any(each.original == original for each in held):
            return event
    return None


def _with(series: Series, date: Occurrence) -> Series:
    dates = sorted((*series.occurrences, date), key=lambda each: each.original)
    out = tuple(each for each in series.skipped if each != date.original)
    return replace(series, occurrences=tuple(dates), skipped=out)


def _rearranged(
    before: Series, dates: Mapping[int, Occurrence]
) -> tuple[Series | None, Sequence[Series]]:
    """What an object holds now of the dates it held, and what stands beside it from now on."""
    left = [dates[each.original] for each in before.occurrences if each.original in dates]
    after = arranged(before, left)
    if after and after[0].rule == before.rule:
        return after[0], after[1:]
    return None, after


def _event(row: SeriesRow, place: int, series: Series) -> EventRow:
    return EventRow(id=new_id(), series_id=row.id, place_in=place, wanted=to_kept(series))
