"""Facts: what has happened, by ids and a revision. What follows from each stands in `reactions`.

A fact is recorded in the transaction that makes it true. Its first id is its subject: what
happens to one subject is worked on in the order in which it happened.
"""

from dataclasses import dataclass, fields
from typing import ClassVar, Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened.

    version  of the shape of its ids: raised when that changes, so that earlier code leaves
             alone what it would misread
    """

    version: ClassVar[int] = 1

    @property
    def subject(self) -> UUID:
        """What it happened to."""
        subject: UUID = getattr(self, fields(self)[0].name)
        return subject

    @property
    def number(self) -> int:
        """The revision of the subject, where it has one; else 0."""
        found: int = getattr(self, "revision", 0)
        return found

    def ids(self) -> dict[str, str]:
        """Its ids by their names."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: str(found) for name, found in named.items() if isinstance(found, UUID)}

    @classmethod
    def of(cls, ids: dict[str, str], revision: int) -> Self:
        """Put it together again from its ids and its revision."""
        given: dict[str, UUID | int] = {name: UUID(text) for name, text in ids.items()}
        if any(each.name == "revision" for each in fields(cls)):
            given["revision"] = revision
        return cls(**given)


@dataclass(frozen=True, slots=True)
class CalendarConnected(Fact):
    """Somebody's calendar counts from now on."""

    calendar_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class CalendarDue(Fact):
    """It is time to read a calendar again."""

    calendar_id: UUID


@dataclass(frozen=True, slots=True)
class BusyChanged(Fact):
    """A calendar takes other time than before, within a term that is not over."""

    calendar_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class CalendarLost(Fact):
    """A calendar could not be read for so long that its owner should hear of it."""

    calendar_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class AccountDue(Fact):
    """It is time to read the calendars of a connected account again."""

    account_id: UUID


@dataclass(frozen=True, slots=True)
class ChannelDue(Fact):
    """It is time to look whether an account's host tells us of changes, and to see that it does."""

    account_id: UUID


@dataclass(frozen=True, slots=True)
class AccountLost(Fact):
    """A host refuses to go on with an account: its owner has to give consent once more."""

    account_id: UUID


@dataclass(frozen=True, slots=True)
class AccessReleased(Fact):
    """Access to an account is no longer wanted, and is to be given back at its host."""

    release_id: UUID


@dataclass(frozen=True, slots=True)
class PlanAsked(Fact):
    """Somebody asked for a plan whose calendars are to be read first."""

    plan_id: UUID


@dataclass(frozen=True, slots=True)
class CalendarsRead(Fact):
    """The calendars that a plan waited for have been read, as far as they could be."""

    plan_id: UUID


@dataclass(frozen=True, slots=True)
class ProposalsReady(Fact):
    """A plan has its answer."""

    plan_id: UUID


@dataclass(frozen=True, slots=True)
class SeriesCommitted(Fact):
    """A coordinator took a proposal: its dates are to reach everybody's calendar."""

    series_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class SeriesDue(Fact):
    """It is time to write out what has changed of a series, or to try once more."""

    series_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class MeetingMoved(Fact):
    """A date is held at another time."""

    meeting_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class MeetingCancelled(Fact):
    """A date is not held."""

    meeting_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class GuestAdded(Fact):
    """Somebody is to attend one date."""

    attendee_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class LettersDue(Fact):
    """Somebody is to be told by mail how a series stands."""

    attendee_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class RepliesDue(Fact):
    """It is time to ask the host of a series for answers."""

    series_id: UUID


@dataclass(frozen=True, slots=True)
class ReplyChanged(Fact):
    """Somebody answered otherwise than before."""

    attendee_id: UUID


@dataclass(frozen=True, slots=True)
class MemberJoined(Fact):
    """Somebody accepted to be a member: their own time counts from now on."""

    member_id: UUID


@dataclass(frozen=True, slots=True)
class MemberLeft(Fact):
    """Somebody is no longer a member."""

    member_id: UUID


@dataclass(frozen=True, slots=True)
class LinkMade(Fact):
    """A link waits for the mail that carries it."""

    link_id: UUID


@dataclass(frozen=True, slots=True)
class MailsDue(Fact):
    """It is time to read the mailbox in which answers arrive."""

    timer_id: UUID


@dataclass(frozen=True, slots=True)
class TimerRang(Fact):
    """One of the installation's own times has come."""

    timer_id: UUID
