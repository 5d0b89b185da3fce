"""Groups, their terms, and who belongs to them in which role."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.storage.rows.row import Row
from services.storage.types import Id


class GroupRow(Row):
    """A mentorship group. Its rules are what the next term starts from."""

    __tablename__ = "mentor_group"  # "group" is a word of SQL

    id: Mapped[Id]
    template: Mapped[str]
    title: Mapped[str]
    timezone: Mapped[str]
    rules: Mapped[dict[str, Any]]  # meeting, cadence, windows, quorum, moves, notice
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class TermRow(Row):
    """A semester, with the rules it is planned by: later changes of the group leave it alone."""

    __tablename__ = "term"

    id: Mapped[Id]
    group_id: Mapped[UUID] = mapped_column(
        ForeignKey("mentor_group.id", ondelete="CASCADE"), index=True
    )
    start: Mapped[date]
    end: Mapped[date]
    planning_date: Mapped[date | None]
    rules: Mapped[dict[str, Any]]
    blackouts: Mapped[list[Any]]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class CoordinatorRow(Row):
    """Somebody who may plan for a group.

    name  as it was entered for this group: what others call them elsewhere is told to nobody
    """

    __tablename__ = "coordinator"

    group_id: Mapped[UUID] = mapped_column(
        ForeignKey("mentor_group.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    name: Mapped[str]
    since: Mapped[datetime]


class MemberRow(Row):
    """A person in a group.

    Zone, hours and notice are as the coordinator entered them; where the person has set their
    own, theirs count. Nobody's choice in one group shows in another.
    """

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("group_id", "person_id"),
        UniqueConstraint("group_id", "name"),
    )

    id: Mapped[Id]
    group_id: Mapped[UUID] = mapped_column(ForeignKey("mentor_group.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    required: Mapped[bool] = mapped_column(default=False)
    timezone: Mapped[str | None]
    hours: Mapped[list[Any] | None]
    preferred: Mapped[list[Any] | None]
    notice: Mapped[list[Any] | None]
    joined_at: Mapped[datetime | None]  # when the invitation was accepted
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class AssistantRow(Row):
    """Somebody who looks after a member's clinic. The name is as it was entered for them here."""

    __tablename__ = "assistant"

    member_id: Mapped[UUID] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    name: Mapped[str]
    since: Mapped[datetime]


class GuestRow(Row):
    """Somebody who attends one date, and sees only that date."""

    __tablename__ = "guest"
    __table_args__ = (UniqueConstraint("group_id", "person_id", "day"),)

    id: Mapped[Id]
    group_id: Mapped[UUID] = mapped_column(ForeignKey("mentor_group.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    day: Mapped[date]  # in the group's zone
    created_at: Mapped[datetime]
