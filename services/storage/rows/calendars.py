"""Calendars and the busy time read from them. No column here has room for a word of either."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, false
from sqlalchemy.orm import Mapped, mapped_column

from scheduler.model.events import Events
from services.storage.rows.row import Row
from services.storage.types import Id, Packed


class CalendarKind(StrEnum):
    """What its time is: clinical time can be protected if asked for early enough."""

    PERSONAL = "personal"
    WORK = "work"
    CLINICAL = "clinical"


class Source(StrEnum):
    """How its time is known."""

    UPLOAD = "upload"
    ADDRESS = "address"
    WEEKLY = "weekly"
    ACCOUNT = "account"  # asked of the host of a connected account
    COLLEAGUE = "colleague"  # asked there as well, of somebody else than the account's owner


READ_AGAIN = frozenset({Source.ADDRESS, Source.ACCOUNT, Source.COLLEAGUE})  # by themselves


class CalendarRow(Row):
    """One calendar of a person.

    group_id  a calendar that a coordinator entered, or that is read of a colleague, counts in that
              group alone; None: it is the person's own and counts in every group they joined
    account_id  the account in which it is, or through which a colleague is read; None unless the
              source is one of these
    main      whether it is the account's own calendar, not one beside it
    address   sealed; where it is read, or what its account's host calls it: of a colleague the
              address of mail
    weekly    ranges as in a problem file; None unless the source is a weekly pattern
    complete_until  the last day for which it tells everything, where somebody said so: clinic
                    schedules are published a few months at a time
    failed_*  why the last reading failed; what was read before stays
    revision  raised when the time that it takes changes
    due_at    when it is read again; None unless the source is an address
    seen      sealed; what its host said of it, to ask whether it has changed since
    failures  how often reading it failed since it was last read
    lost_at   when its owner was told that it cannot be read; None: there is nothing to tell
    doubted_at   since when it shows so much less than before that its owner is asked
    doubted_left  how many seconds ahead it still took then
    believed_at  when its owner said that this is right
    """

    __tablename__ = "calendar"

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("mentor_group.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[CalendarKind]
    source: Mapped[Source]
    account_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    main: Mapped[bool] = mapped_column(default=False, server_default=false())
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    weekly: Mapped[list[Any] | None]
    complete_until: Mapped[date | None]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    failed_what: Mapped[str | None]
    failed_remedy: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    seen: Mapped[bytes | None] = mapped_column(LargeBinary)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    lost_at: Mapped[datetime | None]
    doubted_at: Mapped[datetime | None]
    doubted_left: Mapped[int | None]
    believed_at: Mapped[datetime | None]


class BusyRow(Row):
    """What a calendar takes of the time from `first` up to but not including `last`."""

    __tablename__ = "busy"

    calendar_id: Mapped[UUID] = mapped_column(
        ForeignKey("calendar.id", ondelete="CASCADE"), primary_key=True
    )
    first: Mapped[datetime]
    last: Mapped[datetime]
    events: Mapped[Events] = mapped_column(Packed)
