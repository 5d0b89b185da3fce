"""What is kept for a time only: it goes when the time is over."""

from datetime import timedelta

from services.flow.answers import KEPT
from services.storage import answers, links, sessions, tokens, traces, tries
from services.storage.erasing import erase
from services.storage.work import Work

_BUSY = timedelta(days=7)  # after it ended
_LINKS = timedelta(days=7)  # after they ended, so that their page can offer a new one
_PLANS = timedelta(days=365)  # after the end of their term
MAILS = timedelta(days=21)  # kept ones, after they were written: as long as the links in them
_DAY = timedelta(days=1)


def daily(work: Work) -> bool:
    """Purge unless that was done within a day; say whether it was done now.

    The day is counted where everything is remembered, so that of many machines one does it.
    """
    if not tries.count(work, b"purge", 1, work.now + _DAY):
        return False
    purge(work)
    return True


def purge(work: Work) -> dict[str, int]:
    """Delete what is over; return how many of each."""
    dropped = {
        "busy intervals": traces.drop_busy_before(work, work.now - _BUSY),
        "plans": traces.drop_plans_of_terms_before(work, (work.now - _PLANS).date()),
        "links": links.drop_expired(work, work.now - _LINKS),
        "sessions": sessions.drop_over(work),
        "tokens": tokens.drop_over(work),
        "stored answers": answers.drop_older(work, work.now - KEPT),
        "counted tries": tries.drop_over(work),
        "persons": traces.drop_unheld(work),
    }
    erase(work)
    work.note("purge.done")
    return dropped
