"""Having a calendar read at once, by somebody who has mended it or cannot wait."""

import math
from datetime import timedelta
from uuid import UUID

from services.facts import AccountDue, CalendarDue
from services.flow import access, calendars, polling, rests
from services.flow.errors import Conflict, TooMany
from services.flow.rights import missing
from services.storage import accounts
from services.storage.calendars import Known
from services.storage.rows.calendars import Source
from services.storage.work import Work


def own(work: Work, calendar_id: UUID) -> Known:
    """Have a calendar read that is known of the one who asks, whoever entered it.

    Raises Missing, TooMany, or Conflict where there is nothing to be read.
    """
    return _asked(work, calendars.of_own(work), calendar_id)


def entered(work: Work, group_id: UUID, member_id: UUID, calendar_id: UUID) -> Known:
    """Have a calendar read that a group's coordinators entered for a member. Raises as `own`."""
    return _asked(work, calendars.of_member(work, group_id, member_id), calendar_id)


def _asked(work: Work, known: list[Known], calendar_id: UUID) -> Known:
    found = next((each for each in known if each[0].id == calendar_id), None)
    if found is None:
        raise missing("calendar")
    account_id = found[0].account_id
    if found[0].source not in (Source.ADDRESS, Source.ACCOUNT):
        raise Conflict(
            "This calendar is not read from an address", remedy="add it anew where it has changed"
        )
    rest = rests.until(work, calendar_id)
    if account_id is not None:
        _has_consent(work, account_id)
        rest = rests.until(work, account_id)
    if rest is not None:
        raise _later("The host of this calendar has asked us to wait", rest - work.now)
    subject = account_id or calendar_id
    over = polling.press(work, subject)
    if over is not None:
        raise _later("A calendar is read at most once a minute", over - work.now)
    work.record(CalendarDue(subject) if account_id is None else AccountDue(subject))
    return found


def _has_consent(work: Work, account_id: UUID) -> None:
    row = accounts.one(work, account_id)
    if row is not None and row.lost_at is not None:
        raise Conflict(access.OVER[0], remedy=access.OVER[1])


def _later(what: str, wait: timedelta) -> TooMany:
    seconds = max(1, math.ceil(wait.total_seconds()))
    shown = f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
    return TooMany(what, remedy=f"try again in {shown}", seconds=seconds)
