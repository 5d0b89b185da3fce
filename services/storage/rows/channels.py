"""Channels, by which hosts tell that something has changed in an account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.storage.rows.row import Row
from services.storage.types import Id


class ChannelRow(Row):
    """A channel that a host was asked for. It is kept before it is asked for.

    id           in letters its name at the host, which none ever had before
    account_id   None: the account was let go, and the channel is to be closed with `release_id`
    calendar_id  what it watches; None: the whole account, or a calendar that is no longer chosen
    address      of ours, where the host tells
    secret_hash  of what proves that the host tells
    remote       hash of what the host calls it, or what it watches; None: not known yet, because
                 the host has not answered, or we died before we kept its answer
    sealed       the same, which the host wants to hear when the channel is closed
    opened_at    when it was open; until we know that, when it was asked for
    until_at     when it ends by itself
    renew_at     when another one is opened in its place; None until it is known to be open
    heard_at     when the host last told something by it
    """

    __tablename__ = "channel"

    id: Mapped[Id]
    account_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    calendar_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("calendar.id", ondelete="SET NULL"), index=True
    )
    release_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("released.id", ondelete="CASCADE"), index=True
    )
    address: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    remote: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime]
    until_at: Mapped[datetime] = mapped_column(index=True)
    renew_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
