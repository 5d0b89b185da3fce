"""What is to be done by the hour."""

from collections.abc import Collection
from datetime import timedelta

from services.facts import (
    AccountDue,
    CalendarDue,
    ChannelDue,
    MailsDue,
    RepliesDue,
    SeriesDue,
    TimerRang,
)
from services.flow import consent, polling
from services.flow.series import turns
from services.storage import due as stored
from services.storage import series as storage_series
from services.storage.rows.accounts import Host
from services.storage.work import Work

TIMERS = {"purge": timedelta(days=1)}
MAILS = "mails"
_MAILS = timedelta(minutes=1)  # between two looks into the mailbox
_MOST = 500  # calendars in one look
_GIVEN_UP = timedelta(minutes=30)  # a calendar whose reading was never ended is due again then


def anything(work: Work, *, watched: bool = False, mails: bool = False) -> bool:
    """Whether anything is due.

    watched  whether hosts can tell us of changes
    mails    whether there is a mailbox in which answers arrive
    """
    return stored.is_any_due(work, _timers(mails=mails), watched=watched)


def record(
    work: Work, spent: Collection[Host] = (), *, watched: bool = False, mails: bool = False
) -> bool:
    """Record what is due, and when it is due next; whether there may be more.

    spent    the hosts of whose day little is left
    watched  whether hosts can tell us of changes
    mails    whether there is a mailbox in which answers arrive
    """
    calendars = stored.take_calendars(work, work.now + _GIVEN_UP, _MOST)
    for calendar in calendars:
        work.record(CalendarDue(calendar))
    accounts = stored.take_accounts(work, work.now + _GIVEN_UP, _MOST)
    for account in polling.urgent(work, accounts, spent):
        work.record(AccountDue(account))
    unwatched = stored.take_watched(work, work.now + _GIVEN_UP, _MOST) if watched else ()
    for account in unwatched:
        work.record(ChannelDue(account))
    settled = stored.take_settled(work, work.now + _GIVEN_UP, _MOST)
    for series, revision in storage_series.revisions(work, settled):
        work.record(SeriesDue(series, revision))
    unanswered = stored.take_to_answer(work, work.now + _GIVEN_UP, _MOST)
    for series in turns.urgent(work, unanswered, spent):
        work.record(RepliesDue(series))
    consent.end_over(work)
    for timer in stored.take_timers(work, _timers(mails=mails)):
        is_mails = stored.name_of(work, timer) == MAILS
        work.record(MailsDue(timer) if is_mails else TimerRang(timer))
    found = calendars, accounts, unwatched, settled, unanswered
    return max(len(each) for each in found) >= _MOST


def _timers(*, mails: bool) -> dict[str, timedelta]:
    return TIMERS | {MAILS: _MAILS} if mails else TIMERS
