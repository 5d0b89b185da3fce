"""A host that lets us wait and then tells nothing: it is left alone, so that others are not late.

A worker makes a few readings at the same time. If one host took all of their time, those of other
hosts would stand behind it for hours. So after a few vain readings, with no good one between them,
nobody of it is read for a while because it was due; a plan, for which somebody waits, still asks.
A rest is shorter than the time that every reading has to spare, so what awake groups know is no
older by it than a quarter of an hour; and whoever of a host is silent alone keeps it from nobody.

What it does not do: a host that is slow and answers well is read like any other, as whoever put it
off would only make it older. Each of its readings takes the place of one of another host as long
as it lasts: 16 places of two workers make 1.8 readings a second where each takes 9 seconds. What
helps then is more workers.
"""

from datetime import timedelta
from hashlib import sha256

from scheduler.errors import TryLater
from services.storage import tries
from services.storage.rows.accounts import Host
from services.storage.work import Work

LONG = 5.0  # seconds of a reading
VAIN = 3  # readings within the time of a rest
REST = timedelta(seconds=45)


def note(work: Work, host: Host, seconds: float) -> None:
    """Note that a reading told nothing, and how long it took.

    Accounts whose owners entered an address are at as many hosts: one says nothing of another.
    """
    if host.is_entered or seconds < LONG:
        return
    if not tries.count(work, _key("vain", host), VAIN - 1, work.now + REST):
        tries.hold(work, _key("rest", host), work.now + REST)


def answered(work: Work, host: Host) -> None:
    """Note that a reading told something: so a host is not silent, whoever else of it may be."""
    if not host.is_entered:
        tries.drop(work, _key("vain", host))


def let_rest(work: Work, host: Host) -> None:
    """Raise TryLater while a host is left alone."""
    until = tries.until(work, _key("rest", host))
    if until is not None and until > work.now:
        raise TryLater(
            "The host takes too long to answer",
            remedy="it is asked again by itself",
            seconds=(until - work.now).total_seconds(),
        )


def _key(what: str, host: Host) -> bytes:
    return sha256(f"{what} {host.value}".encode()).digest()
