"""What a host means that does not answer with a calendar, or not at all."""

import ssl

import httpcore

from calendar_sync.errors import Unreadable
from calendar_sync.ics.link import Link

_GONE = ("no longer has this calendar", "copy its address once more from the calendar's settings")
_LOCKED = (
    "asks for a password or does not admit us",
    "use the calendar's secret iCal address, which needs none",
)
_SAID = {401: _LOCKED, 403: _LOCKED, 404: _GONE, 410: _GONE}
_BUSY = ("has a problem of its own just now", "try again later")
_OTHER = ("does not answer with a calendar", "copy its address once more")


def refusal(link: Link, status: int, seconds: float | None = None) -> Unreadable:
    """Return the sentence for an HTTP status other than 200.

    seconds  what the host asks us to wait; it counts where the trouble is a passing one
    """
    troubled = status == 429 or status >= 500
    what, remedy = _SAID.get(status, _BUSY if troubled else _OTHER)
    error = Unreadable(f"{link} {what} (HTTP {status})", remedy=remedy)
    error.seconds = seconds if troubled else None
    return error


def failure(link: Link, error: Exception) -> Unreadable:
    """Return the sentence for a connection that failed."""
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in error.args):
        return Unreadable(
            f"{link} cannot prove that it is who it says (its certificate is not trusted)",
            remedy="check the address; if the host is your own, give its certificate authority",
        )
    if isinstance(error, httpcore.ConnectError):
        return Unreadable(
            f"{link} does not accept a secure connection",
            remedy="check the address, or try again later",
        )
    return Unreadable(f"{link} broke off", remedy="try again later")
