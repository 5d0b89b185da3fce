"""Answers that guests gave at the organiser's host: asked for at times, and when it tells."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from calendar_sync.errors import NotAllowed, NotThere, ReconnectNeeded, Unsupported
from calendar_sync.provider import CalendarId, Provider
from services.flow import account_readings
from services.flow.access import Opening
from services.flow.memory import Task
from services.flow.series import organising, removals, turns
from services.flow.series.host_book import Book, Told
from services.flow.series.kept import from_kept
from services.flow.series.turns import Here
from services.keys import Keys, Unsealable
from services.storage import replies, series
from services.storage.rows.accounts import Host
from services.storage.rows.series import EventRow, MeetingRow, SeriesRow
from services.storage.work import Work

_FAR = timedelta(days=50)  # farther, a host may not list a date with its series


@dataclass(frozen=True, slots=True)
class _Asked:
    """A series whose host is asked.

    began   when we looked this up
    events  those of its objects that were written: by their ids, which dates are asked for
    """

    series_id: UUID
    host: Host
    account_id: UUID
    scopes: frozenset[str]
    calendar: CalendarId = field(repr=False)
    began: datetime
    events: Mapping[UUID, Collection[int]]


def read_from_host(task: Task, keys: Keys, opening: Opening, series_id: UUID, here: Here) -> None:
    """Ask the host of a series for answers, and keep those that are others than before.

    Raises TryLater while the host wants to be left alone.
    """
    with task.reading() as work:
        asked = _asked(work, keys, series_id)
    told: dict[UUID, Told | None] = {}
    if asked is not None:
        try:
            told = _told(opening, asked)
        except ReconnectNeeded:
            with task.work() as work:
                account_readings.lose(work, asked.account_id, asked.began)
        except (NotAllowed, Unsupported):
            pass  # their answers are given on our page alone
    with task.work(last=True) as work:
        row = series.locked(work, series_id)
        if row is not None:
            if asked is not None and told:
                there = {each: one for each, one in told.items() if one is not None}
                Book(work, row, asked.host.value).keep(there)
                removals.note(work, row, told)
            again = turns.next_at(work, opening.hosts, row, here)
            replies.ask_next(work, series_id, _unless_told(work, row, asked, again))


def _asked(work: Work, keys: Keys, series_id: UUID) -> _Asked | None:
    """Look up whom to ask; None: nobody. Raises Wait while the account is to be left alone."""
    row = series.by_id(work, series_id)
    account = None if row is None else organising.account_of(work, row)
    if row is None or account is None or account.lost_at is not None or row.calendar is None:
        return None
    account_readings.let_rest(work, account.id)
    try:
        calendar = keys.opened(row.calendar, row.id)
    except Unsealable:
        return None  # until its key is back
    near = _near(series.meetings(work, series_id))
    written = [each for each in series.events(work, series_id) if _is_written(each)]
    return _Asked(
        series_id,
        account.host,
        account.id,
        frozenset(account.scopes),
        CalendarId(calendar),
        work.now,
        {each.id: near.intersection(_originals(each)) for each in written},
    )


def _is_written(event: EventRow) -> bool:
    return event.wanted is not None and event.written_revision > 0


def _originals(event: EventRow) -> list[int]:
    dates = () if event.wanted is None else from_kept(event.wanted).occurrences
    return [each.original for each in dates]


def _near(meetings: Iterable[MeetingRow]) -> set[int]:
    """The dates, by original, that a host surely finds: those that were not moved far."""
    close = [each for each in meetings if abs(each.start_at - each.original_at) < _FAR]
    return {int(each.original_at.timestamp()) for each in close}


def _told(opening: Opening, asked: _Asked) -> dict[UUID, Told | None]:
    """Ask for each object; None: it is not there any more."""
    told = {}
    with opening.provider(asked.host, asked.account_id, asked.scopes) as provider:
        for each, dates in asked.events.items():
            told[each] = _one(provider, asked.calendar, each, dates)
    return told


def _one(
    provider: Provider, calendar: CalendarId, event_id: UUID, dates: Collection[int]
) -> Told | None:
    try:
        return provider.series_replies(calendar, event_id.hex, dates)
    except NotThere:
        return None


def _unless_told(
    work: Work, row: SeriesRow, asked: _Asked | None, again: datetime | None
) -> datetime | None:
    """At once, if somebody told of news while we asked: they may have come after the answer."""
    told = asked is not None and row.replies_at is not None and row.replies_at <= work.now
    return row.replies_at if told and again is not None else again
