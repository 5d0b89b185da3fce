"""How much is known of each member's time: until when, how old it is, what is wrong with it."""

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.flow import doubts
from services.flow.question import Calendars, is_trusted, known_until, said_by
from services.storage import accounts, calendars
from services.storage.members import Pair
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.rows.groups import GroupRow
from services.storage.work import Work

_LOST = (
    "Access to their calendars has ended",
    "they connect the account once more on their page",
)
_CLOSED = (
    "Access to the account through which they are read has ended",
    "whoever connected it connects it once more on their page",
)
_DOUBTED = (
    "A calendar shows much less than before",
    "they say on their page whether that is right",
)


class Known(StrEnum):
    """What is known of a member's time."""

    UNKNOWN = "unknown"  # no calendar, or none that counts
    UNREAD = "unread"  # a calendar could not be read, so nothing is believed
    PARTLY = "failing"  # the last reading failed; an earlier one still counts
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Coverage:
    """A member's coverage. No word of any calendar; a trouble is told in our own sentences.

    reconnect  whether a calendar's account needs consent once more, which its owner alone can give
    """

    known: Known
    calendars: int
    until: date | None
    read_at: datetime | None
    what: str | None
    remedy: str | None
    reconnect: bool = False


def of_group(work: Work, group: GroupRow, pairs: Sequence[Pair]) -> dict[UUID, Coverage]:
    """Per member of a group that is known to be ours."""
    rows = defaultdict(list)
    for member, row, busy in calendars.of_group(work, group.id):
        rows[member].append((row, busy))
    behind = {row.account_id for each in rows.values() for row, _ in each if row.account_id}
    lost = accounts.lost_among(work, behind)
    return {
        member.id: _to_others(
            coverage(
                rows[member.id], said_by(member, person)["timezone"] or group.timezone, work.now
            ),
            [row for row, _ in rows[member.id]],
            lost,
        )
        for member, person in pairs
    }


def coverage(rows: Calendars, tz: str, now: datetime) -> Coverage:
    """What these calendars of one person tell together."""
    today = now.date()
    until = known_until(rows, tz, now, today)
    failing = min(
        (row for row, _ in rows if row.failed_what is not None),
        key=lambda row: row.read_at or row.created_at,
        default=None,
    )
    read = [row.read_at for row, _ in rows if row.read_at is not None]
    return Coverage(
        _known(rows, failing, now),
        len(rows),
        until if until is not None and until >= today else None,
        min(read, default=None),
        failing.failed_what if failing else None,
        failing.failed_remedy if failing else None,
    )


def _to_others(found: Coverage, rows: Sequence[CalendarRow], lost: AbstractSet[UUID]) -> Coverage:
    """Tell a trouble to those who cannot mend it: who can, and no more of it than they need."""
    if ended := [row for row in rows if row.account_id in lost]:
        if all(row.source is Source.COLLEAGUE for row in ended):
            return replace(found, what=_CLOSED[0], remedy=_CLOSED[1])
        return replace(found, what=_LOST[0], remedy=_LOST[1], reconnect=True)
    if any(doubts.stands(row) and row.failed_what == found.what for row in rows):
        return replace(found, what=_DOUBTED[0], remedy=_DOUBTED[1])
    return found


def _known(rows: Calendars, failing: CalendarRow | None, now: datetime) -> Known:
    if not rows:
        return Known.UNKNOWN
    if any(row.read_at is None for row, _ in rows):
        return Known.UNREAD
    if not all(is_trusted(row, now) for row, _ in rows):
        return Known.UNREAD
    return Known.KNOWN if failing is None else Known.PARTLY
