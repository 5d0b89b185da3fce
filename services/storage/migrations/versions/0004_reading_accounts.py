"""Consent to read a programme's members through one account, and people who do not want that."""

import sqlalchemy as sa
from alembic import op

from services.storage import types

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    parents = {"account_id": "account", "group_id": "mentor_group", "given_by": "person"}
    op.create_table(
        "programme_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(each, sa.Uuid(), nullable=False) for each in parents),
        sa.Column("given_at", types.UtcDateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [name],
                [f"{parent}.id"],
                name=op.f(f"fk_programme_consent_{name}"),
                ondelete="CASCADE",
            )
            for name, parent in parents.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_consent")),
        sa.UniqueConstraint(
            "account_id", "group_id", name=op.f("uq_programme_consent_account_id_group_id")
        ),
    )
    for each in ("group_id", "given_by"):
        op.create_index(
            op.f(f"ix_programme_consent_{each}"), "programme_consent", [each], unique=False
        )
    parents = {"person_id": "person", "group_id": "mentor_group"}
    op.create_table(
        "reading_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", types.UtcDateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [name],
                [f"{parent}.id"],
                name=op.f(f"fk_reading_objection_{name}"),
                ondelete="CASCADE",
            )
            for name, parent in parents.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_objection")),
        sa.UniqueConstraint(
            "person_id", "group_id", name=op.f("uq_reading_objection_person_id_group_id")
        ),
    )
    op.create_index(
        op.f("ix_reading_objection_group_id"), "reading_objection", ["group_id"], unique=False
    )
