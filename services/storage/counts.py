"""How many there are of everything."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from services.storage.rows.calendars import CalendarRow
from services.storage.rows.groups import GroupRow
from services.storage.rows.people import LinkRow, PersonRow
from services.storage.rows.row import Row
from services.storage.work import Work


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers alone.

    known, unread, failing  calendars: read when last tried, never read, read once but not lately
    """

    groups: int
    people: int
    known: int
    unread: int
    failing: int
    waiting_mails: int


def counts(work: Work) -> Counts:
    """Count everything."""
    failed, read = CalendarRow.failed_what.is_not(None), CalendarRow.read_at.is_not(None)
    waits = LinkRow.sent_at.is_(None), LinkRow.used_at.is_(None), LinkRow.expires_at > work.now
    return Counts(
        groups=_count(work, GroupRow),
        people=_count(work, PersonRow),
        known=_count(work, CalendarRow, read, ~failed),
        unread=_count(work, CalendarRow, ~read),
        failing=_count(work, CalendarRow, read, failed),
        waiting_mails=_count(work, LinkRow, *waits),
    )


def _count(work: Work, kind: type[Row], *those: ColumnElement[bool]) -> int:
    return work.session.execute(select(func.count()).select_from(kind).where(*those)).scalar_one()
