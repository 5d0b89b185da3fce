"""Telling who can mend it that a calendar cannot be read: once, however many there are."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from services.flow import signin
from services.flow.readings import LOST
from services.storage import accounts, calendars, colleagues, groups, tries
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.rows.people import Purpose
from services.storage.work import Work

_AGAIN = timedelta(days=7)  # until somebody is told once more


def tell(work: Work, calendar_id: UUID) -> None:
    """Have a mail written to the calendar's owner, or to the coordinators who entered it.

    Whoever was told this week of another one, while this one could still be read, is told of it
    when the week is over: until then it counts as not told, and is found lost again.
    """
    row = calendars.one(work, calendar_id)
    if row is None or row.lost_at is None:
        return  # it is gone, or can be read again
    if row.source is Source.COLLEAGUE:
        return  # nobody can mend it by mail; the group's page says who cannot be seen
    told = [_told(work, row, person) for person in _who(work, row)]
    if told and not any(told):
        row.lost_at = None


def tell_account(work: Work, account_id: UUID) -> None:
    """Have a mail written to the owner of an account that needs consent once more.

    The other coordinators hear of it whose members are read through it. Each at most once in a
    week, whatever else they were told of; their pages say it all the time.
    """
    row = accounts.one(work, account_id)
    if row is None or row.lost_at is None:
        return
    if tries.count(work, _key(row.person_id), 1, work.now + _AGAIN):
        signin.made(work, Purpose.RECONNECT, person_id=row.person_id)
    for consent, group in colleagues.given_by(work, row.person_id):
        if consent.account_id == account_id:
            _tell_others(work, row.person_id, group.id)


def _tell_others(work: Work, owner: UUID, group_id: UUID) -> None:
    for _, person in groups.coordinators(work, group_id):
        if person.id != owner and tries.count(work, _key(person.id), 1, work.now + _AGAIN):
            signin.made(
                work,
                Purpose.RECONNECT,
                person_id=person.id,
                group_id=group_id,
                invited_by=owner,
            )


def _who(work: Work, row: CalendarRow) -> list[UUID]:
    if row.group_id is None:
        return [row.person_id]
    return [person.id for _, person in groups.coordinators(work, row.group_id)]


def _told(work: Work, row: CalendarRow, person: UUID) -> bool:
    """Whether a person is told of a calendar, now or by a mail of this week."""
    key = _key(person)
    if tries.count(work, key, 1, work.now + _AGAIN):
        signin.made(work, Purpose.CALENDAR_LOST, person_id=person, group_id=row.group_id)
        return True
    until = tries.until(work, key)
    well = row.read_at or row.created_at
    return until is not None and well + LOST <= until - _AGAIN


def _key(person: UUID) -> bytes:
    """The key under which it is counted that somebody was told."""
    return sha256(b"lost" + person.bytes).digest()
