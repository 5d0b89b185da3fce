"""In how many accounts hosts tell of changes. Numbers alone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.rows.channels import ChannelRow
from services.storage.work import Work


@dataclass(frozen=True, slots=True)
class Telling:
    """How it stands where hosts can reach us.

    able      accounts at hosts that can tell, but for those that wait for consent
    told      those in which everything that was chosen is watched now
    unopened  those whose channels could not be opened when that was last tried
    heard_at  when a host last told something; None: never by a channel that we still have
    """

    able: int
    told: int
    unopened: int
    heard_at: datetime | None


def telling(work: Work, push_url: str) -> Telling:
    """Count where hosts tell us of changes at this address."""
    able = AccountRow.host.in_((Host.GOOGLE, Host.OUTLOOK)) & AccountRow.lost_at.is_(None)
    row = work.session.execute(
        select(
            func.count(),
            func.count().filter(_told(work.now, push_url)),
            func.count().filter(AccountRow.watch_failures > 0),
        ).where(able)
    ).one()
    heard_at = work.session.execute(select(func.max(ChannelRow.heard_at))).scalar_one()
    return Telling(row[0], row[1], row[2], heard_at)


def _told(now: datetime, push_url: str) -> ColumnElement[bool]:
    """Whether all of an account is watched: at Outlook at once, elsewhere each calendar."""
    chosen = and_(CalendarRow.account_id == AccountRow.id, CalendarRow.source == Source.ACCOUNT)
    watched = and_(
        ChannelRow.account_id == AccountRow.id,
        ChannelRow.remote.is_not(None),
        ChannelRow.until_at > now,
        ChannelRow.address.startswith(f"{push_url}/", autoescape=True),
    )
    whole = exists().where(watched, ChannelRow.calendar_id.is_(None))
    this = exists().where(watched, ChannelRow.calendar_id == CalendarRow.id)
    one_by_one = ~exists().where(chosen, ~this.correlate(AccountRow, CalendarRow))
    return and_(
        exists().where(chosen),
        or_(AccountRow.host == Host.OUTLOOK, one_by_one),
        or_(AccountRow.host != Host.OUTLOOK, whole),
    )
