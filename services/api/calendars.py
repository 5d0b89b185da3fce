"""Calendars: of oneself, and those that a coordinator enters for a member who has not joined.

A calendar is read before anything is written. Its address and its times are never shown.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api.members import Trouble, trouble
from services.api.pages import Items, Page, part
from services.api.responses import made, moment, moment_or_none, nothing, said
from services.api.routes import Noun
from services.api.shapes import NewCalendar
from services.api.words import DayText, IdText, Moment, NextReading
from services.flow import addresses, coverage, doubts, members, read_now, rights
from services.flow import calendars as flow
from services.flow.calendars import Owner, Taken
from services.storage import calendars as stored
from services.storage.calendars import Known
from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.work import Work

calendars = Noun("calendars", "What is known of somebody's time", scope="calendars")
_OF_MEMBER = "/groups/<uuid:group_id>/members/<uuid:member_id>/calendars"


class Calendar(TypedDict):
    """A calendar. known_until: the last day of which it tells, null where there is no such day.

    trouble: why the last reading failed; the one of read_at still counts for three days.
    account_id: the connected account in which it is, and main, whether it is the account's own
    calendar. question: what its owner is asked, because it shows much less than before; a
    confirmation answers it.
    """

    id: IdText
    kind: CalendarKind
    source: Source
    created_at: Moment
    read_at: Moment | None
    next_reading: NextReading
    known_until: DayText | None
    trouble: Trouble | None
    account_id: IdText | None
    main: bool
    question: str | None


@calendars.on("GET", _OF_MEMBER, {200: Items[Calendar]})
def index_entered(group_id: UUID, member_id: UUID, query: Page) -> Response:
    """List the calendars that coordinators entered for a member."""
    work = door.reading()
    found = flow.of_member(work, group_id, member_id)
    return _part(found, query, _zone(work, group_id, member_id), work)


@calendars.on("POST", _OF_MEMBER, {201: Calendar})
def enter(group_id: UUID, member_id: UUID, body: NewCalendar) -> Response:
    """Enter a calendar for a member who has not joined; it counts in this group alone."""
    place = f"/groups/{group_id}/members/{member_id}/calendars"
    return _add(body, lambda work: flow.entered_for(work, group_id, member_id), place)


@calendars.on("DELETE", f"{_OF_MEMBER}/<uuid:calendar_id>", {204: None})
def drop_entered(group_id: UUID, member_id: UUID, calendar_id: UUID) -> Response:
    """Delete a calendar that a coordinator entered, with the plans in which its times show."""
    flow.drop_entered(door.work(), group_id, member_id, calendar_id)
    return nothing()


@calendars.on("POST", f"{_OF_MEMBER}/<uuid:calendar_id>/readings", {202: Calendar})
def read_entered(group_id: UUID, member_id: UUID, calendar_id: UUID) -> Response:
    """Have a calendar read at once that a coordinator entered; at most once a minute."""
    work = door.work()
    known = read_now.entered(work, group_id, member_id, calendar_id)
    return said(_look(known, _zone(work, group_id, member_id), work), 202)


@calendars.on("GET", "/me/calendars", {200: Items[Calendar]})
def index_own(query: Page) -> Response:
    """List every calendar that is known of you, whoever entered it."""
    work = door.reading()
    return _part(flow.of_own(work), query, flow.own(work).zone, work)


@calendars.on("POST", "/me/calendars", {201: Calendar})
def add_own(body: NewCalendar) -> Response:
    """Add a calendar of your own; it counts in every group that you joined."""
    return _add(body, flow.own, "/me/calendars")


@calendars.on("DELETE", "/me/calendars/<uuid:calendar_id>", {204: None})
def drop_own(calendar_id: UUID) -> Response:
    """Delete a calendar of yours, with the plans in which its times show.

    Of what a coordinator reads of you through their account it says as well that they may not.
    """
    flow.drop_own(door.work(), calendar_id)
    return nothing()


@calendars.on("POST", "/me/calendars/<uuid:calendar_id>/readings", {202: Calendar})
def read_own(calendar_id: UUID) -> Response:
    """Have a calendar of yours read at once from its address; at most once a minute."""
    work = door.work()
    known = read_now.own(work, calendar_id)
    return said(_look(known, flow.own(work).zone, work), 202)


@calendars.on("POST", "/me/calendars/<uuid:calendar_id>/confirmations", {202: Calendar})
def confirm(calendar_id: UUID) -> Response:
    """Say that a calendar which shows much less than before is right; it is read again."""
    work = door.work()
    known = doubts.believe(work, calendar_id)
    return said(_look(known, flow.own(work).zone, work), 202)


def _add(asked: NewCalendar, owner_of: Callable[[Work], Owner], place: str) -> Response:
    """Read the calendar while no transaction is open; look the right up again to keep it."""
    kind = flow.kind_of(asked.kind)
    until = flow.completeness(asked.complete_until)
    if asked.weekly is not None:
        work = door.work()
        owner = owner_of(work)
        row = flow.add_weekly(work, owner, kind, asked.weekly)
    else:
        tz = owner_of(door.reading()).zone
        door.put_down()
        taken = _read(asked, tz)
        keys = door.runtime().keys
        sealed = None if asked.address is None else flow.sealed(keys, asked.address)
        work = door.work()
        owner = owner_of(work)
        if asked.address is not None:
            addresses.let_be_new(work, keys, owner, addresses.address_of(asked.address))
        refresh = timedelta(seconds=door.runtime().settings.times.refresh)
        row = flow.add_read(work, owner, kind, taken, sealed, refresh=refresh)
    row.complete_until = until
    return made(_look(stored.known(work, row), owner.zone, work), f"{place}/{row.id}")


def _read(asked: NewCalendar, tz: str) -> Taken:
    runtime = door.runtime()
    if asked.ics is not None:
        return flow.read_file(asked.ics.encode(), tz, runtime.clock())
    return flow.read_address(asked.address or "", tz, runtime.clock(), runtime.settings.network)


def _part(found: list[Known], query: Page, tz: str, work: Work) -> Response:
    return part(found, query, lambda each: each[0].id, lambda each: _look(each, tz, work))


def _zone(work: Work, group_id: UUID, member_id: UUID) -> str:
    _, (member, _) = members.one(work, group_id, member_id)
    return member.timezone or rights.standing(work, group_id).group.timezone


def _look(known: Known, tz: str, work: Work) -> Calendar:
    row: CalendarRow = known[0]
    found = coverage.coverage([known], tz, work.now)
    return Calendar(
        id=str(row.id),
        kind=row.kind,
        source=row.source,
        created_at=moment(row.created_at),
        read_at=moment_or_none(row.read_at),
        next_reading=moment_or_none(row.due_at),
        known_until=None if found.until is None else found.until.isoformat(),
        trouble=trouble(row.failed_what, row.failed_remedy),
        account_id=str(row.account_id) if row.source is Source.ACCOUNT else None,
        main=row.main,
        question=doubts.question(row),
    )
