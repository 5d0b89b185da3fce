"""A series as doors show it: what a preview promises, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from calendar_sync.provider import Answer
from services.storage.rows.series import AttendeeRow, EventRow, MeetingRow, SeriesRow


class Delivered(StrEnum):
    """Whether a date has reached an attendee's calendar."""

    WAITING = "waiting"
    THERE = "there"  # the host has it, or the mail with it was taken
    FAILED = "failed"
    NOT_ASKED = "not_asked"  # they are not invited to this date


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one date stands with one attendee; what and remedy only where it failed."""

    state: Delivered
    what: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who comes to one date, as far as they have answered.

    needed    how many make a quorum
    required  members without whom no date holds, each by name with what they answered to this one
    """

    accepted: int
    tentative: int
    declined: int
    waiting: int
    needed: int
    required: tuple[tuple[str, Answer], ...] = ()

    @property
    def certain(self) -> bool:
        """Whether enough have accepted, and everybody who is required."""
        enough = self.accepted >= self.needed
        return enough and all(said is Answer.ACCEPTED for _, said in self.required)

    @property
    def possible(self) -> bool:
        """Whether enough can still come, and everybody who is required."""
        return self.accepted + self.tentative + self.waiting >= self.needed and not self.without

    @property
    def without(self) -> tuple[str, ...]:
        """Who is required and has declined, by name."""
        return tuple(name for name, said in self.required if said is Answer.DECLINED)


@dataclass(frozen=True, slots=True)
class Date:
    """One date of a series with all that is known of it.

    answers, deliveries  by the id of the attendee; of those who are invited to it
    """

    meeting: MeetingRow
    answers: Mapping[UUID, Answer]
    deliveries: Mapping[UUID, Delivery]
    attendance: Attendance


@dataclass(frozen=True, slots=True)
class Shown:
    """A series for its coordinators.

    attendees  who is invited to any date that is to come; those who left are not among them
    dates      in the order of their starts; cancelled ones too
    lacking    names of members of the group who are invited to nothing that is to come
    former     names of those who left the group, and with it the dates to come
    """

    row: SeriesRow
    attendees: tuple[AttendeeRow, ...]
    events: tuple[EventRow, ...]
    dates: tuple[Date, ...]
    lacking: tuple[str, ...] = ()
    former: tuple[str, ...] = ()


class Held(StrEnum):
    """How a date of a preview stands."""

    KEPT = "kept"
    MOVED = "moved"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class PreviewDate:
    """A date that will be written.

    expected  who can come, and the same with those of whom nothing is known
    """

    original: datetime
    start: datetime
    minutes: int
    held: Held
    expected: tuple[int, int]


@dataclass(frozen=True, slots=True)
class PreviewGuest:
    """What one attendee will get.

    acceptances  how often they will be asked to accept
    letters      how many invitations they get, whether or not they have to accept
    how          in words: "an invitation from Google", "an invitation by mail"
    dates        to how many dates
    """

    name: str
    email: str = field(repr=False)
    acceptances: int
    how: str
    dates: int
    letters: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What committing will do, before anything is done.

    where     in words, which calendar is written to: "Ines's Google calendar"
    repeated  how many recurring events, with so many of their dates
    single    how many single events
    seconds   how long it takes at most under the provider's limits
    warnings  sentences: what a coordinator should know first
    obstacles sentences: why it cannot be committed as it is; empty: it can
    """

    row: SeriesRow
    where: str
    repeated: int
    single: int
    dates: tuple[PreviewDate, ...]
    skipped: tuple[datetime, ...]
    guests: tuple[PreviewGuest, ...]
    requests: int
    mails: int
    seconds: float
    warnings: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnDate:
    """One date to which the reader is invited.

    open  whether it is to come and held, so that they can answer
    hint  what a mail says that they answer, for which nobody vouches; None: none does
    """

    meeting: MeetingRow
    answer: Answer
    open: bool
    hint: Answer | None = None


@dataclass(frozen=True, slots=True)
class OwnDates:
    """The dates of one series to which the reader is invited.

    answer  to the series as a whole
    dates   in the order of their starts, from now on; cancelled ones too
    hint    see OwnDate: to the series as a whole
    zone    the reader's own (IANA); as long as nobody knows it, that of the series
    """

    series: SeriesRow
    attendee: AttendeeRow
    group_title: str
    answer: Answer
    dates: tuple[OwnDate, ...]
    zone: str
    hint: Answer | None = None

    @property
    def open(self) -> tuple[OwnDate, ...]:
        """Those that can be answered."""
        return tuple(each for each in self.dates if each.open)
