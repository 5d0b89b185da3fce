"""Every sealed secret in the database, sealed anew by the newest key."""

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from services.storage.rows.accounts import AccountRow, ConsentRow, ReleaseRow
from services.storage.rows.calendars import CalendarRow
from services.storage.rows.channels import ChannelRow
from services.storage.rows.doors import AuditEndRow
from services.storage.rows.series import FeedRow, SeriesRow
from services.storage.work import Work

SEALED: tuple[InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None], ...] = (
    AccountRow.sealed,
    ConsentRow.sealed,
    ReleaseRow.sealed,
    CalendarRow.address,
    CalendarRow.seen,
    ChannelRow.sealed,
    AuditEndRow.sealed,
    FeedRow.sealed,
    SeriesRow.calendar,
)


def renew(work: Work, seal: MultiFernet) -> tuple[int, int]:
    """Seal every secret anew; return how many were, and how many no key of ours opens.

    What somebody else has just written is left as it is: they seal with the newest key as well.
    """
    renewed = lost = 0
    for column in SEALED:
        row = column.class_
        for key, sealed in work.session.execute(
            select(row.id, column).where(column.is_not(None))
        ).all():
            try:
                fresh = seal.rotate(sealed)
            except InvalidToken:
                lost += 1
                continue
            work.session.execute(
                update(row).where(row.id == key, column == sealed).values({column.key: fresh})
            )
            renewed += 1
    return renewed, lost
