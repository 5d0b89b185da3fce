"""Channels, by which hosts tell that something has changed in an account; the age of plans."""

import sqlalchemy as sa
from alembic import op

from services.storage import types

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    moment = types.UtcDateTime(timezone=True)
    parents = {
        "account_id": ("account", "CASCADE"),
        "calendar_id": ("calendar", "SET NULL"),
        "release_id": ("released", "CASCADE"),
    }
    op.create_table(
        "channel",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in parents),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("remote", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("until_at", moment, nullable=False),
        sa.Column("renew_at", moment, nullable=True),
        sa.Column("heard_at", moment, nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [name], [f"{table}.id"], name=op.f(f"fk_channel_{name}"), ondelete=then
            )
            for name, (table, then) in parents.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_channel_secret_hash")),
    )
    for each in (*parents, "remote", "until_at"):
        op.create_index(op.f(f"ix_channel_{each}"), "channel", [each], unique=False)
    # A table that others refer to is never made anew: on SQLite their rows would go with it.
    op.add_column("account", sa.Column("watch_at", moment, nullable=True))
    op.add_column(
        "account",
        sa.Column("watch_failures", sa.Integer(), server_default="0", nullable=False),
    )
    op.create_index(op.f("ix_account_watch_at"), "account", ["watch_at"], unique=False)
    op.add_column("plan", sa.Column("failed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("plan", sa.Column("oldest_reading_at", moment, nullable=True))
    op.add_column("plan", sa.Column("unread", sa.JSON(), nullable=True))
