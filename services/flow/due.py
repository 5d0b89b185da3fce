"""What is to be done by the hour."""

from datetime import timedelta

from services.facts import AccountDue, CalendarDue, TimerRang
from services.flow import consent
from services.storage import due as stored
from services.storage.work import Work

TIMERS = {"purge": timedelta(days=1)}
_MOST = 500  # calendars in one look
_GIVEN_UP = timedelta(minutes=30)  # a calendar whose reading was never ended is due again then


def anything(work: Work) -> bool:
    """Whether anything is due."""
    return stored.is_any_due(work, TIMERS)


def record(work: Work) -> bool:
    """Record what is due, and when it is due next; whether there may be more."""
    calendars = stored.take_calendars(work, work.now + _GIVEN_UP, _MOST)
    for calendar in calendars:
        work.record(CalendarDue(calendar))
    accounts = stored.take_accounts(work, work.now + _GIVEN_UP, _MOST)
    for account in accounts:
        work.record(AccountDue(account))
    consent.end_over(work)
    for timer in stored.take_timers(work, TIMERS):
        work.record(TimerRang(timer))
    return max(len(calendars), len(accounts)) >= _MOST
