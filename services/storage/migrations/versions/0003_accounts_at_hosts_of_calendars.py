"""Accounts at hosts of calendars, and questions about calendars that suddenly hold less."""

import sqlalchemy as sa
from alembic import op

from services.storage import types

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _tables()
    # A table that others refer to is never made anew: on SQLite their rows would go with it.
    op.add_column(
        "calendar",
        sa.Column(
            "account_id",
            sa.Uuid(),
            sa.ForeignKey("account.id", ondelete="CASCADE", name="fk_calendar_account_id"),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column(
        "calendar", sa.Column("main", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    for name in ("doubted_at", "believed_at"):
        op.add_column("calendar", sa.Column(name, types.UtcDateTime(timezone=True), nullable=True))
    op.add_column("calendar", sa.Column("doubted_left", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_calendar_account_id"), "calendar", ["account_id"], unique=False)


def _tables() -> None:
    op.create_table(
        "gate",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_gate")),
    )
    op.create_index(op.f("ix_gate_full_at"), "gate", ["full_at"], unique=False)
    op.create_table(
        "released",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host", _HOST, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("always", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released")),
    )
    op.create_index(op.f("ix_released_created_at"), "released", ["created_at"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("host", _HOST, nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("consented_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("renewing_until", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lost_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("due_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_account_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("host", "identity", name=op.f("uq_account_host_identity")),
    )
    op.create_index(op.f("ix_account_due_at"), "account", ["due_at"], unique=False)
    op.create_index(op.f("ix_account_person_id"), "account", ["person_id"], unique=False)
    _consent()


def _consent() -> None:
    parents = ("account", "person")
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("host", _HOST, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", types.UtcDateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{each}_id"],
                [f"{each}.id"],
                name=op.f(f"fk_consent_{each}_id"),
                ondelete="CASCADE",
            )
            for each in parents
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_consent_state_hash")),
    )
    for each in (*(f"{name}_id" for name in parents), "expires_at", "identity"):
        op.create_index(op.f(f"ix_consent_{each}"), "consent", [each], unique=False)


_HOST = sa.Enum("google", name="host", native_enum=False, length=32)
