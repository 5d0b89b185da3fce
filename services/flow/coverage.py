"""How much is known of each member's time: until when, how old it is, what is wrong with it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.flow import doubts
from services.flow.question import TRUSTED, is_trusted, known_until, said_by
from services.flow.restless import is_changing
from services.flow.taken import Calendars
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
_FEED = (
    "A calendar cannot be read at its address",
    "if it has moved, they give its address once more on their page",
)
_IN_ACCOUNT = (
    "A calendar of their account cannot be read",
    "their page says why, and what they can do",
)
_CHANGING = ("A calendar is changing just now", "it is read again soon")
_DOUBTED = (
    "A calendar shows much less than before",
    "they say on their page whether that is right",
)


_TOLD = {Source.ADDRESS: _FEED, Source.ACCOUNT: _IN_ACCOUNT}  # no word of where they have it


class Known(StrEnum):
    """What is known of a member's time."""

    UNKNOWN = "unknown"  # no calendar, or none that counts
    UNREAD = "unread"  # a calendar could not be read, so nothing is believed
    PARTLY = "failing"  # the last reading failed; an earlier one still counts
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Coverage:
    """A member's coverage. No word of any calendar; a trouble is told in our own sentences.

    counts_until  when what was read before ends to count, if nothing is read by then; None: it has
                  ended to, or is read
    reconnect     whether a calendar's account needs consent once more, which its owner alone can
                  give
    """

    known: Known
    calendars: int
    until: date | None
    read_at: datetime | None
    what: str | None
    remedy: str | None
    counts_until: datetime | None = None
    reconnect: bool = False


def of_group(work: Work, group: GroupRow, pairs: Sequence[Pair]) -> dict[UUID, Coverage]:
    """Per member of a group that is known to be ours."""
    rows = defaultdict(list)
    for member, row, busy in calendars.of_group(work, group.id):
        rows[member].append((row, busy))
    behind = {row.account_id for each in rows.values() for row, _ in each if row.account_id}
    lost = _lost(work, behind)
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
    failing = _failing([row for row, _ in rows])
    changing = _CHANGING if any(is_changing(row) for row, _ in rows) else (None, None)
    known = _known(rows, failing, now)
    ends = None if failing is None or failing.read_at is None else failing.read_at + TRUSTED
    read = [row.read_at for row, _ in rows if row.read_at is not None]
    return Coverage(
        known,
        len(rows),
        until if until is not None and until >= today else None,
        min(read, default=None),
        failing.failed_what if failing else changing[0],
        failing.failed_remedy if failing else changing[1],
        ends if known is Known.PARTLY else None,
    )


def _failing(rows: Sequence[CalendarRow]) -> CalendarRow | None:
    """The one that was read the longest ago of those whose last reading failed."""
    return min(
        (row for row in rows if row.failed_what is not None and not is_changing(row)),
        key=lambda row: row.read_at or row.created_at,
        default=None,
    )


def _lost(work: Work, account_ids: AbstractSet[UUID]) -> dict[UUID, datetime]:
    """Of accounts that need consent once more, when what was read through them ends to count."""
    found = [accounts.one(work, each) for each in accounts.lost_among(work, account_ids)]
    return {each.id: each.lost_at + TRUSTED for each in found if each and each.lost_at}


def _to_others(
    found: Coverage, rows: Sequence[CalendarRow], lost: Mapping[UUID, datetime]
) -> Coverage:
    """Tell a trouble to those who cannot mend it: who can, and no more of it than they need."""
    if ended := [row for row in rows if row.account_id in lost]:
        if found.known in (Known.KNOWN, Known.PARTLY):
            ends = [lost[row.account_id] for row in ended if row.account_id]
            found = replace(found, counts_until=min([*ends, found.counts_until or max(ends)]))
        if all(row.source is Source.COLLEAGUE for row in ended):
            return replace(found, what=_CLOSED[0], remedy=_CLOSED[1])
        return replace(found, what=_LOST[0], remedy=_LOST[1], reconnect=True)
    if any(doubts.stands(row) and row.failed_what == found.what for row in rows):
        return replace(found, what=_DOUBTED[0], remedy=_DOUBTED[1])
    failing = _failing(rows)
    told = None if failing is None or failing.group_id is not None else _TOLD.get(failing.source)
    return found if told is None else replace(found, what=told[0], remedy=told[1])


def _known(rows: Calendars, failing: CalendarRow | None, now: datetime) -> Known:
    if not rows:
        return Known.UNKNOWN
    if any(row.read_at is None for row, _ in rows):
        return Known.UNREAD
    if not all(is_trusted(row, now) for row, _ in rows):
        return Known.UNREAD
    return Known.KNOWN if failing is None else Known.PARTLY
