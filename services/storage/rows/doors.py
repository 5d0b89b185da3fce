"""What the doors keep: stored answers, counted tries, and the audit."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.storage.rows.row import Row


class AnswerRow(Row):
    """An answer that a repeated request gets again. No status: it is still being answered.

    person_id  who asked; what they were told goes with them
    group_id   what it tells of, once it is answered: who leaves the group is in no answer of it.
               None: it tells of the one who asked alone, or was erased
    """

    __tablename__ = "answer"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)  # hash of who and which
    request: Mapped[bytes] = mapped_column(LargeBinary)  # hash of method, path and body
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("mentor_group.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    headers: Mapped[list[list[str]] | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class TryRow(Row):
    """How often something was tried within a stretch of time."""

    __tablename__ = "try"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)  # hash of what and who
    until: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]


class GateRow(Row):
    """How far requests of one kind are ahead of their rate: they wait until that time is here.

    full_at  microseconds since 1970; the virtual scheduling time of the leaky bucket
    """

    __tablename__ = "gate"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)  # hash of what and whose
    full_at: Mapped[int] = mapped_column(BigInteger, index=True)


class AuditRow(Row):
    """Who did what, when, to which version. Each row seals the one before it."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[UUID | None]  # None: the service or its operator at the command line
    action: Mapped[str]
    subject: Mapped[UUID | None]
    version: Mapped[int | None]
    seal: Mapped[bytes] = mapped_column(LargeBinary)


class AuditEndRow(Row):
    """Where the audit ends, sealed: without it nobody could see that the last lines are gone."""

    __tablename__ = "audit_end"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
