"""What is kept for a time only: it goes when the time is over."""

from datetime import timedelta

from services.flow import consent, releases
from services.flow.answers import KEPT
from services.flow.series.farewells import PATIENCE
from services.storage import (
    accounts,
    answers,
    channels,
    farewells,
    gates,
    links,
    sessions,
    tokens,
    traces,
    tries,
)
from services.storage.erasing import erase
from services.storage.outbox import records
from services.storage.work import Work

_BUSY = timedelta(days=7)  # after it ended
_LINKS = timedelta(days=7)  # after they ended, so that their page can offer a new one
_PLANS = timedelta(days=365)  # after the end of their term
_SERIES = timedelta(days=365)  # likewise
MAILS = timedelta(days=21)  # kept ones, after they were written: as long as the links in them
_CHANNELS = timedelta(days=1)  # after they ended
_TASKS = timedelta(days=1)  # after they were done


def purge(work: Work) -> dict[str, int]:
    """Delete what is over; return how many of each."""
    dropped = {
        "busy intervals": traces.drop_busy_before(work, work.now - _BUSY),
        "plans": traces.drop_plans_of_terms_before(work, (work.now - _PLANS).date()),
        "series": traces.drop_series_of_terms_before(work, (work.now - _SERIES).date()),
        "links": links.drop_expired(work, work.now - _LINKS),
        "sessions": sessions.drop_over(work),
        "tokens": tokens.drop_over(work),
        "stored answers": answers.drop_older(work, work.now - KEPT),
        "counted tries": tries.drop_over(work),
        "shares of requests": gates.drop_over(work),
        "questions for consent": consent.end_over(work),
        "access not given back": accounts.drop_releases(work, work.now - releases.KEPT),
        "channels": channels.drop_over(work, work.now - _CHANNELS),
        "tasks": records.drop_done(work.session, work.now - _TASKS),
        "last letters": farewells.drop_before(work, work.now - PATIENCE),
        "persons": traces.drop_unheld(work),
    }
    erase(work)
    work.note("purge.done")
    return dropped
