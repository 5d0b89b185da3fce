"""Writing a series out: into its organiser's calendar, or into letters.

Read, write, note: no transaction is open while a host thinks. An object is noted as written once
its host has said so: the last one together with the end of it all. Whoever dies before that
leaves it to be written again, which changes nothing where it was written already.

Whoever stood still until another took over writes no more: they look first whether the series is
still theirs, and what another wrote meanwhile says of which revision it is. Should an earlier one
have got through all the same, everything is written once more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from calendar_sync.errors import (
    ChangedMeanwhile,
    NotAllowed,
    NotThere,
    ReconnectNeeded,
    Superseded,
)
from calendar_sync.provider import CalendarId, Provider
from scheduler.errors import Explained, TryLater
from services.facts import LettersDue
from services.flow import polling
from services.flow.access import Opening
from services.flow.fenced import Fenced
from services.flow.memory import Lost, Task
from services.flow.series import objects, turns
from services.flow.series.objects import Due, Object, Place
from services.flow.series.part import Part
from services.keys import Keys, Unsealable
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage import tellings
from services.storage.rows.accounts import Host
from services.storage.rows.series import EventRow, SeriesRow
from services.storage.work import Work
from services.times import Times

_AGAIN = timedelta(hours=1)  # until a host is asked again after a failure that somebody can mend
_MENDED = (ReconnectNeeded, NotAllowed, Unsealable)
_SOON = 60.0  # seconds until what others keep changing is written once more
# About as many as it takes to write a series in which a date is moved, and to invite to it.
_REQUESTS = {Host.GOOGLE: 7, Host.OUTLOOK: 10}


class _Tried(NamedTuple):
    """What came of writing an object.

    error    why it is not written
    removed  whether a person has removed it
    """

    id: UUID
    error: Explained | None = None
    removed: bool = False


def publish(task: Task, keys: Keys, opening: Opening, series_id: UUID, times: Times) -> None:
    """Write out what is new of a series. Raises TryLater when it has to wait."""
    with task.reading() as work:
        due = objects.of(work, keys, series_id)
    if due is None:
        return
    try:
        found = _tried(task, keys, opening, due)
        with task.work(last=True) as work:
            _done(work, due, found, times)
    except Lost:
        with opening.memory.work() as work:
            _write_anew(work, series_id)
        raise


def _tried(task: Task, keys: Keys, opening: Opening, due: Due) -> list[_Tried]:
    """Write what can be written; return what is not noted yet, and what failed."""
    if isinstance(due.place, Explained):
        return [_Tried(each.id, due.place) for each in due.objects]
    if due.place is not None and due.objects:
        return _written(task, keys, opening, due, due.place)
    return []


def _written(task: Task, keys: Keys, opening: Opening, due: Due, place: Place) -> list[_Tried]:
    """Write every object; return what is not noted yet, and what failed. Raises TryLater."""
    with opening.provider(
        place.host,
        place.account_id,
        place.scopes,
        requests=_REQUESTS.get(place.host, 4),
        behind=lambda gate: Fenced(gate, task, due.at, opening.now),
    ) as provider:
        try:
            calendar = place.calendar or _chosen(task, keys, provider, due.series_id)
        except (TryLater, ChangedMeanwhile) as error:
            raise _waits(task, due.objects, error) from None
        except Explained as error:
            return [_Tried(each.id, error) for each in due.objects]
        found: list[_Tried] = []
        for each in due.objects:
            if found:
                with task.work() as work:
                    _note(work, due, found[-1])
            found.append(_write(task, provider, calendar, due.series_id, each))
        return [each for each in found if each.error is not None or each is found[-1]]


def _chosen(task: Task, keys: Keys, provider: Provider, series_id: UUID) -> CalendarId:
    """Choose the main calendar, for as long as the series lives: each try writes to the same."""
    calendar = provider.calendars()[0].calendar
    with task.work() as work:
        row = stored.locked(work, series_id)
        if row is not None:
            stored.noted(work, row, calendar=keys.sealed(calendar, row.id))
    return calendar


def _write(
    task: Task, provider: Provider, calendar: CalendarId, series_id: UUID, each: Object
) -> _Tried:
    """Write one object; return what came of it. Raises TryLater."""
    try:
        if each.draft is None:
            provider.cancel(calendar, each.id.hex)
        else:
            provider.put_series(calendar, each.draft, written=each.written)
    except (TryLater, ChangedMeanwhile) as error:
        raise _waits(task, [each], error) from None
    except Superseded as error:
        with task.work() as work:  # it is ours all the same: our database is an earlier one
            _write_anew(work, series_id, error.revision)
        raise TryLater(error.what, remedy=error.remedy, seconds=0.0) from None
    except NotThere as error:  # of what we wrote: a person removed it, and that stays so
        removed = each.draft is not None
        if removed and not each.written:
            return _Tried(each.id, error)
        return _Tried(each.id, removed=removed)
    except Explained as error:
        return _Tried(each.id, error)
    return _Tried(each.id)


def _write_anew(work: Work, series_id: UUID, least: int = 0) -> None:
    """Have all of a series written once more, as of a revision later than `least`."""
    row = stored.locked(work, series_id)
    if row is not None:
        revision = max(row.revision, least) + 1
        stored.noted(work, row, revision=revision, settle_at=work.now)


def _note(work: Work, due: Due, tried: _Tried) -> None:
    """Note that an object is written, or why it is not."""
    row = tellings.event(work, tried.id)
    if row is None:
        return
    if tried.error is not None:
        _explain(row, tried.error, work.now)
        return
    row.written_revision = due.revision
    row.removed_at = work.now if tried.removed else None
    row.failed_at = row.failed_what = row.failed_remedy = None


def _waits(task: Task, those: Sequence[Object], error: Explained) -> TryLater:
    """Note what objects wait for, which is no failure yet; return what says until when."""
    with task.work() as work:
        for each in those:
            row = tellings.event(work, each.id)
            if row is not None:
                _explain(row, error, None)
    if isinstance(error, TryLater):
        return error
    return TryLater(error.what, remedy=error.remedy, seconds=_SOON)


def _explain(row: EventRow, error: Explained, failed_at: datetime | None) -> None:
    row.failed_at = (row.failed_at or failed_at) if failed_at else None
    row.failed_what, row.failed_remedy = error.what, error.remedy


def _done(work: Work, due: Due, found: Sequence[_Tried], times: Times) -> None:
    """Note how far the series is published, and say when it is looked at again."""
    # Accounts before series: so does whoever reads them. It may have a date that is near.
    polling.expect(work, due.series_id, timedelta(seconds=times.refresh))
    row = stored.locked(work, due.series_id)  # before the rest, as whoever changes it does
    if row is None:
        return
    for each in found:
        _note(work, due, each)
    failed = [each.error for each in found if each.error is not None]
    if due.place is None:
        _tell(work, row)
        work.note("series.told", row.id, due.revision)
    published = row.published if failed else max(row.published, due.revision)
    if published != row.published:
        work.note("series.published", row.id, due.revision)
        if due.place is not None:
            turns.sent(work, row.id)
    stored.noted(
        work,
        row,
        published=published,
        replies_at=_asks(work, row, due, times),
        settle_at=_settles(work, row, due, failed, times),
    )


def _asks(work: Work, row: SeriesRow, due: Due, times: Times) -> datetime | None:
    """When its host is asked for the answers to what was written; of letters nobody is asked."""
    soon = work.now + timedelta(seconds=times.replies)
    return None if due.place is None else min(row.replies_at or soon, soon)


def _settles(
    work: Work, row: SeriesRow, due: Due, failed: list[Explained], times: Times
) -> datetime | None:
    if row.revision != due.revision:  # changed meanwhile: its time may have been moved by us
        soon = work.now + timedelta(seconds=times.settle)
        return min(row.settle_at or soon, soon)
    mended = any(isinstance(each, _MENDED) for each in failed)
    return work.now + _AGAIN if mended else None


def _tell(work: Work, row: SeriesRow) -> None:
    """Have everybody told by mail who comes to a date, or was told of one."""
    meetings = stored.meetings(work, row.id)
    told = {each.attendee_id for each in tellings.of_series(work, row.id)}
    originals = [int(each.original_at.timestamp()) for each in meetings]
    for attendee, _ in stored_attendees.of(work, row.id):
        part = Part.of(attendee, meetings)
        if attendee.id in told or any(part.has(each) for each in originals):
            work.record(LettersDue(attendee.id, row.revision))
