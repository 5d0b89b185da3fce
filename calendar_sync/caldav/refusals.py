"""What a CalDAV host means when it says no: statuses, as errors by what we do next. Pure.

What it says beside the number is not read: it may hold anything.
"""

from collections.abc import Callable, Mapping

from calendar_sync import hostclock
from calendar_sync.errors import (
    NotAllowed,
    NotThere,
    Refused,
    SyncError,
    Trouble,
    Unsupported,
    Wait,
    reconnect,
)
from scheduler.errors import Explained

_AGAIN = 30.0  # seconds to wait where the host does not say
_SLOWER = (429, 503)


class Unusable(Trouble):
    """An answer that says nothing, and never "free": about one calendar, and not the others."""


class Unreached(Wait):
    """There is no host of ours where we look: it is away, or its address was never right."""


NO = (NotAllowed, NotThere, Refused, Unsupported, Unusable)
"""A no to this question, which another question may mend."""


class Elsewhere(Refused):
    """A host points to another one, for which the password was not given."""


def refusal(status: int, headers: Mapping[str, str], now: float) -> SyncError:
    """Return the error of an answer other than 2xx; `now` is UTC seconds by our own clock."""
    if status in _SLOWER:
        seconds = hostclock.asked(headers, now)
        return Wait(
            "The calendar host asks us to wait",
            remedy="try again later",
            seconds=_AGAIN if seconds is None else seconds,
        )
    if status in _PLAIN:
        return _PLAIN[status]()
    if status >= 500:
        return unusable(f"has a problem of its own (HTTP {status})")
    return Refused(
        f"The calendar host does not answer such questions (HTTP {status})",
        remedy="check the address",
    )


def nowhere() -> NotThere:
    """Return the error of a calendar that is gone, or never was."""
    return NotThere("The calendar is not there", remedy="choose another calendar")


def closed() -> NotAllowed:
    """Return the error of a calendar that is not for us to see."""
    return NotAllowed(
        "The calendar host does not let us see this", remedy="share the calendar with yourself"
    )


def troubled(error: Explained) -> Unusable:
    """Return an error as one of a calendar alone: the others are read, and this one later."""
    return Unusable(error.what, remedy=error.remedy, seconds=_AGAIN)


def unusable(what: str) -> Unusable:
    """Return the error of an answer that cannot be used."""
    return Unusable(f"The calendar host {what}", remedy="try again later", seconds=_AGAIN)


def _unknown() -> Unsupported:
    return Unsupported("The calendar host does not know how", remedy="ask it otherwise")


_PLAIN: Mapping[int, Callable[[], SyncError]] = {
    401: reconnect, 403: closed, 404: nowhere, 410: nowhere, 501: _unknown,
}  # fmt: skip
