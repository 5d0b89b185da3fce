"""How many there are of everything."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from services.storage.beats import last
from services.storage.farewells import IS_KNOWN
from services.storage.moment import moment
from services.storage.rows.accounts import AccountRow
from services.storage.rows.calendars import CalendarRow
from services.storage.rows.groups import GroupRow
from services.storage.rows.people import LinkRow, PersonRow
from services.storage.rows.row import Row
from services.storage.work import Work

_LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers alone.

    known, unread, failing  calendars: read when last tried, never read, read once but not lately
    lost      calendars that could not be read for so long that somebody was told
    lost_own  those of them whose owners alone can mend them
    due       calendars and accounts that should have been read 10 minutes ago
    accounts, waiting_accounts  all that are connected; those that wait for consent
    """

    groups: int
    people: int
    known: int
    unread: int
    failing: int
    lost: int
    lost_own: int
    due: int
    accounts: int
    waiting_accounts: int
    waiting_mails: int


def counts(work: Work) -> Counts:
    """Count everything."""
    failed, read = CalendarRow.failed_what.is_not(None), CalendarRow.read_at.is_not(None)
    lost, own = CalendarRow.lost_at.is_not(None), CalendarRow.group_id.is_(None)
    waits = LinkRow.sent_at.is_(None), LinkRow.used_at.is_(None), LinkRow.expires_at > work.now
    return Counts(
        groups=_count(work, GroupRow),
        people=_count(work, PersonRow, IS_KNOWN),
        known=_count(work, CalendarRow, read, ~failed),
        unread=_count(work, CalendarRow, ~read, ~lost),
        failing=_count(work, CalendarRow, read, failed, ~lost),
        lost=_count(work, CalendarRow, lost),
        lost_own=_count(work, CalendarRow, lost, own),
        due=_count(work, CalendarRow, CalendarRow.due_at < work.now - _LATE)
        + _count(work, AccountRow, AccountRow.due_at < work.now - _LATE),
        accounts=_count(work, AccountRow),
        waiting_accounts=_count(work, AccountRow, AccountRow.lost_at.is_not(None)),
        waiting_mails=_count(work, LinkRow, *waits),
    )


def beats(work: Work) -> dict[str, timedelta]:
    """How long ago each kind of process last said that it turns."""
    now = work.session.execute(select(moment(work.session, work.now))).scalar_one()
    return {part: max(now - at, timedelta()) for part, at in last(work).items()}


def _count(work: Work, kind: type[Row], *those: ColumnElement[bool]) -> int:
    return work.session.execute(select(func.count()).select_from(kind).where(*those)).scalar_one()
