"""Series: committed proposals, their meetings, attendees and objects, and what was told."""

import sqlalchemy as sa
from alembic import op

from services.storage import types

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    moment = types.UtcDateTime(timezone=True)
    op.create_table(
        "feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("fetched_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["mentor_group.id"], name=op.f("fk_feed_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_feed_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("group_id", "person_id", name=op.f("uq_feed_group_id_person_id")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_feed_secret_hash")),
    )
    op.create_index(op.f("ix_feed_person_id"), "feed", ["person_id"], unique=False)
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "committed",
                "changed",
                "concluded",
                name="seriesstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(none_as_null=True), nullable=False),
        sa.Column(
            "organiser",
            sa.Enum("account", "mailbox", name="organiser", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("organiser_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("calendar", sa.LargeBinary(), nullable=True),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("worded", sa.Integer(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.Column("settle_at", moment, nullable=True),
        sa.Column("replies_at", moment, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("committed_at", moment, nullable=True),
        sa.Column("concluded_at", moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_series_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["mentor_group.id"], name=op.f("fk_series_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["person.id"],
            name=op.f("fk_series_organiser_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_series_plan_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["term_id"], ["term.id"], name=op.f("fk_series_term_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_index(op.f("ix_series_account_id"), "series", ["account_id"], unique=False)
    op.create_index(op.f("ix_series_group_id"), "series", ["group_id"], unique=False)
    op.create_index(op.f("ix_series_organiser_id"), "series", ["organiser_id"], unique=False)
    op.create_index(op.f("ix_series_plan_id"), "series", ["plan_id"], unique=False)
    op.create_index(op.f("ix_series_replies_at"), "series", ["replies_at"], unique=False)
    op.create_index(op.f("ix_series_settle_at"), "series", ["settle_at"], unique=False)
    op.create_index(op.f("ix_series_term_id"), "series", ["term_id"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("place_in", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_revision", sa.Integer(), nullable=False),
        sa.Column("removed_at", moment, nullable=True),
        sa.Column("failed_at", moment, nullable=True),
        sa.Column("failed_what", sa.String(), nullable=True),
        sa.Column("failed_remedy", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_event_series_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("series_id", "place_in", name=op.f("uq_event_series_id_place_in")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("original_at", moment, nullable=False),
        sa.Column("start_at", moment, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("held", "cancelled", name="meetingstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("stood", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("removed_at", moment, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_meeting_series_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint(
            "series_id", "original_at", name=op.f("uq_meeting_series_id_original_at")
        ),
    )
    op.create_index(op.f("ix_meeting_start_at"), "meeting", ["start_at"], unique=False)
    op.create_table(
        "attendee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since_at", moment, nullable=True),
        sa.Column("until_at", moment, nullable=True),
        sa.Column("without", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("hints", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_attendee_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_attendee_member_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attendee_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_attendee_series_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_attendee_secret_hash")),
    )
    op.create_index(op.f("ix_attendee_meeting_id"), "attendee", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_attendee_member_id"), "attendee", ["member_id"], unique=False)
    op.create_index(op.f("ix_attendee_person_id"), "attendee", ["person_id"], unique=False)
    op.create_index(op.f("ix_attendee_series_id"), "attendee", ["series_id"], unique=False)
    op.create_table(
        "uid",
        sa.Column("uid_hash", sa.LargeBinary(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("original_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_uid_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("uid_hash", name=op.f("pk_uid")),
    )
    op.create_index(op.f("ix_uid_event_id"), "uid", ["event_id"], unique=False)
    op.create_table(
        "reply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attendee_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("said_at", moment, nullable=False),
        sa.Column("hosted", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendee.id"], name=op.f("fk_reply_attendee_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_reply_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint(
            "attendee_id", "meeting_id", name=op.f("uq_reply_attendee_id_meeting_id")
        ),
    )
    op.create_index(op.f("ix_reply_meeting_id"), "reply", ["meeting_id"], unique=False)
    op.create_table(
        "telling",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("attendee_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("apart", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("pending", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened", sa.String(), nullable=False),
        sa.Column("asked", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("failed_at", moment, nullable=True),
        sa.Column("failed_what", sa.String(), nullable=True),
        sa.Column("failed_remedy", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attendee_id"],
            ["attendee.id"],
            name=op.f("fk_telling_attendee_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_telling_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telling")),
        sa.UniqueConstraint(
            "event_id", "attendee_id", name=op.f("uq_telling_event_id_attendee_id")
        ),
    )
    op.create_index(op.f("ix_telling_attendee_id"), "telling", ["attendee_id"], unique=False)
