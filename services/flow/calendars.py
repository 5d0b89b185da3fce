"""Calendars of people: taking them in, reading them, letting them go.

Whatever the door, a calendar is read before a transaction is opened, and only times and kinds
come out of the reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from calendar_sync.errors import Unreadable
from calendar_sync.ics.fetch import Network
from calendar_sync.ics.source import Source as Place
from calendar_sync.ics.source import read_all
from scheduler.model.events import Events
from services.facts import CalendarConnected
from services.flow import polling, rights
from services.flow.addresses import address_of
from services.flow.dropping import drop, drop_by_owner, give_way
from services.flow.errors import Conflict, NotAllowed, Unfit
from services.flow.rights import missing
from services.keys import Keys
from services.planning.rules import checked_planning_date, checked_weekly
from services.storage import calendars as stored
from services.storage import members, people
from services.storage.calendars import Known
from services.storage.ids import new_id
from services.storage.rows.calendars import READ_AGAIN, CalendarKind, CalendarRow, Source
from services.storage.work import Work

MOST = 20  # of a person's own, and as many that each group enters for them
PAST = timedelta(days=7)  # how much of what is over is kept
AHEAD = timedelta(days=800)  # the longest term
EMPTY = (
    "The calendar holds nothing from today on",
    "check that it is the right one, or type the hours that are taken every week",
)
FRESH = timedelta(hours=6)  # an address read within this time need not be read again


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is, and the zone of its floating times.

    group_id  None: the person's own; else entered by a coordinator, for that group alone
    """

    person_id: UUID
    group_id: UUID | None
    zone: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read of a calendar: its busy time from `first` up to `last`."""

    events: Events
    first: datetime
    last: datetime


def read_file(data: bytes, zone: str, now: datetime) -> Taken:
    """Read the bytes of an ICS file. Raises Unreadable."""
    return _read(Place("The file", _span(now), zone, data), now)


def read_address(address: str, zone: str, now: datetime, network: Network) -> Taken:
    """Read what is at an https or webcal address. Raises Unreadable."""
    return _read(Place(address_of(address), _span(now), zone), now, network)


def own(work: Work) -> Owner:
    """The one who asks, as the owner of calendars."""
    person = people.by_id(work, rights.actor(work))
    if person is None:
        raise missing("person")
    groups = members.of_person(work, person.id)
    first = next((member.timezone or group.timezone for member, group in groups), "UTC")
    return Owner(person.id, None, person.timezone or first)


def entered_for(work: Work, group_id: UUID, member_id: UUID) -> Owner:
    """A member for whom a coordinator enters a calendar.

    Raises NotAllowed once the member has joined: from then on their time is theirs to show.
    """
    group = rights.coordinating(work, group_id)
    member, person = rights.member_of(work, group_id, member_id)
    if member.joined_at is not None:
        raise NotAllowed(
            f"{member.name} has joined and looks after their own calendars",
            remedy="ask them to add it on their page",
        )
    return Owner(person.id, group_id, member.timezone or group.timezone)


def add_read(  # noqa: PLR0913 -- what is kept, each by its name
    work: Work,
    owner: Owner,
    kind: CalendarKind,
    taken: Taken,
    sealed: tuple[UUID, bytes] | None,
    *,
    refresh: timedelta = FRESH,
) -> CalendarRow:
    """Keep a calendar that was read from a file, or from an address that is sealed by its id.

    refresh  until an address is read again with which nobody plans
    """
    row = _new(work, owner, kind, Source.UPLOAD if sealed is None else Source.ADDRESS)
    if sealed is not None:
        row.id, row.address = sealed
    row.read_at = row.tried_at = work.now
    _add(work, row)
    if sealed is not None:
        usual = polling.usual(work, [row.id], refresh)
        row.due_at = work.now + polling.between(usual, timedelta())
    stored.keep(work, row.id, taken.events, taken.first, taken.last)
    return row


def add_weekly(work: Work, owner: Owner, kind: CalendarKind, ranges: Any) -> CalendarRow:
    """Keep the hours that are taken in every week, as somebody typed them. Raises BadProblem."""
    row = _new(work, owner, kind, Source.WEEKLY)
    row.weekly = checked_weekly(ranges)
    row.read_at = row.tried_at = work.now
    _add(work, row)
    return row


def completeness(until: Any) -> date | None:
    """Read the last day for which a calendar tells everything, if there is one. Raises BadProblem.

    It is read before the calendar is kept: a day that no planner takes would hinder everybody.
    """
    return checked_planning_date(until or None)


def sealed(keys: Keys, address: str) -> tuple[UUID, bytes]:
    """Seal an address under the id of the calendar to be: moved to another row it does not open."""
    calendar_id = new_id()
    return calendar_id, keys.sealed(address_of(address), calendar_id)


def of_own(work: Work) -> list[Known]:
    """Every calendar that is known of the one who asks, whoever entered it."""
    return stored.of_person(work, rights.actor(work))


def of_member(work: Work, group_id: UUID, member_id: UUID) -> list[Known]:
    """The calendars that a group's coordinators entered for a member."""
    rights.coordinating(work, group_id)
    _, person = rights.member_of(work, group_id, member_id)
    return [each for each in stored.of_person(work, person.id) if _is_entered(each[0], group_id)]


def drop_own(work: Work, calendar_id: UUID) -> None:
    """Delete one's own calendar, or one that somebody entered for oneself.

    Of what is read through somebody else's account it says as well that it should not be.
    """
    person_id = rights.actor(work)  # first: nobody else learns what is there
    row = stored.one(work, calendar_id)
    if row is None or row.person_id != person_id:
        raise missing("calendar")
    drop_by_owner(work, row)


def drop_entered(work: Work, group_id: UUID, member_id: UUID, calendar_id: UUID) -> None:
    """Delete a calendar that a coordinator entered."""
    rights.coordinating(work, group_id)
    _, person = rights.member_of(work, group_id, member_id)
    row = stored.one(work, calendar_id)
    if row is None or row.person_id != person.id or not _is_entered(row, group_id):
        raise missing("calendar")
    drop(work, row)


def _is_entered(row: CalendarRow, group_id: UUID) -> bool:
    return row.group_id == group_id and row.source is not Source.COLLEAGUE


def _read(place: Place, now: datetime, network: Network | None = None) -> Taken:
    [found] = read_all([place]) if network is None else read_all([place], network=network)
    if not found:
        # Nobody is free for two years: it is the wrong calendar, or one that was emptied.
        raise Unreadable(EMPTY[0], remedy=EMPTY[1])
    first, last = window(now)
    return Taken(Events.of(found), first, last)


def window(now: datetime) -> tuple[datetime, datetime]:
    """The time of which busy time is kept, from this moment on."""
    return now - PAST, now + AHEAD


def _span(now: datetime) -> tuple[int, int]:
    first, last = window(now)
    return int(first.timestamp()), int(last.timestamp())


def _new(work: Work, owner: Owner, kind: CalendarKind, source: Source) -> CalendarRow:
    if stored.count(work, owner.person_id, owner.group_id) >= MOST:
        raise Conflict(f"There are {MOST} calendars already", remedy="delete one first")
    return CalendarRow(
        id=new_id(),
        person_id=owner.person_id,
        group_id=owner.group_id,
        kind=kind,
        source=source,
        created_at=work.now,
    )


def _add(work: Work, row: CalendarRow) -> None:
    work.add(row)
    row.revision = 1
    work.session.flush()
    work.note("calendar.added", row.id)
    work.record(CalendarConnected(row.id, row.revision))
    give_way(work, row.person_id)


def kind_of(text: str) -> CalendarKind:
    """Read the word for a kind. Raises Unfit."""
    try:
        return CalendarKind(text)
    except ValueError:
        raise Unfit(
            f"The kind {text!r} is not known", remedy=f"write one of {', '.join(CalendarKind)}"
        ) from None


def stale(rows: Sequence[CalendarRow], before: datetime, most: int | None = None) -> list[UUID]:
    """Those that are read by themselves and were not since `before`, the oldest reading first.

    most  how many at most; None: all
    """
    old = [
        (row.tried_at.timestamp() if row.tried_at is not None else 0.0, row.id)
        for row in rows
        if row.source in READ_AGAIN and (row.tried_at is None or row.tried_at < before)
    ]
    return [each for _, each in sorted(old)[:most]]
