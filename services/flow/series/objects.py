"""What of a series is to be written at its organiser's host: objects, each with its guests."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from calendar_sync.errors import ReconnectNeeded
from calendar_sync.provider import CalendarId, SeriesDraft
from scheduler.errors import Explained
from scheduler.model.series import Series
from services.flow import persons
from services.flow.access import OVER, email_of
from services.flow.series import organising
from services.flow.series.kept import from_kept
from services.flow.series.part import Part
from services.keys import Keys, Unsealable
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.series import EventRow, Organiser, SeriesRow, SeriesState
from services.storage.work import Work

Guest = tuple[Part, str]

_UNREADABLE = Unsealable(
    "Which calendar this is written to cannot be read here any more",
    remedy="have whoever runs the service check COMMONHOUR_TOKEN_KEYS",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the objects are written.

    calendar  None: nobody has looked yet which one it is
    """

    account_id: UUID
    host: Host
    scopes: frozenset[str]
    calendar: CalendarId | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Object:
    """One object as it is to be at the host.

    draft    None: it is not to be there
    written  whether our last writing of it succeeded
    """

    id: UUID
    draft: SeriesDraft | None
    written: bool


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be written of a series, as of one revision.

    at     when this was looked up
    place  None: it is told by mail; Explained: why nothing can be written
    """

    series_id: UUID
    revision: int
    at: datetime
    place: Place | Explained | None
    objects: tuple[Object, ...] = ()


def of(work: Work, keys: Keys, series_id: UUID) -> Due | None:
    """Look up what is to be written; None: nobody is to know of that series."""
    row = stored.by_id(work, series_id)
    if row is None or row.state is SeriesState.DRAFT:
        return None
    if row.organiser is Organiser.MAILBOX:
        return Due(row.id, row.revision, work.now, None)
    account = organising.account_of(work, row)
    if account is None or account.lost_at is not None:
        place: Place | Explained = _lost(account)
        guests: list[Guest] = []
    else:
        place, guests = _place(keys, row, account), _guests(work, keys, row, account)
    objects = [_object(row, each, guests) for each in stored.events(work, row.id)]
    waiting = [each for each in objects if each is not None]
    return Due(row.id, row.revision, work.now, place, tuple(waiting))


def invited(series: Series, guests: Sequence[Guest]) -> tuple[Series, tuple[str, ...]]:
    """Return an object with those who come to some of its dates, and those who come to all."""
    everywhere = [email for part, email in guests if part.has_all(series)]
    some = [each for each in guests if each[1] not in everywhere]
    dates = tuple(
        replace(date, guests=tuple(email for part, email in some if part.has(date.original)))
        for date in series.occurrences
    )
    if series.rule:
        return replace(series, occurrences=dates), tuple(dict.fromkeys(everywhere))
    everywhere += dates[0].guests  # a single date has but one list
    return series, tuple(dict.fromkeys(everywhere))


def _object(row: SeriesRow, event: EventRow, guests: Sequence[Guest]) -> Object | None:
    """Return what there is to write of an object; None: nothing."""
    done = event.written_revision >= row.revision
    if done or event.removed_at is not None:
        return None
    if event.wanted is None:
        return Object(event.id, None, written=False)
    series, all_of_it = invited(from_kept(event.wanted), guests)
    draft = SeriesDraft(
        event.id.hex, row.title, series, row.place, row.text, all_of_it, row.revision
    )
    return Object(event.id, draft, written=event.written_revision > 0)


def _place(keys: Keys, row: SeriesRow, account: AccountRow) -> Place | Explained:
    try:
        calendar = None if row.calendar is None else CalendarId(keys.opened(row.calendar, row.id))
    except Unsealable:
        return _UNREADABLE
    return Place(account.id, account.host, frozenset(account.scopes), calendar)


def _guests(work: Work, keys: Keys, row: SeriesRow, account: AccountRow) -> list[Guest]:
    """Everybody but the organiser, in whose calendar it is written."""
    meetings, own = stored.meetings(work, row.id), (email_of(keys, account) or "").casefold()
    return [
        (Part.of(attendee, meetings), person.email)
        for attendee, person in stored_attendees.of(work, row.id)
        if person.id != account.person_id
        and person.email.casefold() != own
        and persons.reachable(person.email)
    ]


def _lost(account: AccountRow | None) -> Explained:
    if account is not None:
        return ReconnectNeeded(OVER[0], remedy="its owner connects it once more")
    return Explained(
        "The account whose calendar invites is not connected any more",
        remedy="its owner connects it again and lets it go on, on the page of the series",
    )
