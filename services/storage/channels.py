"""Channels, by which hosts tell that something has changed in an account."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from services.storage.rows.channels import ChannelRow
from services.storage.work import Work


def by_name(work: Work, channel_id: UUID) -> ChannelRow | None:
    """One channel, by our name of it."""
    return work.session.get(ChannelRow, channel_id)


def locked(work: Work, channel_id: UUID) -> ChannelRow | None:
    """One channel, which nobody else changes until this transaction ends."""
    row = ChannelRow
    return work.session.get(row, channel_id, with_for_update=True, populate_existing=True)


def by_secrets(work: Work, secret_hashes: Collection[bytes]) -> Sequence[ChannelRow]:
    """The channels that have one of these secrets, by their hashes."""
    question = select(ChannelRow).where(ChannelRow.secret_hash.in_(secret_hashes))
    return work.session.scalars(question).all() if secret_hashes else ()


def of_account(work: Work, account_id: UUID) -> Sequence[ChannelRow]:
    """The channels of an account, the newest first."""
    question = select(ChannelRow).where(ChannelRow.account_id == account_id)
    return work.session.scalars(question.order_by(ChannelRow.id.desc())).all()


def of_release(work: Work, release_id: UUID) -> Sequence[ChannelRow]:
    """The channels that are to be closed before this access is given back."""
    question = select(ChannelRow).where(ChannelRow.release_id == release_id)
    return work.session.scalars(question.order_by(ChannelRow.id)).all()


def is_told(work: Work, row: ChannelRow, since: datetime) -> bool:
    """Whether the host tells by another channel as well what it tells by this one.

    since  what was opened before then may be dead
    """
    other = ChannelRow
    question = select(other.id).where(
        other.account_id == row.account_id,
        other.calendar_id.is_not_distinct_from(row.calendar_id),
        other.id != row.id,
        other.address == row.address,
        other.remote.is_not(None),
        other.until_at > work.now,
        other.opened_at >= since,
    )
    return work.session.execute(question).first() is not None


def is_opened_since(work: Work, account_id: UUID, moment: datetime) -> bool:
    """Whether a channel of an account was opened later than that, as far as we know it."""
    question = select(ChannelRow.id).where(
        ChannelRow.account_id == account_id,
        ChannelRow.remote.is_not(None),
        ChannelRow.opened_at > moment,
    )
    return work.session.execute(question).first() is not None


def leave(work: Work, account_id: UUID, release_id: UUID) -> None:
    """Let the channels of an account be closed by whoever gives its access back."""
    work.session.execute(
        update(ChannelRow)
        .where(ChannelRow.account_id == account_id)
        .values(account_id=None, calendar_id=None, release_id=release_id)
    )


def outdate(work: Work, account_id: UUID) -> None:
    """Let every channel of an account be replaced by another one."""
    work.session.execute(
        update(ChannelRow)
        .where(ChannelRow.account_id == account_id, ChannelRow.renew_at.is_not(None))
        .values(renew_at=work.now)
    )


def drop(work: Work, channel_id: UUID) -> None:
    """Forget a channel."""
    work.session.execute(delete(ChannelRow).where(ChannelRow.id == channel_id))


def drop_over(work: Work, before: datetime) -> int:
    """Forget the channels that ended before then."""
    found = work.session.execute(
        delete(ChannelRow).where(ChannelRow.until_at < before).returning(ChannelRow.id)
    )
    return len(found.all())
