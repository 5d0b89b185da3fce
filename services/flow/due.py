"""What is to be done by the hour."""

from collections.abc import Collection
from datetime import timedelta

from services.facts import AccountDue, CalendarDue, ChannelDue, TimerRang
from services.flow import consent, polling
from services.storage import due as stored
from services.storage.rows.accounts import Host
from services.storage.work import Work

TIMERS = {"purge": timedelta(days=1)}
_MOST = 500  # calendars in one look
_GIVEN_UP = timedelta(minutes=30)  # a calendar whose reading was never ended is due again then


def anything(work: Work, *, watched: bool = False) -> bool:
    """Whether anything is due.

    watched  whether hosts can tell us of changes
    """
    return stored.is_any_due(work, TIMERS, watched=watched)


def record(work: Work, spent: Collection[Host] = (), *, watched: bool = False) -> bool:
    """Record what is due, and when it is due next; whether there may be more.

    spent    the hosts of whose day little is left
    watched  whether hosts can tell us of changes
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
    consent.end_over(work)
    for timer in stored.take_timers(work, TIMERS):
        work.record(TimerRang(timer))
    return max(len(calendars), len(accounts), len(unwatched)) >= _MOST
