"""What a worker does once before its first job, so that no job has to: each is a fork of it.

A job knows what the worker knows. To write a question out as SQL, or to make what writes requests
for a host, takes far longer than to use it: half of the time of a small job would go into that.
"""

import gc
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from calendar_sync.trust import trust
from scheduler.errors import Explained
from services.storage import accounts, attendees, audit, gates, groups, series, tellings
from services.storage import work as units
from services.storage.audit import Line
from services.storage.outbox import holding
from services.storage.work import Work
from services.wiring import Runtime

_NOBODY, _NOTHING = UUID(int=0), 0
_A_MOMENT = timedelta(seconds=1)


def rehearse(runtime: Runtime) -> None:
    """Load and make what jobs share; nothing of it is kept anywhere, and no host is asked."""
    settings = runtime.settings
    for file in {each.ca_file for each in (settings.network, settings.google, settings.outlook)}:
        with suppress(Explained):  # whoever needs it says so
            trust(file, Explained)
    for host in runtime.hosts.values():
        host.provider(_Nobody(), _Nobody(), frozenset())
    _ask(runtime)
    gc.collect()
    gc.freeze()  # it stays shared with every job for as long as nobody looks through it


class _Nobody:
    """Who has no account (`calendar_sync.host.Access` and `Gate`): nothing is asked for them."""

    def token(self, refused: str | None = None) -> str:
        raise LookupError(f"nobody has a token, nor another than {refused}")

    def take(self, requests: int = 1) -> None:
        raise LookupError(f"nobody is given {requests} requests")

    def have_letter(self) -> None:
        raise LookupError("nobody is given a letter")

    def send_letter(self) -> None:
        raise LookupError("nobody sends a letter")


def _ask(runtime: Runtime) -> None:
    """Ask about nobody and nothing, in a transaction of which nothing is kept."""
    work = units.open_work(runtime.engine, runtime.clock())
    try:
        _a_task(work)
        _a_series(work)
        _an_account(work)
    finally:
        work.session.close()


def _a_task(work: Work) -> None:
    session, now = work.session, work.now
    holding.begin(session, now, _NOTHING, job="", lease=_A_MOMENT, holder="")
    holding.is_held(session, _NOTHING, _NOTHING)
    holding.finish(session, now, _NOTHING, _NOTHING)
    audit.append(session, [Line(now, None, "rehearsed", _NOBODY, _NOTHING)])


def _a_series(work: Work) -> None:
    series.by_id(work, _NOBODY)
    series.locked(work, _NOBODY)
    series.meetings(work, _NOBODY)
    series.events(work, _NOBODY)
    attendees.of(work, _NOBODY)
    tellings.event(work, _NOBODY)


def _an_account(work: Work) -> None:
    accounts.one(work, _NOBODY)
    groups.is_coordinator(work, _NOBODY, _NOBODY)
    gates.take(work, b"", _NOTHING, every=_A_MOMENT, burst=1)
