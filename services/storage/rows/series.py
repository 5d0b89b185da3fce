"""Series: committed proposals, their meetings, who attends them, and what was told to whom."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.storage.ids import new_id
from services.storage.rows.row import Row
from services.storage.types import Id


class SeriesState(StrEnum):
    """How far a series has come."""

    DRAFT = "draft"  # nobody but coordinators knows of it
    COMMITTED = "committed"
    CHANGED = "changed"  # committed, and since then something is otherwise
    CONCLUDED = "concluded"


class Organiser(StrEnum):
    """Who invites."""

    ACCOUNT = "account"  # a coordinator's own calendar, whose host mails the guests
    MAILBOX = "mailbox"  # the service, by mail (iMIP, RFC 6047)


class MeetingState(StrEnum):
    """Whether a date is held."""

    HELD = "held"
    CANCELLED = "cancelled"


class SeriesRow(Row):
    """A proposal that was taken: a semester of dates under one title.

    plan_id       where it comes from; None: that plan is gone
    rule          scheduler.model.answer.Rule as JSON: what its dates have in common
    minutes       how long a date is by the rule
    organiser_id  whose account it is, or who drafted it
    account_id    whose calendar invites; None: none, or it was disconnected
    calendar      sealed (owner: the id of this row): the host's name of the calendar it is
                  written to; None: not decided before the first writing
    identity      whose calendar that is, as in AccountRow: nobody else goes on with it
    revision      raised by each change of what guests see
    worded        the revision of the last change that concerned all of it
    published     the revision that was last written out as a whole; 0: none
    settle_at     when changes are written out; None: nothing waits
    replies_at    when its host is asked for answers again; None: never
    """

    __tablename__ = "series"

    id: Mapped[Id]
    group_id: Mapped[UUID] = mapped_column(
        ForeignKey("mentor_group.id", ondelete="CASCADE"), index=True
    )
    term_id: Mapped[UUID] = mapped_column(ForeignKey("term.id", ondelete="CASCADE"), index=True)
    plan_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("plan.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[SeriesState]
    title: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(Text, default="")
    timezone: Mapped[str]
    minutes: Mapped[int]
    rule: Mapped[dict[str, Any]]
    organiser: Mapped[Organiser]
    organiser_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    account_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL"), index=True
    )
    calendar: Mapped[bytes | None] = mapped_column(LargeBinary)
    identity: Mapped[bytes | None] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(default=1)
    worded: Mapped[int] = mapped_column(default=1)
    published: Mapped[int] = mapped_column(default=0)
    settle_at: Mapped[datetime | None] = mapped_column(index=True)
    replies_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    committed_at: Mapped[datetime | None]
    concluded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class MeetingRow(Row):
    """One date of a series.

    original_at  where its rule puts it; it names the date for as long as the series lives
    place        "": the series' own
    stood        where it stood before: [from, to, and when that was given up], UTC seconds; where
                 it was cancelled, the object that held it stands after that, and its rule
    removed_at   when a person was found to have removed it from the organiser's calendar
    revision     of the series, when this was last changed
    """

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("series_id", "original_at"),)

    id: Mapped[Id]
    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    original_at: Mapped[datetime]
    start_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(default="")
    state: Mapped[MeetingState] = mapped_column(default=MeetingState.HELD)
    stood: Mapped[list[Any]] = mapped_column(default=list)
    removed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)


class AttendeeRow(Row):
    """Somebody who is invited: to a series, to a part of it, or to one date.

    name        as it was entered for this group
    member_id   None: a guest, or somebody who has left the group
    meeting_id  of a guest: the only date; None: all dates in [since_at, until_at) by original
    since_at    None: from the first date on
    until_at    None: to the last one
    without     originals (UTC seconds) among those that are not theirs after all: they stood
                elsewhere than their rule says when somebody came or left
    revision    of the series, when it was last changed to what they are invited
    link_id     names the link in what is sent to them, under which they answer
    secret_hash  of that link; None: none yet
    hints       what mails say that they answer, for which nobody vouches: by the id of the date,
                "" for all of them. It counts for nothing until they confirm it on their page
    """

    __tablename__ = "attendee"

    id: Mapped[Id]
    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("member.id", ondelete="SET NULL"), index=True
    )
    meeting_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("meeting.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    since_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    without: Mapped[list[Any]] = mapped_column(default=list)
    revision: Mapped[int] = mapped_column(default=1)
    link_id: Mapped[UUID] = mapped_column(default=new_id)
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    hints: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class EventRow(Row):
    """One object of calendars: a series by a rule, or a single date. Its key is its id.

    place_in   in the order in which the objects came to be
    wanted     services.flow.series.kept of a scheduler.model.series.Series; its frame (zone, rule,
               minutes, first) never changes under one id. None: none of its dates is held
    written_revision  of the series, when this was last written at the organiser's host; 0: never
    removed_at  when a person was found to have removed it from the organiser's calendar
    failed_at   since when writing it fails; None: it does not
    """

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("series_id", "place_in"),)

    id: Mapped[Id]
    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    place_in: Mapped[int]
    wanted: Mapped[dict[str, Any] | None]
    written_revision: Mapped[int] = mapped_column(default=0)
    removed_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failed_what: Mapped[str | None]
    failed_remedy: Mapped[str | None]


class TellingRow(Row):
    """What one attendee was told of one object by mail, and what is being told.

    told      the object as they know it (kept); None: nothing, or that it is cancelled
    apart     originals that were told as events of their own when it was first told
    pending   what is being told: kept object, the place and title of then; None: nothing is.
              It is fixed before the first letter goes out, so that every try writes the same
    sequence  of the last telling (RFC 5545, 3.8.7.4)
    sent      how many letters of what is pending have gone out
    revision  of the series, as of what was last told whole; 0: never, or all is to be told anew
    opened    key of the first letter, to which others are answers
    asked     services.flow.series.asking: the last letter about each object and date, and answers
              that were ahead of our clock
    """

    __tablename__ = "telling"
    __table_args__ = (UniqueConstraint("event_id", "attendee_id"),)

    id: Mapped[Id]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    attendee_id: Mapped[UUID] = mapped_column(
        ForeignKey("attendee.id", ondelete="CASCADE"), index=True
    )
    told: Mapped[dict[str, Any] | None]
    apart: Mapped[list[Any]]
    pending: Mapped[dict[str, Any] | None]
    sequence: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    opened: Mapped[str] = mapped_column(default="")
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failed_at: Mapped[datetime | None]
    failed_what: Mapped[str | None]
    failed_remedy: Mapped[str | None]


class UidRow(Row):
    """Which object a UID in a mail names: a hash, and where an answer to it belongs.

    original  of the date that is an event of its own; None: the object as a whole
    """

    __tablename__ = "uid"

    uid_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    original_at: Mapped[datetime | None]


class ReplyRow(Row):
    """What somebody answered: to a series, or to one date of it.

    meeting_id  None: to all of it; what they say of a date counts more
    answer      calendar_sync.provider.Answer
    source      where they said it: google, outlook, mail or page; mailbox: they invite by it
    said_at     when; of two answers the later one counts
    hosted      what the organiser's host told last, which may be older than what was said
                elsewhere since; None: nothing
    """

    __tablename__ = "reply"
    __table_args__ = (UniqueConstraint("attendee_id", "meeting_id"),)

    id: Mapped[Id]
    attendee_id: Mapped[UUID] = mapped_column(ForeignKey("attendee.id", ondelete="CASCADE"))
    meeting_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("meeting.id", ondelete="CASCADE"), index=True
    )
    answer: Mapped[str]
    source: Mapped[str]
    said_at: Mapped[datetime]
    hosted: Mapped[str | None]


class FeedRow(Row):
    """A private address under which a member's calendar program finds the dates of a group.

    sealed  the secret in the address, so that its owner can be shown it again
    """

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    id: Mapped[Id]
    group_id: Mapped[UUID] = mapped_column(ForeignKey("mentor_group.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
