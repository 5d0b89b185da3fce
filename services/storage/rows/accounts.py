"""Accounts at hosts of calendars: what lets us in is sealed, whose they are there is a hash."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.storage.rows.row import Row
from services.storage.types import Id


class Host(StrEnum):
    """Where accounts are connected."""

    GOOGLE = "google"
    OUTLOOK = "outlook"
    CALDAV = "caldav"

    @property
    def is_entered(self) -> bool:
        """Whether accounts there are entered with an app password: nobody consents on a page."""
        return self is Host.CALDAV


class AccountRow(Row):
    """A person's account at a host of calendars, with what they consented to.

    identity   a keyed hash of who they are there: an account belongs to one person
    sealed     the grant: what lets us in, and the address of mail they have there
    scopes     what they consented to, in the host's words
    consented_at  when its owner gave consent the last time
    fence      raised each time the grant changes or somebody begins to renew it
    renewing_until  until when somebody renews it; None: nobody does
    lost_at    when the host refused to go on: consent is needed once more
    due_at     when its calendars are read again, or are too old to be believed
    watch_at   when it is looked whether its host tells of changes; None: at once
    watch_failures  how often that could not be mended since it last was
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("host", "identity"),)

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    host: Mapped[Host]
    identity: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    consented_at: Mapped[datetime]
    fence: Mapped[int] = mapped_column(default=0)
    renewing_until: Mapped[datetime | None]
    lost_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    watch_at: Mapped[datetime | None] = mapped_column(index=True)
    watch_failures: Mapped[int] = mapped_column(default=0, server_default="0")


class ProgrammeConsentRow(Row):
    """A coordinator lets a group's members be read through their account, as its host shows them.

    It counts only while whoever gave it coordinates the group, and owns the account.
    """

    __tablename__ = "programme_consent"
    __table_args__ = (UniqueConstraint("account_id", "group_id"),)

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    group_id: Mapped[UUID] = mapped_column(
        ForeignKey("mentor_group.id", ondelete="CASCADE"), index=True
    )
    given_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    given_at: Mapped[datetime]


class ReadingObjectionRow(Row):
    """Somebody does not want to be read through the accounts of others. It outlives membership.

    group_id  for which group; None: for none at all
    """

    __tablename__ = "reading_objection"
    __table_args__ = (UniqueConstraint("person_id", "group_id"),)

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    group_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("mentor_group.id", ondelete="CASCADE"), index=True
    )
    made_at: Mapped[datetime]


class ConsentRow(Row):
    """Somebody is asked for consent at a host, in one browser. It is used once, or ends.

    state_hash  of what the host sends back with the answer
    sealed      what proves that we are the ones who asked (RFC 7636), and the nonce
    answered    whether consent is there, and waits for a word that it is the right account:
                then `sealed` is the grant, and `state_hash` of the form that says so
    session_id  of that browser; what it was asked outlives it, for what is to be given back
    identity    who consented, as in an account; None until it is answered
    account_id  of the account that is to be connected once more; None: a new one
    """

    __tablename__ = "consent"

    id: Mapped[Id]
    state_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    session_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    host: Mapped[Host]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    account_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    answered: Mapped[bool] = mapped_column(default=False)
    identity: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ReleaseRow(Row):
    """Access that is to be given back at its host.

    sealed  the grant
    owner   of that seal: what it was given for, by ids
    always  whether it goes back even if its owner has connected the account anew by then
    """

    __tablename__ = "released"

    id: Mapped[Id]
    host: Mapped[Host]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    owner: Mapped[str]
    always: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(index=True)
