"""What every calendar host can be asked, in our own words.

A host differs from another in its capabilities, never by its name. Every method returns our own
types or raises one of `calendar_sync.errors`; nothing of a host's library passes this line.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType, Protocol

from calendar_sync.errors import NotAllowed, NotThere, Wait
from scheduler.model.busy import BusyInterval
from scheduler.model.series import Occurrence, Series

CalendarId = NewType("CalendarId", str)
"""The host's name of a calendar: often a mail address, so kept as secret as one."""

Cursor = NewType("Cursor", str)
"""Where we stand in a calendar's changes. The host's own words: kept sealed."""

Span = tuple[int, int]
"""UTC seconds, [from, to)."""


class Capability(StrEnum):
    """What can be asked of an account."""

    CHOOSES = "chooses"  # lists the calendars there are
    CURSORS = "cursors"  # says whether anything has changed since a cursor
    WRITES = "writes"  # takes events
    INVITES = "invites"  # mails the guests of an event by itself
    REPLIES = "replies"  # tells who accepted
    WATCHES = "watches"  # says by itself when something changes
    WATCHES_ALL = "watches all"  # and one channel covers all calendars of the account
    REVOKES = "revokes"  # takes consent back when asked
    COLLEAGUES = "colleagues"  # tells when others at the same host are busy


@dataclass(frozen=True, slots=True)
class Listed:
    """A calendar that its owner may choose. The name is shown to its owner, and never kept."""

    calendar: CalendarId = field(repr=False)
    name: str = field(repr=False)
    main: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since a cursor.

    anything  whether a reading would tell something else than before
    cursor    from here on; None: this host gives none, so read each time
    """

    anything: bool
    cursor: Cursor | None = field(repr=False)


class Answer(StrEnum):
    """RFC 5545's PARTSTAT, as far as calendars know it."""

    WAITING = "needs-action"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a guest answered."""

    email: str = field(repr=False)
    answer: Answer


@dataclass(frozen=True, slots=True)
class Draft:
    """One of our own events. Writing the same `key` twice leaves one event.

    key    ours; the event's name at the host is derived from it
    when   UTC seconds
    zone   IANA, in which it is shown
    revision  as of a SeriesDraft
    """

    key: str
    title: str
    when: Span
    zone: str
    place: str = ""
    text: str = ""
    guests: tuple[str, ...] = ()
    revision: int = 0


@dataclass(frozen=True, slots=True)
class SeriesDraft:
    """One of our own series. Writing the same `key` twice leaves one object.

    key     ours, as of a Draft: no event and series share one
    series  its rule, its length and where it begins never change under the same key
    guests  mail addresses of those who come to all its dates
    revision  raised with each change: what was written of a later one stays; 0: nobody counts
    """

    key: str
    title: str
    series: Series
    place: str = ""
    text: str = ""
    guests: tuple[str, ...] = ()
    revision: int = 0

    @property
    def when(self) -> Span:
        """Where its rule puts the first date."""
        return self.series.first, self.series.first + self.series.minutes * 60

    @property
    def zone(self) -> str:
        """IANA: the wall clock of its rule."""
        return self.series.zone

    def on(self, date: Occurrence) -> Draft:
        """Return what there is to write of one date."""
        when = date.start, date.end
        place, guests = date.place or self.place, (*self.guests, *date.guests)
        return Draft(self.key, self.title, when, self.zone, place, self.text, guests, self.revision)


@dataclass(frozen=True, slots=True)
class Channel:
    """By which a host tells us that something has changed.

    name      ours, never used twice; at most 64 letters
    secret    proves that a notification is genuine
    address   https, where it is sent
    resource  the host's name of what is watched; "" until it is open
    until     UTC seconds; when it ends by itself
    """

    name: str
    secret: str = field(repr=False)
    address: str
    until: int
    resource: str = field(default="", repr=False)


Found = list[BusyInterval] | NotAllowed | NotThere | Wait
"""What a calendar takes of a span, whole and sorted; or why that is not known."""


class Provider(Protocol):
    """One connected account."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this account can be asked, as far as we know before asking."""

    def calendars(self) -> list[Listed]:
        """The calendars there are to choose from, the main one first."""

    def busy(self, calendars: Sequence[CalendarId], span: Span) -> Mapping[CalendarId, Found]:
        """What each calendar takes of the span, sorted. Titles are never read.

        One interval for each event, where the host tells them apart: the same session in two
        calendars is known by its beginning and end. Whatever is told apart, the time is the same.

        Every calendar that was asked for is in the answer: what the host leaves out, or has
        trouble with, is an error of that calendar alone, and never free time. Once the host
        asks us to wait, nothing more is asked: that is the error of every calendar that has no
        answer yet, and raised if none has. Raises NotAllowed if the account does not let us
        ask at all.
        """

    def colleagues(self, emails: Sequence[str], span: Span) -> Mapping[str, Found]:
        """What others take of the span, as far as this account may see it; as `busy` does.

        emails  their addresses at the host
        Whoever cannot be seen is NotThere or NotAllowed: unknown, and never free. Raises
        Unsupported.
        """

    def changes(self, calendar: CalendarId, cursor: Cursor | None) -> Changes:
        """Whether anything has changed since the cursor; None begins.

        A beginning always says that something has, and so does a host that gives no cursors.
        Raises CursorExpired: then begin, and read what it takes before believing anything.
        """

    def put(self, calendar: CalendarId, draft: Draft, *, written: bool = False) -> None:
        """Create the event, or bring the one with the same key up to date.

        Only what the draft changed since we last wrote it is written, so that what a person
        changed meanwhile stays; a draft that is there already changes nothing. An event that
        was removed is written anew.

        written  our last `put` of this key succeeded, and we did not `cancel` it since: if the
                 event is gone then, a person removed it, which stays so and raises NotThere

        After Wait it is not known what was done: repeat it, without `written`.
        Raises ChangedMeanwhile if others keep changing the event as we do.
        """

    def put_series(
        self, calendar: CalendarId, draft: SeriesDraft, *, written: bool = False
    ) -> None:
        """Create the series as one object, or bring it up to date: it, its exceptions, its guests.

        It promises what `put` does. Guests come last, when every date is in its place, and the
        host mails each of them once. A date that a person changed or removed stays so, but for
        what our draft changed of it since. Where a later revision was written, nothing is, and
        Superseded is raised: whoever stood still for a while cannot overwrite what another of us
        did meanwhile. A date moved to or past a neighbour's day may raise
        Refused: see scheduler.series.arranged. Raises Unsupported where there are no series.
        """

    def cancel(self, calendar: CalendarId, key: str) -> None:
        """Remove the event or the series; succeed if it is already gone."""

    def replies(self, calendar: CalendarId, key: str) -> list[Reply]:
        """What the guests of an event answered. Raises NotThere."""

    def series_replies(
        self, calendar: CalendarId, key: str, dates: Collection[int] = ()
    ) -> Mapping[int | None, list[Reply]]:
        """What the guests of a series answered; None: to all of it, else to a date, by original.

        dates  originals that we wrote: one that was removed is in the answer, as nobody's

        Any other date is there only if what it has is not that of all of it. Who has not answered
        to such a date may have answered to all of it before, or since. Raises NotThere.
        """

    def watch(self, calendar: CalendarId, channel: Channel) -> Channel:
        """Open a channel; return it with what the host decided. To renew it, open another one.

        A notification may come before this returns. Raises Unsupported, or NotThere at hosts
        that say so instead: only `busy` is to be believed when a calendar seems gone.
        """

    def stop(self, channel: Channel) -> None:
        """Close a channel; succeed if it is closed already."""

    def revoke(self) -> None:
        """Give all access back; succeed if it is gone already."""
