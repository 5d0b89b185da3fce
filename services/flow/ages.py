"""How old what a question knows of people's time is, and of whom the last reading told nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from services.storage.rows.calendars import CalendarRow


@dataclass(frozen=True, slots=True)
class Unread:
    """Some of whose calendars the last reading told nothing.

    members  how many there are
    unknown  of how many of them nothing counts that was known before
    known    as of when the time of the others is known: the oldest of these readings
    """

    members: int
    unknown: int
    known: datetime | None

    def as_kept(self) -> dict[str, Any]:
        """It as JSON."""
        known = None if self.known is None else self.known.isoformat()
        return {"members": self.members, "unknown": self.unknown, "known": known}

    @classmethod
    def of_kept(cls, kept: Mapping[str, Any] | None) -> Self | None:
        """The same, read; None: nothing was noted, or there was nobody."""
        if not kept:
            return None
        known = None if kept["known"] is None else datetime.fromisoformat(kept["known"])
        return cls(kept["members"], kept["unknown"], known)


@dataclass(frozen=True, slots=True)
class Member:
    """A member's calendars that are read by themselves, and those of them that count."""

    rows: Sequence[CalendarRow]
    trusted: Sequence[CalendarRow]

    @property
    def is_known(self) -> bool:
        """Whether all of them count: one that does not makes the member unknown."""
        return len(self.rows) == len(self.trusted)

    @property
    def is_unread(self) -> bool:
        """Whether the last reading of any told nothing, or is too long ago to count."""
        return not self.is_known or any(row.failed_what is not None for row in self.rows)

    @property
    def oldest(self) -> datetime | None:
        """As of when their time is known; None: nothing of it is read by itself, or it is not."""
        return _oldest(row.read_at for row in self.trusted) if self.is_known else None


@dataclass(frozen=True, slots=True)
class Age:
    """The age of what a question knows, of the calendars that are read by themselves.

    oldest  when the one was read that was not for the longest, of members whose time is known
    tried   the same of tries, well or not; None: there are no such calendars, or one never was
    unread  None: there is nobody
    """

    oldest: datetime | None
    tried: datetime | None
    unread: Unread | None


def age(members: Sequence[Member]) -> Age:
    """The age of what is known of all of them."""
    unread = [each for each in members if each.is_unread]
    rows = [row for each in members for row in each.rows]
    tried = None if any(row.tried_at is None for row in rows) else _oldest(r.tried_at for r in rows)
    return Age(_oldest(each.oldest for each in members), tried, _unread(unread))


def told_nothing(row: CalendarRow, since: datetime, once: timedelta) -> bool:
    """Whether the turn of a calendar that is read for a plan has come, and told us nothing.

    since  when the plan was asked for
    once   how long before that it may have been read not to be read again
    """
    return row.failed_what is not None or row.read_at is None or row.read_at < since - once


def _unread(members: Sequence[Member]) -> Unread | None:
    if not members:
        return None
    unknown = sum(not each.is_known for each in members)
    return Unread(len(members), unknown, _oldest(each.oldest for each in members))


def _oldest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in moments if each is not None), default=None)
