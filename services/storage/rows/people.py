"""Persons, and how they come in: links by mail, sessions, API tokens."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.storage.rows.row import Row
from services.storage.types import Id


class PersonRow(Row):
    """One person, in however many groups. Hours and the like are set by that person alone."""

    __tablename__ = "person"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(unique=True)  # in lower case
    name: Mapped[str]
    timezone: Mapped[str | None]
    hours: Mapped[list[Any] | None]  # as in a problem file; so are the next two
    preferred: Mapped[list[Any] | None]
    notice: Mapped[list[Any] | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Purpose(StrEnum):
    """What a link is for."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"  # to become a member
    COORDINATION = "coordination"  # to become a coordinator
    PLAN_AGAIN = "plan_again"  # tells a coordinator that plans are gone
    MEMBER_LEFT = "member_left"  # tells a coordinator that somebody left: invited_by
    CALENDAR_LOST = "calendar_lost"  # tells who can mend it that a calendar cannot be read
    RECONNECT = "reconnect"  # asks the owner of an account for consent once more
    FIRST = "first"  # the first coordinator of an installation: its reader says who they are
    SIGN_UP = "sign_up"


class LinkRow(Row):
    """A link that works once. Its secret is made when the mail is written; a hash stays here.

    A row that was not sent waits for its mail.

    email   whom a link to sign up is for, who is no person yet; otherwise None
    due_at  of no use any more: the outbox says when
    """

    __tablename__ = "link"

    id: Mapped[Id]
    purpose: Mapped[Purpose]
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    group_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("mentor_group.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str | None]
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)


class SessionRow(Row):
    """A browser in which somebody signed in."""

    __tablename__ = "session"

    id: Mapped[Id]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class TokenRow(Row):
    """A program that acts for somebody."""

    __tablename__ = "token"

    id: Mapped[Id]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    scopes: Mapped[list[Any]]
    operator: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
